// Whether a node has room: NodePorts and NodeResourcesFit (pkg/scheduler/framework/plugins, 1.36).

import { addQuantities, compareQuantities, type Quantity } from '../../kube/quantity.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asNumber } from '../../lib/json.ts';
import { amountsIn, count, podAmountsWithOverhead } from '../admission/amounts.ts';
import { type Filter, type Objection, objects } from './objection.ts';

interface HostPort {
  readonly address: string;
  readonly port: string;
}

const everywhere = '0.0.0.0';

export function nodePorts(pod: Struct): Filter {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return () => [];
  return ({ pods }) => {
    const taken = pods.flatMap((each) => hostPorts(each as unknown as Struct));
    return objects(
      wanted.some((one) => taken.some((other) => conflict(one, other))),
      {
        plugin: 'NodePorts',
        says: "node(s) didn't have free ports for the requested pod ports",
        why: 'a host port that the pod asks for is taken',
        resolvable: true,
      },
    );
  };
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

export function nodeResourcesFit(pod: Struct): Filter {
  const asked = podAmountsWithOverhead(pod, 'requests');
  return ({ node, pods }) => {
    const allocatable = amountsIn(structAt(node, 'status', 'allocatable'));
    if (allocatable.size === 0) return [];
    const used = new Map<string, Quantity>();
    for (const each of pods)
      for (const [name, amount] of podAmountsWithOverhead(each as unknown as Struct, 'requests'))
        used.set(name, addQuantities(used.get(name) ?? count(0), amount));
    const reasons: Objection[] = [];
    if (compareQuantities(count(pods.length + 1), allocatable.get('pods') ?? count(0)) > 0)
      reasons.push({ plugin: 'NodeResourcesFit', says: 'Too many pods', why: 'too many pods', resolvable: true });
    for (const [name, amount] of asked) {
      const most = allocatable.get(name) ?? count(0);
      if (amount.mantissa <= 0n || compareQuantities(addQuantities(used.get(name) ?? count(0), amount), most) <= 0) continue;
      const resolvable = compareQuantities(amount, most) <= 0;
      reasons.push({ plugin: 'NodeResourcesFit', says: `Insufficient ${name}`, why: `insufficient ${name}`, resolvable });
    }
    return reasons;
  };
}
