// The status of a pod, as kubelets and controllers write it (kubernetes pkg/apis/core/validation, ValidatePodStatusUpdate, 1.36).

import { parseAddress } from '../../../lib/cidr.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { amounts, shownAmount } from '../amount.ts';
import { asInternal } from '../internal.ts';
import { isDualStack, validateAddress } from '../meta/address.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain, qualifiedName, userId } from '../meta/names.ts';
import { validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { byteLength, count, given, object, objects, size, struct, text } from '../read.ts';
import { checks, type PodOptions } from './options.ts';
import { isNative } from './resource-names.ts';
import { validateAnnotationsOfUpdate } from './update.ts';

const status = fieldPath('status');
const lists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

export function validatePodStatus(pod: JsonObject, old: JsonObject, errors: FieldError[], options: PodOptions): void {
  const now = struct(pod.status);
  const before = struct(old.status);
  const spec = struct(pod.spec);
  const oldSpec = struct(old.spec);
  validateMetadataUpdate(pod, old, errors);
  validateAnnotationsOfUpdate(pod, old, errors, options);
  validateConditions(now, errors);
  if (text(spec.nodeName) !== text(oldSpec.nodeName)) errors.push(forbidden(status.child('nodeName'), 'may not be changed directly'));
  const nominated = text(now.nominatedNodeName);
  if (nominated !== '' && nominated !== text(before.nominatedNodeName)) {
    complain(nominated, dnsSubdomain(nominated), status.child('nominatedNodeName'), errors);
    if (text(oldSpec.nodeName) !== '' && checks(options, 'ClearingNominatedNodeNameAfterBinding'))
      errors.push(forbidden(status.child('nominatedNodeName'), 'may not be set on pods that are already bound to a node'));
  }
  if (count(now.observedGeneration) < 0)
    errors.push(invalid(status.child('observedGeneration'), count(now.observedGeneration), 'must be a non-negative integer'));
  validateImmutable(text(now.qosClass), text(before.qosClass), status.child('qosClass'), errors);
  for (const list of lists) validateTransitions(now, before, oldSpec, list, errors, options);
  validateClaimStatuses(now, spec, errors);
  validateExtendedClaims(now, spec, errors);
  validateNodeAllocatable(now, spec, errors);
  validateIps(now, before, 'podIPs', errors, options);
  if (size(now.hostIPs) > 0) {
    const first = text(objects(now.hostIPs)[0]?.ip);
    if (text(now.hostIP) !== first) errors.push(invalid(status.child('hostIPs').index(0).child('ip'), first, 'must be equal to `hostIP`'));
    validateIps(now, before, 'hostIPs', errors, options);
  }
  for (const list of lists) validateUsers(now, spec, list, errors);
  validateAllocated(now, spec, 'containerStatuses', 'containers', errors);
  validateAllocated(now, spec, 'initContainerStatuses', 'initContainers', errors);
  for (const [position, each] of objects(now.ephemeralContainerStatuses).entries())
    if (size(each.allocatedResourcesStatus) > 0)
      errors.push(
        forbidden(
          status.child('ephemeralContainerStatuses').index(position).child('allocatedResourcesStatus'),
          'must not be specified in container status',
        ),
      );
}

const systemConditions = ['PodScheduled', 'Ready', 'Initialized'];

function validateConditions(now: JsonObject, errors: FieldError[]): void {
  for (const [position, condition] of objects(now.conditions).entries()) {
    const at = status.child('conditions').index(position);
    const type = text(condition.type);
    if (count(condition.observedGeneration) < 0)
      errors.push(invalid(at.child('observedGeneration'), count(condition.observedGeneration), 'must be a non-negative integer'));
    if (!systemConditions.includes(type)) complain(type, qualifiedName(type), at.child('Type'), errors);
  }
}

/** A container that ended stays ended, unless it may restart. */
function validateTransitions(
  now: JsonObject,
  before: JsonObject,
  spec: JsonObject,
  list: (typeof lists)[number],
  errors: FieldError[],
  options: PodOptions,
): void {
  const containers = objects(spec[list === 'containerStatuses' ? 'containers' : 'initContainers']);
  const all = [...objects(spec.initContainers), ...objects(spec.containers)];
  const restartsAll = all.some((each) => objects(each.restartPolicyRules).some((rule) => rule.action === 'RestartAllContainers'));
  const ephemeral = list === 'ephemeralContainerStatuses';
  if (!ephemeral && restartsAll && checks(options, 'RestartAllContainersOnContainerExits')) return;
  for (const [position, old] of objects(before[list]).entries()) {
    const ended = object(object(old.state)?.terminated);
    const status = objects(now[list]).find((each) => text(each.name) === text(old.name));
    if (ended === undefined || status === undefined || given(object(status.state)?.terminated)) continue;
    const container = containers.find((each) => text(each.name) === text(old.name));
    if (!ephemeral && container !== undefined && mayRestart(container, spec, count(ended.exitCode))) continue;
    errors.push(forbidden(fieldPath('status', list).index(position).child('state'), 'may not be transitioned to non-terminated state'));
  }
}

function mayRestart(container: JsonObject, spec: JsonObject, exitCode: number): boolean {
  if (given(container.restartPolicy)) {
    const matches = objects(container.restartPolicyRules).some((rule) => {
      const codes = object(rule.exitCodes);
      const listed = Array.isArray(codes?.values) && codes.values.includes(exitCode);
      return codes !== undefined && (codes.operator === 'In' ? listed : codes.operator === 'NotIn' && !listed);
    });
    if (matches) return true;
  }
  const policy = given(container.restartPolicy) ? text(container.restartPolicy) : text(spec.restartPolicy);
  return policy === 'OnFailure' ? exitCode !== 0 : policy !== 'Never';
}

function validateClaimStatuses(now: JsonObject, spec: JsonObject, errors: FieldError[]): void {
  const claims = new Set(objects(spec.resourceClaims).map((claim) => text(claim.name)));
  const seen = new Set<string>();
  for (const [position, each] of objects(now.resourceClaimStatuses).entries()) {
    const at = status.child('resourceClaimStatuses').index(position);
    const name = text(each.name);
    if (!claims.has(name)) errors.push(invalid(at.child('name'), name, 'must match the name of an entry in `spec.resourceClaims`'));
    if (seen.has(name)) errors.push(duplicate(at.child('name'), name));
    seen.add(name);
    if (given(each.resourceClaimName))
      complain(text(each.resourceClaimName), dnsSubdomain(text(each.resourceClaimName)), at.child('resourceClaimName'), errors);
  }
}

function validateExtendedClaims(now: JsonObject, spec: JsonObject, errors: FieldError[]): void {
  const claim = object(now.extendedResourceClaimStatus);
  if (claim === undefined) return;
  const path = status.child('extendedResourceClaimStatus');
  const containers = new Map([...objects(spec.initContainers), ...objects(spec.containers)].map((each) => [text(each.name), each]));
  const mappings = objects(claim.requestMappings);
  if (mappings.length === 0) errors.push(required(path.child('requestMappings'), 'at least one request mapping is required'));
  const seen = new Set<string>();
  const words = 'entry in spec.initContainers.%s or spec.containers.%s';
  for (const [position, mapping] of mappings.entries()) {
    const at = path.child('requestMappings').index(position);
    const [name, resource, request] = [text(mapping.containerName), text(mapping.resourceName), text(mapping.requestName)];
    const container = containers.get(name);
    if (container === undefined)
      errors.push(invalid(at.child('containerName'), name, `must match the name of an ${words.replaceAll('%s', 'name')}`));
    else if (!Object.hasOwn(struct(struct(container.resources).requests), resource))
      errors.push(
        invalid(
          at.child('resourceName'),
          resource,
          `must match the extended resource name of an ${words.replaceAll('%s', 'resources.requests')}`,
        ),
      );
    complain(request, dnsLabel(request), path.child('requestName'), errors);
    const key = [name, resource, request].join('\n');
    if (seen.has(key))
      for (const field of ['containerName', 'resourceName', 'requestName']) errors.push(duplicate(at.child(field), text(mapping[field])));
    seen.add(key);
  }
  const name = text(claim.resourceClaimName);
  if (name === '') errors.push(required(path.child('resourceClaimName')));
  else complain(name, dnsSubdomain(name), path.child('resourceClaimName'), errors);
}

function validateNodeAllocatable(now: JsonObject, spec: JsonObject, errors: FieldError[]): void {
  for (const [position, each] of objects(now.nodeAllocatableResourceClaimStatuses).entries()) {
    const at = status.child('nodeAllocatableResourceClaimStatuses').index(position);
    const name = text(each.resourceClaimName);
    if (name === '') errors.push(required(at.child('resourceClaimName'), 'must not be empty'));
    const known = [...objects(spec.resourceClaims), ...objects(now.resourceClaimStatuses)];
    if (!known.some((claim) => given(claim.resourceClaimName) && text(claim.resourceClaimName) === name))
      errors.push(invalid(at.child('resourceClaimName'), name, 'no mapping found in pod reference'));
    if (size(each.containers) === 0) errors.push(required(at.child('containers'), 'must not be empty'));
    if (size(each.resources) === 0) errors.push(required(at.child('resources'), 'must not be empty'));
    for (const [resource, value] of amounts(each.resources)) {
      const key = at.child('resources').key(resource);
      if (!isNative(resource)) errors.push(invalid(key, resource, 'must be a node allocatable resource name'));
      if (value.mantissa < 0n) errors.push(invalid(key, shownAmount(value), 'must be non-negative'));
    }
  }
}

function validateIps(now: JsonObject, before: JsonObject, list: 'podIPs' | 'hostIPs', errors: FieldError[], options: PodOptions): void {
  const ips = objects(now[list]).map((each) => text(each.ip));
  const old = objects(before[list]).map((each) => text(each.ip));
  const path = status.child(list);
  for (const [position, ip] of ips.entries())
    validateAddress(ip, path.index(position), errors, checks(options, 'StrictIPCIDRValidation'), old);
  if (ips.length < 2 || (ips.length === 2 && isDualStack(ips, parseAddress))) return;
  const shown = asInternal(now[list], list === 'podIPs' ? '[]core.PodIP' : '[]core.HostIP');
  errors.push(invalid(path, shown, 'may specify no more than one IP for each IP family'));
}

function validateUsers(now: JsonObject, spec: JsonObject, list: string, errors: FieldError[]): void {
  const os = given(spec.os) ? text(object(spec.os)?.name) : 'linux';
  for (const [position, each] of objects(now[list]).entries()) {
    const user = object(object(each.user)?.linux);
    if (user === undefined) continue;
    const at = status.child(list).index(position).child('user', 'linux');
    if (os === 'windows') errors.push(forbidden(at, 'cannot be set for a windows pod'));
    if (os !== 'linux') continue;
    for (const field of ['uid', 'gid'])
      for (const complaint of userId(count(user[field]))) errors.push(invalid(at.child(field), count(user[field]), complaint));
    for (const [index, group] of (Array.isArray(user.supplementalGroups) ? (user.supplementalGroups as readonly Json[]) : []).entries())
      for (const complaint of userId(count(group))) errors.push(invalid(at.child('supplementalGroups').index(index), group, complaint));
  }
}

const healths = ['Healthy', 'Unhealthy', 'Unknown'];

/** Which of its claims or requests a resource of a container's status stands for. */
function allocatedError(name: string, container: JsonObject): string | undefined {
  const resources = struct(container.resources);
  if (!name.startsWith('claim:'))
    return Object.hasOwn(struct(resources.requests), name) ? undefined : "must match one of the container's resource requests";
  const claims = objects(resources.claims).map(
    (claim) => `claim:${text(claim.name)}${text(claim.request) === '' ? '' : `/${text(claim.request)}`}`,
  );
  return claims.includes(name)
    ? undefined
    : "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty";
}

function validateAllocated(now: JsonObject, spec: JsonObject, list: string, of: string, errors: FieldError[]): void {
  for (const [position, each] of objects(now[list]).entries()) {
    const container = objects(spec[of]).find((one) => text(one.name) === text(each.name));
    for (const [index, allocated] of objects(each.allocatedResourcesStatus).entries()) {
      const at = status.child(list).index(position).child('allocatedResourcesStatus').index(index);
      const name = text(allocated.name);
      const why = container === undefined ? undefined : allocatedError(name, container);
      if (why !== undefined) errors.push(invalid(at.child('name'), name, why));
      validateHealths(allocated, at.child('resources'), errors);
    }
  }
}

function validateHealths(allocated: JsonObject, path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [position, resource] of objects(allocated.resources).entries()) {
    const at = path.index(position);
    const health = text(resource.health);
    const id = text(resource.resourceID);
    if (!healths.includes(health)) errors.push(notSupported(at.child('health'), health, healths));
    if (given(resource.message)) {
      const message = text(resource.message);
      if (message === '') errors.push(required(at.child('message'), 'must be non-empty if specified'));
      else if (byteLength(message) > 1024) errors.push(tooLong(at.child('message'), 1024));
    }
    if (seen.has(id)) errors.push(duplicate(at.child('resourceID'), id));
    seen.add(id);
  }
}
