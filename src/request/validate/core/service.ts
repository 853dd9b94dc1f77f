// Services (kubernetes pkg/apis/core/validation, 1.36). Addresses and ports are allocated before this is asked, and their conflicts are the
// allocators' to say.

import type { Features } from '../../../kube/version/feature-gates.ts';
import { parseAddress } from '../../../lib/cidr.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { isDualStack, validateAddress, validateBlock, validateEndpointAddress } from '../meta/address.ts';
import { complain, validateLabels } from '../meta/labels.ts';
import { dns1035Label, dnsLabel, dnsSubdomain, portNumber, qualifiedName } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validatePortNumberOrName, validateProtocol } from '../pod/ports.ts';
import { annotationsOf, count, given, member, number, object, objects, size, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';
import { validateLoadBalancerStatus } from './load-balancer.ts';
import { validateServiceUpdate } from './service-update.ts';
import { serviceWarnings } from './service-warnings.ts';

const path = fieldPath('spec');
const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints';
const modeAnnotation = 'service.kubernetes.io/topology-mode';
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export function isHeadless(spec: JsonObject): boolean {
  const ips = texts(spec.clusterIPs);
  return ips.length === 1 && ips[0] === 'None';
}

/** Reachable from outside the cluster, so that an external traffic policy means something. */
export function isExternal(spec: JsonObject): boolean {
  return spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && size(spec.externalIPs) > 0);
}

export function needsHealthCheck(spec: JsonObject): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

function validateService(service: JsonObject, old: JsonObject | undefined, errors: FieldError[], features: Features): void {
  const spec = struct(service.spec);
  const before = object(old?.spec);
  const strict = features.has('StrictIPCIDRValidation');
  validateTopologyAnnotations(service, errors);
  validateType(spec, errors);
  const names = new Set<string>();
  const ports = objects(spec.ports);
  for (const [position, port] of ports.entries()) validatePort(port, ports.length > 1, names, path.child('ports').index(position), errors);
  if (given(spec.selector)) validateLabels(spec.selector, path.child('selector'), errors);
  validateAffinity(spec, errors);
  validateClusterIps(spec, before, errors, strict);
  for (const [position, ip] of texts(spec.externalIPs).entries()) {
    const at = path.child('externalIPs').index(position);
    if (validateAddress(ip, at, errors, strict, texts(before?.externalIPs))) validateEndpointAddress(ip, at, errors);
  }
  const type = text(spec.type);
  if (type === '') errors.push(required(path.child('type')));
  else if (!types.includes(type)) errors.push(notSupported(path.child('type'), type, types));
  validatePortsTogether(ports, type, errors);
  validateSourceRanges(service, old, errors, strict);
  if (given(spec.allocateLoadBalancerNodePorts) && type !== 'LoadBalancer')
    errors.push(forbidden(path.child('allocateLoadBalancerNodePorts'), "may only be used when `type` is 'LoadBalancer'"));
  if (type === 'LoadBalancer' && !given(spec.allocateLoadBalancerNodePorts)) errors.push(required('allocateLoadBalancerNodePorts'));
  validateLoadBalancerClass(spec, errors);
  validateTrafficPolicies(spec, errors);
  validateDistribution(spec, errors, features);
}

function validateTopologyAnnotations(service: JsonObject, errors: FieldError[]): void {
  const hints = member(annotationsOf(service), hintsAnnotation);
  const mode = member(annotationsOf(service), modeAnnotation);
  if (hints !== undefined && mode !== undefined && hints !== mode)
    errors.push(
      invalid(
        fieldPath('metadata', 'annotations').key(modeAnnotation),
        mode,
        `must match annotations[${hintsAnnotation}] when both are specified`,
      ),
    );
}

function validateType(spec: JsonObject, errors: FieldError[]): void {
  const headless = isHeadless(spec);
  const type = text(spec.type);
  if (size(spec.ports) === 0 && !headless && type !== 'ExternalName') errors.push(required(path.child('ports')));
  if ((type === 'LoadBalancer' || type === 'NodePort') && headless)
    errors.push(invalid(path.child('clusterIPs').index(0), 'None', `may not be set to 'None' for ${type} services`));
  if (type !== 'ExternalName') return;
  for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
    if (field === 'ipFamilyPolicy' ? given(spec[field]) : size(spec[field]) > 0)
      errors.push(forbidden(path.child(field), 'may not be set for ExternalName services'));
  const name = text(spec.externalName);
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  if (bare === '') errors.push(required(path.child('externalName')));
  else complain(bare, dnsSubdomain(bare), path.child('externalName'), errors);
}

function validatePort(port: JsonObject, requireName: boolean, names: Set<string>, at: Path, errors: FieldError[]): void {
  const name = text(port.name);
  if (name === '') {
    if (requireName) errors.push(required(at.child('name')));
  } else {
    complain(name, dnsLabel(name), at.child('name'), errors);
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
  }
  for (const complaint of portNumber(count(port.port))) errors.push(invalid(at.child('port'), count(port.port), complaint));
  validateProtocol(port.protocol, at.child('protocol'), errors);
  validatePortNumberOrName(port.targetPort, at.child('targetPort'), errors);
  if (given(port.appProtocol)) complain(text(port.appProtocol), qualifiedName(text(port.appProtocol)), at.child('appProtocol'), errors);
}

function validatePortsTogether(ports: readonly JsonObject[], type: string, errors: FieldError[]): void {
  const at = path.child('ports');
  if (type === 'ClusterIP')
    for (const [position, port] of ports.entries())
      if (count(port.nodePort) !== 0)
        errors.push(forbidden(at.index(position).child('nodePort'), "may not be used when `type` is 'ClusterIP'"));
  const nodePorts = new Set<string>();
  for (const [position, port] of ports.entries()) {
    if (count(port.nodePort) === 0) continue;
    const key = `${text(port.protocol)}/${count(port.nodePort)}`;
    if (nodePorts.has(key)) errors.push(duplicate(at.index(position).child('nodePort'), count(port.nodePort)));
    nodePorts.add(key);
  }
  const seen = new Set<string>();
  for (const [position, { protocol, port }] of ports.entries()) {
    const key = `${text(protocol)}/${count(port)}`;
    const shown = (): Json => asInternal({ protocol, port } as Json, 'core.ServicePort');
    if (seen.has(key)) errors.push(duplicate(at.index(position), shown()));
    seen.add(key);
  }
}

const affinities = ['ClientIP', 'None'];

function validateAffinity(spec: JsonObject, errors: FieldError[]): void {
  const affinity = text(spec.sessionAffinity);
  if (affinity === '') errors.push(required(path.child('sessionAffinity')));
  else if (!affinities.includes(affinity)) errors.push(notSupported(path.child('sessionAffinity'), affinity, affinities));
  const at = path.child('sessionAffinityConfig');
  const config = object(spec.sessionAffinityConfig);
  if (affinity === 'None' && config !== undefined) errors.push(forbidden(at, 'must not be set when session affinity is None'));
  if (affinity !== 'ClientIP') return;
  const words = 'when session affinity type is ClientIP';
  const client = object(config?.clientIP);
  const timeout = number(client?.timeoutSeconds);
  if (config === undefined) errors.push(required(at, words));
  else if (client === undefined) errors.push(required(at.child('clientIP'), words));
  else if (timeout === undefined) errors.push(required(at.child('clientIP', 'timeoutSeconds'), words));
  else if (timeout <= 0 || timeout > 86400)
    errors.push(invalid(at.child('clientIP', 'timeoutSeconds'), timeout, 'must be greater than 0 and less than 86400'));
}

const families = ['IPv4', 'IPv6'];
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** Addresses and families for themselves; asked before addresses are allocated, too. */
export function validateClusterIps(spec: JsonObject, before: JsonObject | undefined, errors: FieldError[], strict: boolean): void {
  if (spec.type === 'ExternalName') return;
  const ips = texts(spec.clusterIPs);
  const first = text(spec.clusterIP);
  const at = path.child('clusterIPs');
  if (first !== '') {
    if (ips.length === 0) errors.push(required(at));
    else if (ips[0] !== first) errors.push(invalid(at, ips, 'first value must match `clusterIP`'));
  } else if (ips.length > 0) errors.push(invalid(at, ips, 'must be empty when `clusterIP` is not specified'));
  const seen = new Set<string>();
  for (const [position, family] of texts(spec.ipFamilies).entries()) {
    const place = path.child('ipFamilies').index(position);
    if (!families.includes(family)) errors.push(notSupported(place, family, families));
    if (seen.has(family)) errors.push(duplicate(place, family));
    seen.add(family);
  }
  if (given(spec.ipFamilyPolicy) && !familyPolicies.includes(text(spec.ipFamilyPolicy)))
    errors.push(notSupported(path.child('ipFamilyPolicy'), spec.ipFamilyPolicy, familyPolicies));
  let bad = false;
  for (const [position, ip] of ips.entries()) {
    if (position === 0 && ip === 'None') {
      if (ips.length > 1) {
        bad = true;
        errors.push(invalid(at, ips, "'None' must be the first and only value"));
      }
    } else if (!validateAddress(ip, at.index(position), errors, strict, texts(before?.clusterIPs))) bad = true;
  }
  if (ips.length > 2) errors.push(invalid(at, ips, 'may only hold up to 2 values'));
  if (bad) return;
  if (ips.length > 1 && !isDualStack(ips, parseAddress))
    errors.push(invalid(at, ips, 'may specify no more than one IP for each IP family'));
  if (isHeadless(spec)) return;
  for (const [position, ip] of ips.entries()) {
    const family = texts(spec.ipFamilies)[position];
    const own = parseAddress(ip)?.family === 6 ? 'IPv6' : 'IPv4';
    if (family === undefined || !families.includes(family) || family === own) continue;
    errors.push(invalid(at.index(position), ip, `expected an ${family} value as indicated by \`ipFamilies[${position}]\``));
  }
}

function validateSourceRanges(service: JsonObject, old: JsonObject | undefined, errors: FieldError[], strict: boolean): void {
  const spec = struct(service.spec);
  const ranges = texts(spec.loadBalancerSourceRanges);
  const annotation = member(annotationsOf(service), rangesAnnotation);
  const isBalancer = spec.type === 'LoadBalancer';
  const words = "may only be used when `type` is 'LoadBalancer'";
  if (ranges.length > 0) {
    const at = path.child('LoadBalancerSourceRanges');
    if (!isBalancer) errors.push(forbidden(at, words));
    const before = texts(struct(old?.spec).loadBalancerSourceRanges).map((range) => range.trim());
    for (const [position, range] of ranges.entries()) validateBlock(range.trim(), at.index(position), errors, strict, before);
  } else if (annotation !== undefined) {
    const at = fieldPath('metadata', 'annotations').key(rangesAnnotation);
    if (!isBalancer) errors.push(forbidden(at, words));
    if (old !== undefined && member(annotationsOf(old), rangesAnnotation) === annotation) return;
    if (annotation.trim() === '') return;
    for (const range of annotation.trim().split(',')) validateBlock(range.trim(), at, errors, strict);
  }
}

/** A class is only for load balancers. */
export function validateLoadBalancerClass(spec: JsonObject, errors: FieldError[]): void {
  if (!given(spec.loadBalancerClass)) return;
  const at = path.child('loadBalancerClass');
  const name = text(spec.loadBalancerClass);
  if (spec.type === 'LoadBalancer') complain(name, qualifiedName(name), at, errors);
  else errors.push(forbidden(at, "may only be used when `type` is 'LoadBalancer'"));
}

const trafficPolicies = ['Cluster', 'Local'];

function validateTrafficPolicies(spec: JsonObject, errors: FieldError[]): void {
  const external = text(spec.externalTrafficPolicy);
  const at = path.child('externalTrafficPolicy');
  if (!isExternal(spec)) {
    if (external !== '') errors.push(invalid(at, external, 'may only be set for externally-accessible services'));
  } else if (external === '') errors.push(required(at));
  else if (!trafficPolicies.includes(external)) errors.push(notSupported(at, external, trafficPolicies));
  const health = count(spec.healthCheckNodePort);
  const place = path.child('healthCheckNodePort');
  if (!needsHealthCheck(spec)) {
    if (health !== 0)
      errors.push(invalid(place, health, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  } else if (health === 0) {
    if (typeof spec.healthCheckNodePort !== 'string') errors.push(required(place));
  } else for (const complaint of portNumber(health)) errors.push(invalid(place, health, complaint));
  const internal = path.child('internalTrafficPolicy');
  if (!given(spec.internalTrafficPolicy)) {
    if (types.includes(text(spec.type)) && spec.type !== 'ExternalName') errors.push(required(internal));
  } else if (!trafficPolicies.includes(text(spec.internalTrafficPolicy)))
    errors.push(notSupported(internal, spec.internalTrafficPolicy, trafficPolicies));
}

function validateDistribution(spec: JsonObject, errors: FieldError[], features: Features): void {
  if (!given(spec.trafficDistribution)) return;
  const allowed = features.has('PreferSameTrafficDistribution') ? ['PreferClose', 'PreferSameZone', 'PreferSameNode'] : ['PreferClose'];
  if (!allowed.includes(text(spec.trafficDistribution)))
    errors.push(notSupported(path.child('trafficDistribution'), spec.trafficDistribution, allowed));
}

export const service: Validator = {
  create: (object, { features }) => {
    const errors: FieldError[] = [];
    const name = features.has('RelaxedServiceNameValidation') ? dnsLabel : dns1035Label;
    validateMetadata(object, { namespaced: true, name }, errors);
    validateService(object, undefined, errors, features);
    return errors;
  },
  update: (object, old, { features }, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    if (subresource === 'status') {
      const type = text(struct(object.spec).type);
      validateLoadBalancerStatus(object, old, type, errors, features.has('StrictIPCIDRValidation'));
      return errors;
    }
    validateServiceUpdate(struct(object.spec), struct(old.spec), errors);
    validateService(object, old, errors, features);
    return errors;
  },
  warnings: serviceWarnings,
};
