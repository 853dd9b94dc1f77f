// Entries in /etc/hosts override DNS: they go stale unseen, and can send the program to another machine.

import { asList } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const hostAliases = control({
  id: 'workload/host-aliases',
  aliases: ['KSV-0007', 'HostAliases'],
  severity: 'low',
  title: 'Names are resolved by DNS, not by entries in /etc/hosts',
  why: 'Whoever may edit the pod can send its traffic elsewhere, and addresses written down stay when the service has moved.',
  fix: 'Remove `hostAliases` and give the service a name in DNS, by a Service of type ExternalName if need be.',
  frameworks: ['owasp:K01'],
  on: pods,
  check: ({ pod }) =>
    asList(pod.spec.hostAliases).length === 0 ? [] : [fail(pod.at('/hostAliases'), 'host-aliases', 'the pod adds entries to /etc/hosts')],
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment({ pod: { hostAliases: [] } }))],
    fail: () => [cluster(deployment({ pod: { hostAliases: [{ ip: '192.0.2.1', hostnames: ['db'] }] } }))],
  },
});
