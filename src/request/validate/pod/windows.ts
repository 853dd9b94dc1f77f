// Windows options, HostProcess pods, and what may not be said of pods of the other system (kubernetes pkg/apis/core/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { byteLength, given, object, size, text } from '../read.ts';
import type { PodOptions } from './options.ts';
import { eachContainer } from './visit.ts';

const control = /[\u0000-\u001f\u007f]/;
const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const domainName = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

export function validateWindowsOptions(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const options = object(value);
  if (options === undefined) return;
  if (given(options.gmsaCredentialSpecName)) {
    const name = text(options.gmsaCredentialSpecName);
    complain(name, dnsSubdomain(name), path.child('gmsaCredentialSpecName'), errors);
  }
  if (given(options.gmsaCredentialSpec)) {
    const spec = text(options.gmsaCredentialSpec);
    const at = path.child('gmsaCredentialSpec');
    if (spec === '') errors.push(invalid(at, spec, 'gmsaCredentialSpec cannot be an empty string'));
    else if (byteLength(spec) > 64 * 1024) errors.push(invalid(at, spec, 'gmsaCredentialSpec size must be under 64 KiB'));
  }
  if (given(options.runAsUserName)) validateUserName(text(options.runAsUserName), path.child('runAsUserName'), errors);
}

function validateUserName(name: string, path: Path, errors: FieldError[]): void {
  const refuse = (why: string) => errors.push(invalid(path, name, why));
  const parts = name.split('\\');
  if (name === '') refuse('runAsUserName cannot be an empty string');
  else if (control.test(name)) refuse('runAsUserName cannot contain control characters');
  else if (parts.length > 2) refuse('runAsUserName cannot contain more than one backslash');
  else {
    const [domain = '', user = ''] = parts.length === 2 ? parts : ['', ...parts];
    if (byteLength(domain) >= 256) refuse("runAsUserName's Domain length must be under 256 characters");
    if (parts.length === 2 && !netBios.test(domain) && !domainName.test(domain))
      refuse("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    if (user === '') refuse("runAsUserName's User cannot be empty");
    else if (byteLength(user) > 104) refuse("runAsUserName's User length must not be longer than 104 characters");
    if (/^[. ]+$/.test(user)) refuse("runAsUserName's User cannot contain only periods or spaces");
    if (/["/\\:;|=,+*?<>@[\]]/.test(user)) refuse('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
}

/** HostProcess is all or nothing, and needs the host's network (KEP-1981). */
export function validateHostProcess(spec: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const ofPod = object(object(spec.securityContext)?.windowsOptions)?.hostProcess;
  let containers = 0;
  let hostProcesses = 0;
  for (const { container, at } of eachContainer(spec, path)) {
    containers++;
    const own = object(object(container.securityContext)?.windowsOptions)?.hostProcess;
    if (given(ofPod) && given(own) && ofPod !== own)
      errors.push(
        invalid(
          at().child('securityContext', 'windowsOptions', 'hostProcess'),
          own,
          `pod hostProcess value must be identical if both are specified, was ${String(ofPod)}`,
        ),
      );
    if (own === true || (!given(own) && ofPod === true)) hostProcesses++;
  }
  if (hostProcesses === 0) return;
  if (hostProcesses !== containers)
    errors.push(invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  if (spec.hostNetwork !== true)
    errors.push(invalid(path.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers'));
  if (!options.allowPrivileged) errors.push(forbidden(path, 'hostProcess containers are disallowed by cluster policy'));
}

const ofLinuxPod = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
const ofLinuxContainer = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

/** `spec.os`, and the fields that its pods have no use for. */
export function validateOs(spec: JsonObject, path: Path, errors: FieldError[]): void {
  const os = object(spec.os);
  if (os === undefined) return;
  const name = text(os.name);
  if (name === '') errors.push(required(path.child('os', 'name')));
  else if (name === 'linux') validateLinux(spec, path, errors);
  else if (name === 'windows') validateWindows(spec, path, errors);
  else errors.push(notSupported(path.child('os'), name, ['linux', 'windows']));
}

function validateLinux(spec: JsonObject, path: Path, errors: FieldError[]): void {
  const words = 'windows options cannot be set for a linux pod';
  if (given(object(spec.securityContext)?.windowsOptions)) errors.push(forbidden(path.child('securityContext', 'windowsOptions'), words));
  for (const { container, at } of eachContainer(spec, path))
    if (given(object(container.securityContext)?.windowsOptions))
      errors.push(forbidden(at().child('securityContext', 'windowsOptions'), words));
}

function validateWindows(spec: JsonObject, path: Path, errors: FieldError[]): void {
  const words = 'cannot be set for a windows pod';
  const context = object(spec.securityContext) ?? {};
  for (const field of ['hostUsers', 'shareProcessNamespace']) if (given(spec[field])) errors.push(forbidden(path.child(field), words));
  for (const field of ['hostPID', 'hostIPC']) if (spec[field] === true) errors.push(forbidden(path.child(field), words));
  for (const field of ofLinuxPod)
    if (field === 'sysctls' ? size(context[field]) > 0 : given(context[field]))
      errors.push(forbidden(path.child('securityContext', field), words));
  for (const { container, at } of eachContainer(spec, path)) {
    const own = object(container.securityContext) ?? {};
    for (const field of ofLinuxContainer) if (given(own[field])) errors.push(forbidden(at().child('securityContext', field), words));
  }
}
