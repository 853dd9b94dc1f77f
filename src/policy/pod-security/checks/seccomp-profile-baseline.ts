// Pod Security Standards, baseline, "Seccomp": a profile that is set is the runtime's default or one of the node's own. Before 1.19 it was
// set by annotations, from 1.19 by fields (KEP-135); each version of the standard reads only its own.

import type { Pod } from '../../../kube/pod/types.ts';
import { asString, field, isObject, type Json } from '../../../lib/json.ts';
import { escapeToken } from '../../../lib/json-pointer.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { offending } from '../offending.ts';
import { goQuoted, plural, quotedList, setters, sortedSet } from '../wording.ts';

export const seccompProfileBaseline: PodSecurityCheck = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  versions: [
    { since: 0, check: seccompProfileBaseline_1_0 },
    { since: 19, check: seccompProfileBaseline_1_19 },
  ],
};

function seccompProfileBaseline_1_0(pod: Pod): Offence | undefined {
  const keys = sortedSet([
    'seccomp.security.alpha.kubernetes.io/pod',
    ...pod.containers.map((container) => `container.seccomp.security.alpha.kubernetes.io/${container.name}`),
  ]).filter((key) => pod.annotations[key] !== undefined && !allowedValue(pod.annotations[key]));
  if (keys.length === 0) return undefined;
  const annotations = keys.map((key) => `${key}=${goQuoted(pod.annotations[key] ?? '')}`);
  return {
    reason: 'seccompProfile',
    detail: `forbidden ${plural(keys.length, 'annotation')} ${sortedSet(annotations).join(', ')}`,
    paths: keys.map((key) => `${pod.metadataPath}/annotations/${escapeToken(key)}`),
  };
}

export function seccompProfileBaseline_1_19(pod: Pod): Offence | undefined {
  const ofPod = seccompType(pod.securityContext.seccompProfile);
  const podIsBad = ofPod !== undefined && !allowedType(ofPod);
  const containers = offending(pod.containers, ({ securityContext }) => {
    const type = seccompType(securityContext.seccompProfile);
    return type === undefined || allowedType(type) ? undefined : type;
  });
  if (!podIsBad && containers.length === 0) return undefined;
  const types = sortedSet([...(podIsBad ? [ofPod] : []), ...containers.map(({ what }) => what)]);
  const who = setters(
    podIsBad,
    containers.map(({ name }) => name),
  );
  return {
    reason: 'seccompProfile',
    detail: `${who} must not set securityContext.seccompProfile.type to ${quotedList(types)}`,
    paths: [
      ...(podIsBad ? [pod.at('/securityContext/seccompProfile/type')] : []),
      ...containers.map(({ container }) => container.at('/securityContext/seccompProfile/type')),
    ],
  };
}

/** The type of a profile that is set; the empty text where it has none. */
export function seccompType(profile: Json | undefined): string | undefined {
  return isObject(profile) ? (asString(field(profile, 'type')) ?? '') : undefined;
}

export function allowedType(type: string): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost';
}

function allowedValue(value: string): boolean {
  return value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
}
