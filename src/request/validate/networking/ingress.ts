// Ingresses (kubernetes pkg/apis/networking/validation, 1.36).

import type { Features } from '../../../kube/version/feature-gates.ts';
import { parseAddress } from '../../../lib/cidr.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { addressWarnings, validateAddress } from '../meta/address.ts';
import { complain } from '../meta/labels.ts';
import { dns1035Label, dnsLabel, dnsSubdomain, pathSegment, portName, portNumber, wildcardDnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { annotationsOf, count, given, member, object, objects, size, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';

const path = fieldPath('spec');
const classAnnotation = 'kubernetes.io/ingress.class';
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];

interface IngressOptions {
  readonly relaxedServiceNames: boolean;
  readonly allowInvalidSecretName: boolean;
  readonly allowInvalidWildcardRule: boolean;
}

function validateHost(host: string, at: Path, errors: FieldError[]): void {
  complain(host, host.includes('*') ? wildcardDnsSubdomain(host) : dnsSubdomain(host), at, errors);
}

/** A reference by group, kind and name, of backends and classes. */
export function validateReference(reference: JsonObject, at: Path, errors: FieldError[]): void {
  if (given(reference.apiGroup)) complain(text(reference.apiGroup), dnsSubdomain(text(reference.apiGroup)), at.child('apiGroup'), errors);
  for (const field of ['kind', 'name'] as const) {
    const value = text(reference[field]);
    if (value === '') errors.push(required(at.child(field)));
    else complain(value, pathSegment(value), at.child(field), errors);
  }
}

function validateBackend(backend: JsonObject, at: Path, errors: FieldError[], { relaxedServiceNames }: IngressOptions): void {
  const resource = object(backend.resource);
  const service = object(backend.service);
  if (resource !== undefined && service !== undefined) errors.push(invalid(at, '', 'cannot set both resource and service backends'));
  else if (resource !== undefined) validateReference(resource, at.child('resource'), errors);
  else if (service === undefined) errors.push(invalid(at, '', 'resource or service backend is required'));
  else {
    const name = text(service.name);
    const place = at.child('service');
    if (name === '') errors.push(required(place.child('name')));
    else complain(name, relaxedServiceNames ? dnsLabel(name) : dns1035Label(name), place.child('name'), errors);
    const port = struct(service.port);
    const portText = text(port.name);
    const portCount = count(port.number);
    if (portText !== '' && portCount !== 0) errors.push(invalid(at, '', 'cannot set both port name & port number'));
    else if (portText !== '') complain(portText, portName(portText), place.child('port', 'name'), errors);
    else if (portCount !== 0)
      for (const complaint of portNumber(portCount)) errors.push(invalid(place.child('port', 'number'), portCount, complaint));
    else errors.push(required(at, 'port name or number is required'));
  }
}

const badSequences = ['//', '/./', '/../', '%2f', '%2F'];
const badEnds = ['/..', '/.'];

function validateHttpPath(rule: JsonObject, at: Path, errors: FieldError[], options: IngressOptions): void {
  if (!given(rule.pathType)) {
    errors.push(required(at.child('pathType'), 'pathType must be specified'));
    return;
  }
  const type = text(rule.pathType);
  const target = text(rule.path);
  const refuse = (why: string) => errors.push(invalid(at.child('path'), target, why));
  const isExact = type === 'Exact' || type === 'Prefix';
  if (!pathTypes.includes(type)) errors.push(notSupported(at.child('pathType'), type, pathTypes));
  else if (!target.startsWith('/') && (isExact || target !== '')) refuse('must be an absolute path');
  if (isExact) {
    for (const sequence of badSequences) if (target.includes(sequence)) refuse(`must not contain '${sequence}'`);
    for (const end of badEnds) if (target.endsWith(end)) refuse(`cannot end with '${end}'`);
  }
  validateBackend(struct(rule.backend), at.child('backend'), errors, options);
}

function validateRuleValue(rule: JsonObject, at: Path, errors: FieldError[], options: IngressOptions): void {
  const http = object(rule.http);
  if (http === undefined) return;
  const place = at.child('http', 'paths');
  if (size(http.paths) === 0) errors.push(required(place));
  for (const [position, each] of objects(http.paths).entries()) validateHttpPath(each, place.index(position), errors, options);
}

function validateSpec(spec: JsonObject, errors: FieldError[], options: IngressOptions): void {
  const backend = object(spec.defaultBackend);
  if (size(spec.rules) === 0 && backend === undefined)
    errors.push(invalid(path, spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  if (backend !== undefined) validateBackend(backend, path.child('defaultBackend'), errors, options);
  for (const [position, rule] of objects(spec.rules).entries()) {
    const at = path.child('rules').index(position);
    const host = text(rule.host);
    if (host !== '') {
      if (parseAddress(host) !== undefined) errors.push(invalid(at.child('host'), host, 'must be a DNS name, not an IP address'));
      validateHost(host, at.child('host'), errors);
    }
    if (!host.includes('*') || !options.allowInvalidWildcardRule) validateRuleValue(rule, at, errors, options);
  }
  for (const [position, tls] of objects(spec.tls).entries()) {
    const at = path.child('tls').index(position);
    for (const [index, host] of texts(tls.hosts).entries()) validateHost(host, at.child('hosts').index(index), errors);
    const secret = text(tls.secretName);
    if (secret !== '' && !options.allowInvalidSecretName) complain(secret, dnsSubdomain(secret), at.child('secretName'), errors);
  }
  if (given(spec.ingressClassName)) {
    const name = text(spec.ingressClassName);
    complain(name, dnsSubdomain(name), path.child('ingressClassName'), errors);
  }
}

/** What the stored Ingress has that newer rules would refuse. */
function optionsFor(features: Features, old: JsonObject | undefined): IngressOptions {
  const strict = { relaxedServiceNames: true, allowInvalidSecretName: false, allowInvalidWildcardRule: false };
  const spec = struct(old?.spec);
  return {
    relaxedServiceNames: features.has('RelaxedServiceNameValidation'),
    allowInvalidSecretName: objects(spec.tls).some((tls) => text(tls.secretName) !== '' && dnsSubdomain(text(tls.secretName)).length > 0),
    allowInvalidWildcardRule: objects(spec.rules).some((rule) => {
      const errors: FieldError[] = [];
      if (text(rule.host).includes('*')) validateRuleValue(rule, path, errors, { ...strict, relaxedServiceNames: false });
      return errors.length > 0;
    }),
  };
}

export const ingress: Validator = {
  create: (object, { features }) => {
    const errors: FieldError[] = [];
    const spec = struct(object.spec);
    validateMetadata(object, { namespaced: true, name: dnsSubdomain }, errors);
    validateSpec(spec, errors, optionsFor(features, undefined));
    const annotation = member(annotationsOf(object), classAnnotation);
    if (annotation !== undefined && given(spec.ingressClassName) && annotation !== text(spec.ingressClassName))
      errors.push(invalid(fieldPath('annotations', classAnnotation), annotation, 'must match `ingressClassName` when both are specified'));
    return errors;
  },
  update: (object, old, { features }, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    if (subresource === 'status') {
      validateStatus(object, old, errors, features.has('StrictIPCIDRValidation'));
      return errors;
    }
    validateMetadata(object, { namespaced: true, name: dnsSubdomain }, errors);
    validateSpec(struct(object.spec), errors, optionsFor(features, old));
    return errors;
  },
  warnings: (object, old, _context, subresource) => {
    if (subresource === 'status')
      return ingressOf(object).flatMap((each, position) =>
        text(each.ip) === '' ? [] : addressWarnings(text(each.ip), fieldPath('status', 'loadBalancer', 'ingress').index(position)),
      );
    const annotated = member(annotationsOf(object), classAnnotation) !== undefined;
    if (old !== undefined || !annotated || given(struct(object.spec).ingressClassName)) return [];
    return [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`];
  },
};

function ingressOf(ingress: JsonObject): readonly JsonObject[] {
  return objects(object(struct(ingress.status).loadBalancer)?.ingress);
}

function validateStatus(now: JsonObject, old: JsonObject, errors: FieldError[], strict: boolean): void {
  const before = ingressOf(old).map((each) => text(each.ip));
  for (const [position, each] of ingressOf(now).entries()) {
    const at = fieldPath('status', 'loadBalancer', 'ingress').index(position);
    const hostname = text(each.hostname);
    if (text(each.ip) !== '') validateAddress(text(each.ip), at.child('ip'), errors, strict, before);
    if (hostname === '') continue;
    complain(hostname, dnsSubdomain(hostname), at.child('hostname'), errors);
    if (parseAddress(hostname) !== undefined) errors.push(invalid(at.child('hostname'), hostname, 'must be a DNS name, not an IP address'));
  }
}
