// Pod Security Standards, baseline, "AppArmor": profiles may be the runtime's default or one of the node's own, never switched off. Fields
// of pod and containers, and the beta annotations (KEP-24), in every version. A cluster of 1.30 and later also copies annotations into
// fields when a pod is created; that copying is admission's, not the standard's.

import type { Pod } from '../../../kube/pod/types.ts';
import { asString, field, isObject, type Json } from '../../../lib/json.ts';
import { escapeToken } from '../../../lib/json-pointer.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { offending } from '../offending.ts';
import { goQuoted, plural, quotedList, setters, sortedSet } from '../wording.ts';

export const appArmorProfile: PodSecurityCheck = {
  id: 'appArmorProfile',
  level: 'baseline',
  versions: [{ since: 0, check: appArmorProfile_1_0 }],
};

const annotationPrefix = 'container.apparmor.security.beta.kubernetes.io/';

function appArmorProfile_1_0(pod: Pod): Offence | undefined {
  const ofPod = forbiddenType(pod.securityContext.appArmorProfile);
  const containers = offending(pod.containers, ({ securityContext }) => forbiddenType(securityContext.appArmorProfile));
  const annotations = Object.keys(pod.annotations).filter(
    (key) => key.startsWith(annotationPrefix) && !allowedValue(pod.annotations[key] ?? ''),
  );
  if (ofPod === undefined && containers.length === 0 && annotations.length === 0) return undefined;

  const types = sortedSet([...(ofPod === undefined ? [] : [ofPod]), ...containers.map(({ what }) => what)]);
  const values = [...types, ...sortedSet(annotations.map((key) => `${key}=${goQuoted(pod.annotations[key] ?? '')}`))];
  const fields = setters(
    ofPod !== undefined,
    containers.map(({ name }) => name),
  );
  const who = [...(fields === '' ? [] : [fields]), ...(annotations.length === 0 ? [] : [plural(annotations.length, 'annotation')])];
  return {
    reason: plural(values.length, 'forbidden AppArmor profile'),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quotedList(values)}`,
    paths: [
      ...(ofPod === undefined ? [] : [pod.at('/securityContext/appArmorProfile/type')]),
      ...containers.map(({ container }) => container.at('/securityContext/appArmorProfile/type')),
      ...annotations.map((key) => `${pod.metadataPath}/annotations/${escapeToken(key)}`),
    ],
  };
}

function forbiddenType(profile: Json | undefined): string | undefined {
  if (!isObject(profile)) return undefined;
  const type = asString(field(profile, 'type')) ?? '';
  return type === 'RuntimeDefault' || type === 'Localhost' ? undefined : type;
}

function allowedValue(value: string): boolean {
  return value === '' || value === 'runtime/default' || value.startsWith('localhost/');
}
