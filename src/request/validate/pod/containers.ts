// Containers of a pod: normal, init (sidecars among them), ephemeral (kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notFound, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { hasChange } from '../../release-changes.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel } from '../meta/names.ts';
import { given, objects, size, text } from '../read.ts';
import { validateEnvironment } from './environment.ts';
import { validateDevices, validateMounts } from './mounts.ts';
import { checks } from './options.ts';
import { validateContainerPorts, validateHostPortConflicts } from './ports.ts';
import { type ProbeContext, validateLifecycle, validateProbes } from './probes.ts';
import { validatePullPolicy } from './pull-policy.ts';
import { validateContainerResources, validateResizePolicy } from './resources.ts';
import { validateContainerRestart, validateInitRestart } from './restart.ts';
import { validateContainerSecurity } from './security.ts';

/** What the containers of one pod share. */
export interface ContainerContext extends ProbeContext {
  readonly volumes: ReadonlyMap<string, JsonObject>;
  readonly claims: ReadonlySet<string>;
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
}

const messagePolicies = ['File', 'FallbackToLogsOnError'];

function validateCommon(container: JsonObject, path: Path, errors: FieldError[], context: ContainerContext): void {
  const name = text(container.name);
  if (name === '') errors.push(required(path.child('name')));
  else complain(name, dnsLabel(name), path.child('name'), errors);
  if (text(container.image) === '') errors.push(required(path.child('image')));
  const messages = text(container.terminationMessagePolicy);
  if (messages === '') errors.push(required(path.child('terminationMessagePolicy')));
  else if (!messagePolicies.includes(messages))
    errors.push(notSupported(path.child('terminationMessagePolicy'), messages, messagePolicies));
  validateContainerPorts(container, path.child('ports'), errors);
  validateEnvironment(container, path, errors, context.options);
  validateMounts(container, context.volumes, path.child('volumeMounts'), errors);
  validateDevices(container, context.volumes, path.child('volumeDevices'), errors);
  validatePullPolicy(container.imagePullPolicy, path.child('imagePullPolicy'), errors);
  validateContainerResources(container.resources, context.claims, path.child('resources'), errors, context.options);
  validateResizePolicy(container, context.restartPolicy, path.child('resizePolicy'), errors);
  validateContainerSecurity(container, context.hostUsers, path.child('securityContext'), errors, context.options);
}

export function validateContainers(spec: JsonObject, path: Path, errors: FieldError[], context: ContainerContext): void {
  const containers = objects(spec.containers);
  if (containers.length === 0) {
    errors.push(required(path));
    return;
  }
  const names = new Set<string>();
  for (const [position, container] of containers.entries()) {
    const at = path.index(position);
    const name = text(container.name);
    validateCommon(container, at, errors, context);
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
    validateLifecycle(container.lifecycle, at.child('lifecycle'), errors, context);
    validateProbes(container, at, errors, context);
    if (checks(context.options, 'ContainerRestartRules')) validateContainerRestart(container, at, errors, context.options);
    else if (given(container.restartPolicy)) errors.push(forbidden(at.child('restartPolicy'), 'may not be set for non-init containers'));
  }
  validateHostPortConflicts(containers, path, errors);
}

const onlySidecars = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'];

export function validateInitContainers(spec: JsonObject, path: Path, errors: FieldError[], context: ContainerContext): void {
  const names = new Set(objects(spec.containers).map((container) => text(container.name)));
  for (const [position, container] of objects(spec.initContainers).entries()) {
    const at = path.index(position);
    const name = text(container.name);
    const sidecar = container.restartPolicy === 'Always';
    validateCommon(container, at, errors, context);
    validateInitRestart(container, at, errors, context.options);
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    else if (name !== '') names.add(name);
    validateHostPortConflicts([container], path, errors);
    if (sidecar) {
      validateLifecycle(container.lifecycle, at.child('lifecycle'), errors, context);
      validateProbes(container, at, errors, context);
    } else
      for (const field of onlySidecars)
        if (given(container[field]))
          errors.push(forbidden(at.child(field), 'may not be set for init containers without restartPolicy=Always'));
    if (sidecar || context.options.allowRestartForPlainInit || !hasChange(context.options.version, 'restartOfPlainInit')) continue;
    for (const [index, policy] of objects(container.resizePolicy).entries())
      if (policy.restartPolicy === 'RestartContainer')
        errors.push(
          invalid(
            at.child('resizePolicy').index(index).child('restartPolicy'),
            policy.restartPolicy,
            "must not be set to 'RestartContainer' for non-sidecar initContainers",
          ),
        );
  }
}

/** Fields that an ephemeral container may not have, in the order of the Go struct. */
const notEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
];

export function validateEphemeralContainers(spec: JsonObject, path: Path, errors: FieldError[], context: ContainerContext): void {
  const ephemeral = objects(spec.ephemeralContainers);
  if (ephemeral.length === 0) return;
  const others = new Set([...objects(spec.containers), ...objects(spec.initContainers)].map((container) => text(container.name)));
  const names = new Set(others);
  for (const [position, container] of ephemeral.entries()) {
    const at = path.index(position);
    const name = text(container.name);
    const target = text(container.targetContainerName);
    validateCommon(container, at, errors, context);
    validateImageSpaces(container, at, errors);
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
    if (target !== '' && !others.has(target)) errors.push(notFound(at.child('targetContainerName'), target));
    for (const field of notEphemeral)
      if (field === 'resources' ? size(container[field]) > 0 : given(container[field]))
        errors.push(forbidden(at.child(field), 'cannot be set for an Ephemeral Container'));
    for (const [index, mount] of objects(container.volumeMounts).entries())
      for (const field of ['subPath', 'subPathExpr'])
        if (text(mount[field]) !== '')
          errors.push(forbidden(at.child('volumeMounts').index(index).child(field), 'cannot be set for an Ephemeral Container'));
  }
}

/** Of pods alone: templates may have been stored with such images. */
export function validateImageSpaces(container: JsonObject, path: Path, errors: FieldError[]): void {
  const image = text(container.image);
  if (image.trim() !== image) errors.push(invalid(path.child('image'), image, 'must not have leading or trailing whitespace'));
}
