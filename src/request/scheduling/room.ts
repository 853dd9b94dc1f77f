// Whether a node has room: NodePorts and NodeResourcesFit (pkg/scheduler/framework/plugins, 1.36).

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asNumber, type JsonObject } from '../../lib/json.ts';
import { type Filter, type Objection, objects, type Place, type Plugin } from './objection.ts';
import { askedBy, countsOf, usedBy } from './requests.ts';

interface HostPort {
  readonly address: string;
  readonly port: string;
}

const everywhere = '0.0.0.0';

/** Ports of a node are a set: where two pods have the same, it is free once one of them has gone, as the scheduler counts. */
export function nodePorts(pod: Struct): Plugin {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return { filter: () => [] };
  const prepared = (changed: ReadonlyMap<string, readonly HostPort[]>): Plugin => {
    const takenAt = ({ name, pods }: Place) => changed.get(name) ?? portsOf(pods);
    return {
      filter: (place) => {
        const taken = takenAt(place);
        return objects(
          wanted.some((one) => taken.some((other) => conflict(one, other))),
          {
            plugin: 'NodePorts',
            says: "node(s) didn't have free ports for the requested pod ports",
            why: 'a host port that the pod asks for is taken',
            resolvable: true,
          },
        );
      },
      moved: (other, place, by) => {
        const own = hostPorts(other as unknown as Struct);
        if (own.length === 0) return prepared(changed);
        const before = changed.get(place.name) ?? portsOf(by === 1 ? place.pods : [...place.pods, other]);
        const rest = before.filter((port) => !own.some((gone) => gone.address === port.address && gone.port === port.port));
        return prepared(new Map(changed).set(place.name, by === 1 ? [...rest, ...own] : rest));
      },
    };
  };
  return prepared(new Map());
}

function portsOf(pods: readonly JsonObject[]): readonly HostPort[] {
  return pods.flatMap((pod) => hostPorts(pod as unknown as Struct));
}

/** A port on every address meets the same port on any. */
function conflict(one: HostPort, other: HostPort): boolean {
  return one.port === other.port && (one.address === other.address || one.address === everywhere || other.address === everywhere);
}

function hostPorts(pod: Struct): readonly HostPort[] {
  const spec = structAt(pod, 'spec');
  const sidecars = structsIn(spec, 'initContainers').filter((container) => textIn(container, 'restartPolicy') === 'Always');
  return [...sidecars, ...structsIn(spec, 'containers')].flatMap((container) =>
    structsIn(container, 'ports').flatMap((port) =>
      (asNumber(port.hostPort) ?? 0) === 0
        ? []
        : [{ address: textIn(port, 'hostIP') || everywhere, port: `${port.hostPort}/${textIn(port, 'protocol') || 'TCP'}` }],
    ),
  );
}

/** What `isDevice` names is had from devices where the node itself has none of it. */
export function nodeResourcesFit(pod: Struct, isDevice: (resource: string) => boolean): Filter {
  const asked = [...askedBy(pod)].filter(([name, amount]) => amount > 0n && name !== 'pods');
  return ({ node, pods }) => {
    const allocatable = countsOf(structAt(node, 'status', 'allocatable'));
    if (allocatable.size === 0) return [];
    const reasons: Objection[] = [];
    if (BigInt(pods.length + 1) > (allocatable.get('pods') ?? 0n))
      reasons.push({ plugin: 'NodeResourcesFit', says: 'Too many pods', why: 'too many pods', resolvable: true });
    for (const [name, amount] of asked) {
      const most = allocatable.get(name) ?? 0n;
      if (amount <= most - used(pods, name) || (most <= 0n && isDevice(name))) continue;
      const why = `insufficient ${name}`;
      reasons.push({ plugin: 'NodeResourcesFit', says: `Insufficient ${name}`, why, resolvable: amount <= most });
    }
    return reasons;
  };
}

function used(pods: readonly JsonObject[], name: string): bigint {
  let sum = 0n;
  for (const pod of pods) sum += usedBy(pod).get(name) ?? 0n;
  return sum;
}
