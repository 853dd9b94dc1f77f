// An SSH server in a container: a second way in, past the API server and its audit log. Known by its port, by its program, or by a Service
// that offers an SSH port (22, 2222) for the pod. Microsoft threat matrix, "SSH server running inside container".

import { mapSelects } from '../../kube/label-selector.ts';
import type { Container } from '../../kube/pod/types.ts';
import { asList, asObject, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { type Context, control, fail, type Outcome, type PodSubject, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { blame } from './effective.ts';

export const sshServer = control({
  id: 'workload/ssh-server',
  aliases: ['C-0042', 'ssh-port'],
  severity: 'medium',
  title: 'Containers run no SSH server',
  why: 'Shells over SSH are seen neither by authorization nor by the audit log of the API server, and keys in images are shared by all who pull them.',
  fix: 'Remove the SSH server; use `kubectl exec` or an ephemeral container, which are authorised and logged.',
  frameworks: ['matrix:MS-TA9010', 'attack:T1133', 'owasp:K01'],
  on: pods,
  check: (subject, context) => [...subject.containers.flatMap(ofContainer), ...ofServices(subject, context)],
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withContainer({ ports: [...portsOfExample, { name: 'ssh', containerPort: 22 }] })),
      cluster(withContainer({ command: ['/usr/sbin/sshd', '-D'] })),
      cluster(withContainer({ ports: [...portsOfExample, { name: 'ssh', containerPort: 2222 }] }), {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'shell', namespace: 'shop' },
        spec: { selector: { 'app.kubernetes.io/name': 'app' }, ports: [{ name: 'ssh', port: 2222, targetPort: 2222 }] },
      }),
    ],
  },
  overlaps: ['workload/privileged-ports'],
});

const portsOfExample = [{ name: 'http', containerPort: 8080 }];

function ofContainer(container: Container): readonly Outcome[] {
  const port = container.ports.find(({ spec }) => spec.containerPort === 22 && (spec.protocol === undefined || spec.protocol === 'TCP'));
  if (port !== undefined)
    return [fail(`${port.path}/containerPort`, 'port', `container "${container.name}" listens on port 22`, { container: container.name })];
  const lists = [
    ['command', container.command],
    ['args', container.args],
  ] as const;
  for (const [list, words] of lists) {
    const index = words.findIndex((word) => /(?:^|[\s/;&|])(?:sshd|dropbear)(?:$|[\s;&|])/.test(word));
    if (index >= 0) return [blame(container, `/${list}/${index}`, 'program', `container "${container.name}" starts an SSH server`)];
  }
  return [];
}

function ofServices({ pod, resource }: PodSubject, { snapshot }: Context): readonly Outcome[] {
  const service = sshServices(snapshot).find(
    ({ object, namespace }) => namespace === resource.namespace && mapSelects(field(object.spec, 'selector'), pod.labels),
  );
  if (service === undefined) return [];
  return [
    fail(`${pod.metadataPath}/labels`, 'service', `Service "${service.name}" offers an SSH port of the pod`, {
      evidence: [{ resource: service, path: '/spec/ports', note: 'offers port 22 or 2222' }],
    }),
  ];
}

const cache = new WeakMap<Snapshot, readonly Resource[]>();

/** The Services that select pods and offer port 22 or 2222. */
function sshServices(snapshot: Snapshot): readonly Resource[] {
  let services = cache.get(snapshot);
  if (services === undefined) {
    services = ofKind(snapshot, '', 'Service').filter(
      ({ object }) =>
        Object.keys(asObject(field(object.spec, 'selector'))).length > 0 &&
        asList(field(object.spec, 'ports')).some((port) =>
          [field(port, 'port'), field(port, 'targetPort')].some((number) => number === 22 || number === 2222),
        ),
    );
    cache.set(snapshot, services);
  }
  return services;
}
