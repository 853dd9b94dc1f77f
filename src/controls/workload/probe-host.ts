// The kubelet calls the host that a probe or hook names, from the network of the node: whoever writes a pod can make the node ask any address
// and learn from the answer. Pod Security Standards, baseline, "Host Probes / Lifecycle Hooks", which asks from 1.34 on; the weakness is older.

import { probeHosts } from '../../policy/pod-security/checks/host-probes-and-host-lifecycle.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { removeField } from '../repair.ts';

export const probeHost = control({
  id: 'workload/probe-host',
  aliases: [],
  severity: 'low',
  title: 'Probes and hooks call their own pod',
  why: 'The request comes from the node: it passes network policies and reaches metadata services and the loopback of the node.',
  fix: 'Remove `host`: probes then call the address of the pod.',
  frameworks: ['pss:baseline', 'nsa:pod-security', 'owasp:K01', 'bsi:APP.4.4.A4'],
  on: pods,
  check: ({ containers }) =>
    containers.flatMap((container) =>
      probeHosts(container).map(({ host, path }) =>
        fail(path, 'probe-host', `container "${container.name}" makes the node call "${host}"`, { container: container.name }),
      ),
    ),
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withContainer({ livenessProbe: { httpGet: { path: '/livez', port: 'http', host: '169.254.169.254' } } })),
      cluster(withContainer({ lifecycle: { postStart: { httpGet: { path: '/', port: 80, host: 'internal.example.com' } } } })),
    ],
  },
});
