// The spec of a pod or a template of pods (kubernetes pkg/apis/core/validation, ValidatePodSpec, 1.36): every part in the server's order.

import { isObject, type JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notFound, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain, validateLabels } from '../meta/labels.ts';
import { dnsSubdomain, qualifiedName, rangeComplaint } from '../meta/names.ts';
import { given, number, object, objects, text } from '../read.ts';
import { validateAffinity } from './affinity.ts';
import { validateResourceClaims } from './claims.ts';
import { type ContainerContext, validateContainers, validateEphemeralContainers, validateInitContainers } from './containers.ts';
import { validateDnsConfig, validateDnsPolicy, validateHostAliases, validateHostnameOverride, validateHostnames } from './dns.ts';
import { checks, type PodOptions } from './options.ts';
import { validateHostNetworkPorts } from './ports.ts';
import { validateOverhead, validatePodResources } from './resources.ts';
import { validateSchedulingGates, validateSpreadConstraints, validateTolerations } from './scheduling.ts';
import { validatePodSecurity } from './security.ts';
import { eachContainer } from './visit.ts';
import { validateVolumes } from './volumes.ts';
import { validateHostProcess, validateOs } from './windows.ts';

/** Who the pod is, where it is one and no template. */
export interface PodIdentity {
  readonly name: string;
  /** A static pod, mirrored by its kubelet. */
  readonly isMirror: boolean;
}

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const preemptionPolicies = ['PreemptLowerPriority', 'Never'];

export function validatePodSpec(
  spec: JsonObject,
  identity: PodIdentity | undefined,
  path: Path,
  errors: FieldError[],
  options: PodOptions,
): void {
  if (!given(spec.terminationGracePeriodSeconds)) errors.push(required(path.child('terminationGracePeriodSeconds')));
  const restartPolicy = text(spec.restartPolicy);
  const claims = new Set(objects(spec.resourceClaims).map((claim) => text(claim.name)));
  claims.delete('');
  const context: ContainerContext = {
    gracePeriod: number(spec.terminationGracePeriodSeconds),
    os: given(spec.os) ? text(object(spec.os)?.name) : undefined,
    options,
    volumes: validateVolumes(objects(spec.volumes), identity?.name, path.child('volumes'), errors, options),
    claims,
    restartPolicy,
    hostUsers: spec.hostUsers !== false,
  };
  validateResourceClaims(spec, identity?.isMirror === true, path.child('resourceClaims'), errors);
  validateContainers(spec, path.child('containers'), errors, context);
  validateInitContainers(spec, path.child('initContainers'), errors, context);
  validateEphemeralContainers(spec, path.child('ephemeralContainers'), errors, context);
  if (checks(options, 'PodLevelResources')) validatePodResources(spec, claims, path, errors, options);
  validateHostNetworkPorts(spec, path, errors, options.isPod);
  if (restartPolicy === '') errors.push(required(path.child('restartPolicy')));
  else if (!restartPolicies.includes(restartPolicy)) errors.push(notSupported(path.child('restartPolicy'), restartPolicy, restartPolicies));
  validateDnsPolicy(text(spec.dnsPolicy), path.child('dnsPolicy'), errors);
  validateLabels(spec.nodeSelector, path.child('nodeSelector'), errors);
  validatePodSecurity(spec, path.child('securityContext'), errors, options);
  if (isObject(spec.affinity)) validateAffinity(spec.affinity, path.child('affinity'), errors, options);
  validateDnsConfig(spec, path.child('dnsConfig'), errors, options);
  for (const [position, gate] of objects(spec.readinessGates).entries()) {
    const type = text(gate.conditionType);
    complain(type, qualifiedName(type), path.child('readinessGates').index(position).child('conditionType'), errors);
  }
  validateSchedulingGates(spec.schedulingGates, path.child('schedulingGates'), errors);
  validateSpreadConstraints(spec.topologySpreadConstraints, path.child('topologySpreadConstraints'), errors, options);
  validateHostProcess(spec, path, errors, options);
  validateHostUsers(spec, path, errors, options);
  validateHostnameOverride(spec, path, errors);
  for (const field of ['serviceAccountName', 'nodeName'] as const) validateSubdomain(text(spec[field]), path.child(field), errors);
  const deadline = number(spec.activeDeadlineSeconds);
  if (deadline !== undefined && (deadline < 1 || deadline > 2147483647))
    errors.push(invalid(path.child('activeDeadlineSeconds'), deadline, rangeComplaint(1, 2147483647)));
  validateHostnames(spec, path, errors);
  validateTolerations(spec.tolerations, path.child('tolerations'), errors, options);
  validateHostAliases(spec, path.child('hostAliases'), errors, options);
  validateSubdomain(text(spec.priorityClassName), path.child('priorityClassName'), errors);
  if (given(spec.runtimeClassName)) {
    const name = text(spec.runtimeClassName);
    complain(name, dnsSubdomain(name), path.child('runtimeClassName'), errors);
  }
  validatePreemption(spec, path.child('preemptionPolicy'), errors);
  validateOverhead(spec.overhead, path.child('overhead'), errors, options);
  validateOs(spec, path, errors);
  validateSchedulingGroup(spec, path.child('schedulingGroup', 'podGroupName'), errors);
  validateFileKeyVolumes(spec, path, errors);
}

function validateSubdomain(name: string, path: Path, errors: FieldError[]): void {
  if (name !== '') complain(name, dnsSubdomain(name), path, errors);
}

function validatePreemption(spec: JsonObject, path: Path, errors: FieldError[]): void {
  if (!given(spec.preemptionPolicy)) return;
  const policy = text(spec.preemptionPolicy);
  if (policy === '') errors.push(required(path));
  else if (!preemptionPolicies.includes(policy)) errors.push(notSupported(path, policy, preemptionPolicies));
}

function validateSchedulingGroup(spec: JsonObject, path: Path, errors: FieldError[]): void {
  const group = object(spec.schedulingGroup);
  if (group === undefined) return;
  if (!given(group.podGroupName)) errors.push(invalid(path, null, 'must specify one of: `podGroupName`'));
  else complain(text(group.podGroupName), dnsSubdomain(text(group.podGroupName)), path, errors);
}

/** User namespaces (KEP-127). */
function validateHostUsers(spec: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  if (spec.hostUsers !== false) return;
  const words = 'when `hostUsers` is false';
  if (spec.hostNetwork === true && !options.allowUserNamespaceHostNetwork) errors.push(forbidden(path.child('hostNetwork'), words));
  if (spec.hostPID === true) errors.push(forbidden(path.child('HostPID'), words));
  if (spec.hostIPC === true) errors.push(forbidden(path.child('HostIPC'), words));
  if (options.allowUserNamespaceDevices) return;
  for (const { container, at } of eachContainer(spec, path))
    if (objects(container.volumeDevices).length > 0) errors.push(forbidden(at().child('volumeDevices'), words));
}

/** Values from files come out of emptyDir volumes (KEP-3721). */
function validateFileKeyVolumes(spec: JsonObject, path: Path, errors: FieldError[]): void {
  for (const { container, at } of eachContainer(spec, path))
    for (let position = 0, variables = objects(container.env); position < variables.length; position++) {
      const reference = object(object(variables[position]?.valueFrom)?.fileKeyRef);
      if (reference === undefined) continue;
      const name = text(reference.volumeName);
      const place = at().child('env').index(position).child('valueFrom', 'fileKeyRef', 'volumeName');
      const volume = objects(spec.volumes).findLast((each) => text(each.name) === name);
      if (volume === undefined) errors.push(notFound(place, name));
      else if (!given(volume.emptyDir)) errors.push(invalid(place, name, 'referenced volume must be of type emptyDir'));
    }
}
