// Pod Security Standards, baseline, "SELinux": only container types, never a user or role of one's own. `container_engine_t` from 1.31.

import type { Pod } from '../../../kube/pod/types.ts';
import { asString, field, isObject, type Json } from '../../../lib/json.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { plural, quotedList, setters, sortedSet } from '../wording.ts';

export const seLinuxOptions: PodSecurityCheck = {
  id: 'seLinuxOptions',
  level: 'baseline',
  versions: [
    { since: 0, check: seLinuxOptions_1_0 },
    { since: 31, check: seLinuxOptions_1_31 },
  ],
};

const types_1_0 = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t']);
const types_1_31 = new Set([...types_1_0, 'container_engine_t']);

function seLinuxOptions_1_0(pod: Pod): Offence | undefined {
  return forbiddenOptions(pod, types_1_0);
}

function seLinuxOptions_1_31(pod: Pod): Offence | undefined {
  return forbiddenOptions(pod, types_1_31);
}

interface Forbidden {
  readonly option: 'type' | 'user' | 'role';
  readonly value: string;
  readonly path: string;
}

function forbiddenOptions(pod: Pod, types: ReadonlySet<string>): Offence | undefined {
  const ofPod = forbidden(pod.securityContext.seLinuxOptions, pod.at('/securityContext/seLinuxOptions'), types);
  const containers = pod.containers
    .filter((container) => isObject(container.securityContext.seLinuxOptions))
    .map((container) => ({
      name: container.name,
      options: forbidden(container.securityContext.seLinuxOptions, container.at('/securityContext/seLinuxOptions'), types),
    }))
    .filter(({ options }) => options.length > 0);
  const all = [...ofPod, ...containers.flatMap(({ options }) => options)];
  if (all.length === 0) return undefined;

  const badTypes = sortedSet(all.filter(({ option }) => option === 'type').map(({ value }) => value));
  const data = badTypes.length === 0 ? [] : [`${plural(badTypes.length, 'type')} ${quotedList(badTypes)}`];
  for (const option of ['user', 'role'] as const) if (all.some((item) => item.option === option)) data.push(`${option} may not be set`);
  const who = setters(
    ofPod.length > 0,
    containers.map(({ name }) => name),
  );
  return {
    reason: 'seLinuxOptions',
    detail: `${who} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
    paths: all.map(({ path }) => path),
  };
}

function forbidden(options: Json | undefined, path: string, types: ReadonlySet<string>): readonly Forbidden[] {
  if (!isObject(options)) return [];
  return (['type', 'user', 'role'] as const)
    .map((option) => ({ option, value: asString(field(options, option)) ?? '', path: `${path}/${option}` }))
    .filter(({ option, value }) => (option === 'type' ? !types.has(value) : value !== ''));
}
