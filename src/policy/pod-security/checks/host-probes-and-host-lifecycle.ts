// Pod Security Standards, baseline, "Host Probes / Lifecycle Hooks": probes and hooks name no host, because the kubelet would call it from
// the node's network. From 1.34.

import type { Container, Pod } from '../../../kube/pod/types.ts';
import { asString, field, isObject, type Json } from '../../../lib/json.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { offending } from '../offending.ts';
import { containersNamed, plural, quotedList, sortedSet } from '../wording.ts';

export const hostProbesAndHostLifecycle: PodSecurityCheck = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  versions: [{ since: 34, check: hostProbesAndHostLifecycle_1_34 }],
};

export interface ProbeHost {
  readonly host: string;
  readonly path: string;
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const hooks = ['postStart', 'preStop'];
const actions = ['httpGet', 'tcpSocket'];

/** Hosts that a container's probes and hooks name; `tcpSocket` hooks never run, but count. */
export function probeHosts(container: Container): readonly ProbeHost[] {
  const found: ProbeHost[] = [];
  for (const probe of probes) collect(found, container, container.spec[probe], '', probe);
  const { lifecycle } = container.spec;
  if (isObject(lifecycle)) for (const hook of hooks) collect(found, container, lifecycle[hook], '/lifecycle', hook);
  return found;
}

function collect(found: ProbeHost[], container: Container, handler: Json | undefined, holder: string, name: string): void {
  if (!isObject(handler)) return;
  for (const action of actions) {
    const host = asString(field(handler[action], 'host')) ?? '';
    if (host !== '') found.push({ host, path: container.at(`${holder}/${name}/${action}/host`) });
  }
}

function hostProbesAndHostLifecycle_1_34(pod: Pod): Offence | undefined {
  const bad = offending(pod.containers, (container) => {
    const hosts = probeHosts(container);
    return hosts.length === 0 ? undefined : hosts;
  });
  if (bad.length === 0) return undefined;
  const names = sortedSet(bad.map(({ name }) => name));
  const found = bad.flatMap(({ what }) => what);
  const hosts = sortedSet(found.map(({ host }) => host));
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersNamed(names)} ${plural(names.length, 'uses', 'use')} ${plural(hosts.length, 'probe or lifecycle host')} ${quotedList(hosts)}`,
    paths: found.map(({ path }) => path),
  };
}
