// A hostPort opens the container on the node's addresses, past Services and most network policies, and pins the pod to nodes with that port
// free. Pod Security Standards, baseline, "Host Ports".

import { asNumber } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { removeField } from '../repair.ts';

export const hostPort = control({
  id: 'workload/host-port',
  aliases: ['C-0044', 'KSV-0024', 'CKV_K8S_26', 'hostPortSet'],
  severity: 'medium',
  title: 'Containers take no ports of the node',
  why: 'Whoever reaches the node reaches the container, whatever Services and, with many network plugins, NetworkPolicies say.',
  fix: 'Remove `hostPort` and publish the port through a Service.',
  frameworks: ['pss:baseline', 'cis:5.2.12', 'nsa:pod-security', 'owasp:K01', 'pci:3.1.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  on: pods,
  check: ({ containers }) =>
    containers.flatMap((container) =>
      container.ports
        .filter((port) => (asNumber(port.spec.hostPort) ?? 0) !== 0)
        .map((port) =>
          fail(`${port.path}/hostPort`, 'host-port', `container "${container.name}" takes port ${String(port.spec.hostPort)} of the node`, {
            container: container.name,
          }),
        ),
    ),
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ ports: [{ name: 'http', containerPort: 8080, hostPort: 8080 }] }))],
  },
});
