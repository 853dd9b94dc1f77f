// Security contexts of pods and containers (kubernetes pkg/apis/core/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { userId } from '../meta/names.ts';
import { byteLength, given, number, object, objects, text, texts } from '../read.ts';
import { hostSysctl, type PodOptions } from './options.ts';
import { validateDescendingPath } from './paths.ts';
import { validateWindowsOptions } from './windows.ts';

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const sysctlName = /^(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/;
const sysctlForm = String.raw`^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`;

function validateIds(context: JsonObject, fields: readonly string[], path: Path, errors: FieldError[]): void {
  for (const field of fields) {
    const id = number(context[field]);
    if (id !== undefined) for (const complaint of userId(id)) errors.push(invalid(path.child(field), id, complaint));
  }
}

/** `spec.securityContext`, with the fields of the spec that belong to it. */
export function validatePodSecurity(spec: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const context = object(spec.securityContext);
  if (context === undefined) {
    if (spec.shareProcessNamespace === true) validateSharedProcesses(spec, path, errors);
    return;
  }
  validateIds(context, ['fsGroup', 'runAsUser', 'runAsGroup'], path, errors);
  for (const [position, group] of (Array.isArray(context.supplementalGroups) ? context.supplementalGroups : []).entries())
    for (const complaint of userId(number(group) ?? 0))
      errors.push(invalid(path.child('supplementalGroups').index(position), group, complaint));
  validateSharedProcesses(spec, path, errors);
  validateSysctls(context, spec, path.child('sysctls'), errors, options);
  validateChoice(context, 'fsGroupChangePolicy', ['Always', 'OnRootMismatch'], path, errors);
  validateSeccomp(context.seccompProfile, path.child('seccompProfile'), errors);
  validateWindowsOptions(context.windowsOptions, path.child('windowsOptions'), errors);
  validateAppArmor(context.appArmorProfile, path.child('appArmorProfile'), errors);
  validateChoice(context, 'supplementalGroupsPolicy', ['Merge', 'Strict'], path, errors);
  const changes = options.onlyRecursiveSELinuxChange ? ['Recursive'] : ['MountOption', 'Recursive'];
  validateChoice(context, 'seLinuxChangePolicy', changes, path, errors);
}

function validateChoice(context: JsonObject, field: string, allowed: readonly string[], path: Path, errors: FieldError[]): void {
  if (given(context[field]) && !allowed.includes(text(context[field])))
    errors.push(notSupported(path.child(field), context[field], allowed));
}

function validateSharedProcesses(spec: JsonObject, path: Path, errors: FieldError[]): void {
  if (spec.shareProcessNamespace === true && spec.hostPID === true)
    errors.push(invalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
}

function validateSysctls(context: JsonObject, spec: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const sysctls = objects(context.sysctls);
  if (sysctls.length === 0) return;
  const seen = new Set<string>();
  for (const [position, sysctl] of sysctls.entries()) {
    const at = path.index(position).child('name');
    const name = text(sysctl.name);
    if (name === '') errors.push(required(at));
    else if (byteLength(name) > 253 || !sysctlName.test(name))
      errors.push(invalid(at, name, `must have at most 253 characters and match regex ${sysctlForm}`));
    else if (seen.has(name)) errors.push(duplicate(at, name));
    const host = options.allowHostSysctls ? undefined : hostSysctl(name, spec);
    if (host !== undefined) errors.push(invalid(at, name, `may not be specified when '${host}' is true`));
    seen.add(name);
  }
}

function validateSeccomp(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const profile = object(value);
  if (profile === undefined) return;
  const type = text(profile.type);
  if (type === '') errors.push(required(path.child('type'), 'type is required when seccompProfile is set'));
  else if (!profileTypes.includes(type)) errors.push(notSupported(path.child('type'), type, profileTypes));
  const local = path.child('localhostProfile');
  if (type !== 'Localhost') {
    if (given(profile.localhostProfile))
      errors.push(invalid(local, asInternal(profile, 'core.SeccompProfile'), 'can only be set when seccomp type is Localhost'));
  } else if (!given(profile.localhostProfile)) errors.push(required(local, 'must be set when seccomp type is Localhost'));
  else validateDescendingPath(text(profile.localhostProfile), local, errors);
}

function validateAppArmor(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const profile = object(value);
  if (profile === undefined) return;
  const type = text(profile.type);
  const local = path.child('localhostProfile');
  const name = text(profile.localhostProfile);
  if (type === '') errors.push(required(path.child('type'), 'type is required when appArmorProfile is set'));
  else if (!profileTypes.includes(type)) errors.push(notSupported(path.child('type'), type, profileTypes));
  else if (type !== 'Localhost') {
    if (given(profile.localhostProfile)) errors.push(invalid(local, name, 'can only be set when AppArmor type is Localhost'));
  } else if (!given(profile.localhostProfile)) errors.push(required(local, 'must be set when AppArmor type is Localhost'));
  else {
    if (name.trim() !== name) errors.push(invalid(local, name, 'must not be padded with whitespace'));
    else if (name === '') errors.push(required(local, 'must be set when AppArmor type is Localhost'));
    if (byteLength(name) > 4095) errors.push(tooLong(local, 4095));
  }
}

const procMounts = ['Default', 'Unmasked'];

export function validateContainerSecurity(
  container: JsonObject,
  hostUsers: boolean,
  path: Path,
  errors: FieldError[],
  options: PodOptions,
): void {
  const context = object(container.securityContext);
  if (context === undefined) return;
  if (context.privileged === true && !options.allowPrivileged)
    errors.push(forbidden(path.child('privileged'), 'disallowed by cluster policy'));
  validateIds(context, ['runAsUser', 'runAsGroup'], path, errors);
  if (given(context.procMount)) {
    const mount = text(context.procMount);
    if (!procMounts.includes(mount)) errors.push(notSupported(path.child('procMount'), mount, procMounts));
    if (hostUsers && mount === 'Unmasked')
      errors.push(invalid(path.child('procMount'), mount, '`hostUsers` must be false to use `Unmasked`'));
  }
  validateSeccomp(context.seccompProfile, path.child('seccompProfile'), errors);
  if (context.allowPrivilegeEscalation === false) {
    const whole = () => asInternal(context, 'core.SecurityContext');
    if (context.privileged === true)
      errors.push(invalid(path, whole(), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    for (const capability of texts(object(context.capabilities)?.add))
      if (capability === 'CAP_SYS_ADMIN')
        errors.push(invalid(path, whole(), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
  }
  validateWindowsOptions(context.windowsOptions, path.child('windowsOptions'), errors);
  validateAppArmor(context.appArmorProfile, path.child('appArmorProfile'), errors);
}
