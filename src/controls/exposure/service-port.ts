// The port a Service sends to must be one that its pods have. A name that no container has breaks the Service for that pod; a number is judged
// only where every container of a pod declares its ports, since declaring them is optional.

import { members } from '../../kube/pod/lower.ts';
import type { Pod } from '../../kube/pod/types.ts';
import { asNumber, asString, dig, type Json, type JsonObject, textOf } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { service } from './examples.ts';
import { podsOf } from './services.ts';

export const servicePort = control({
  id: 'exposure/service-port',
  aliases: ['invalid-target-ports', 'POP-1106'],
  severity: 'low',
  title: 'Services send to ports that their pods have',
  why: 'Requests to that port fail, and the Service looks healthy all the same.',
  fix: 'Correct targetPort, or name and declare the port in the container.',
  frameworks: ['owasp:K01'],
  on: objects('/Service'),
  check: ({ resource, object }, { snapshot }) => {
    const selected = podsOf(snapshot, resource);
    if (selected.length === 0) return [];
    return members(dig(object, 'spec', 'ports'), '/spec/ports').flatMap(({ spec, path }) => {
      const target = spec.targetPort ?? spec.port;
      if (selected.some(({ pod }) => mayListen(pod, target, protocolOf(spec)))) return [];
      return [
        fail(
          `${path}/targetPort`,
          'no-such-port',
          `no pod of Service "${resource.name}" has a port ${textOf(target)} (${protocolOf(spec)})`,
        ),
      ];
    });
  },
  examples: {
    pass: () => [
      cluster(deployment(), service()),
      cluster(deployment(), service({ ports: [{ name: 'http', port: 80, targetPort: 8080 }] })),
    ],
    fail: () => [
      cluster(deployment(), service({ ports: [{ name: 'http', port: 80, targetPort: 'web' }] })),
      cluster(deployment(), service({ ports: [{ name: 'http', port: 80, targetPort: 9090 }] })),
    ],
  },
});

function protocolOf(port: JsonObject): string {
  return asString(port.protocol) ?? 'TCP';
}

function mayListen(pod: Pod, target: Json | undefined, protocol: string): boolean {
  const serving = pod.containers.filter(({ role }) => role === 'normal' || role === 'sidecar');
  const declared = serving.flatMap((container) => container.ports).filter(({ spec }) => protocolOf(spec) === protocol);
  const number = asNumber(target) ?? (/^[0-9]+$/.test(textOf(target)) ? Number(target) : undefined);
  if (number === undefined) return declared.some(({ spec }) => spec.name === target);
  return serving.some((container) => container.ports.length === 0) || declared.some(({ spec }) => spec.containerPort === number);
}
