// Pod Security Standards, baseline, "Host Probes / Lifecycle Hooks": probes and hooks name no host, because the kubelet would call it from
// the node's network. From 1.34.

import type { Container, Pod } from '../../../kube/pod/types.ts';
import { asString, dig } from '../../../lib/json.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { containersNamed, plural, quotedList, sortedSet } from '../wording.ts';

export const hostProbesAndHostLifecycle: PodSecurityCheck = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  versions: [{ since: 34, check: hostProbesAndHostLifecycle_1_34 }],
};

const handlers = [['livenessProbe'], ['readinessProbe'], ['startupProbe'], ['lifecycle', 'postStart'], ['lifecycle', 'preStop']];

export interface ProbeHost {
  readonly host: string;
  readonly path: string;
}

/** Hosts that a container's probes and hooks name; `tcpSocket` hooks never run, but count. */
export function probeHosts(container: Container): readonly ProbeHost[] {
  return handlers.flatMap((handler) =>
    ['httpGet', 'tcpSocket'].flatMap((action) => {
      const host = asString(dig(container.spec, ...handler, action, 'host')) ?? '';
      return host === '' ? [] : [{ host, path: container.at(`/${[...handler, action, 'host'].join('/')}`) }];
    }),
  );
}

function hostProbesAndHostLifecycle_1_34(pod: Pod): Offence | undefined {
  const bad = pod.containers
    .map((container) => ({ name: container.name, hosts: probeHosts(container) }))
    .filter(({ hosts }) => hosts.length > 0);
  if (bad.length === 0) return undefined;
  const names = sortedSet(bad.map(({ name }) => name));
  const found = bad.flatMap(({ hosts }) => hosts);
  const hosts = sortedSet(found.map(({ host }) => host));
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersNamed(names)} ${plural(names.length, 'uses', 'use')} ${plural(hosts.length, 'probe or lifecycle host')} ${quotedList(hosts)}`,
    paths: found.map(({ path }) => path),
  };
}
