// Node ports and health check ports of Services, as pkg/registry/core/service (storage/alloc.go and portallocator/operation.go of Kubernetes
// 1.36) give them out. Which free port is taken is chance there; here it is the first. A dry run takes none: it counts up from a guess.

import { type Struct, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asList, asNumber, asString, dig } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { Refusal } from '../answer.ts';
import { invalid, invalidObject } from '../fields/error.ts';
import { internal } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';

const dryRunGuess = 32768;

interface Ports {
  /** Takes one port; why it cannot be had, where it cannot. */
  readonly claim: (port: number) => string | undefined;
  readonly next: () => number;
}

/** Gives a new Service its ports, or an updated one those that it lacks, in place. `old` is the spec that is stored. */
export function allocatePorts(service: Struct, spec: Struct, old: Struct | undefined, attributes: Attributes): Refusal | undefined {
  const ports = stock(old, attributes);
  const refuse = (index: number, port: number, why: string) =>
    invalidObject({ group: '', kind: 'Service' }, asString(metadataOf(service).name) ?? '', [
      invalid(`spec.ports[${index}].nodePort`, port, why),
    ]);
  const refusal = !hasNodePorts(spec)
    ? undefined
    : old === undefined
      ? nodePortsOfNew(spec, ports, refuse)
      : nodePortsOfChanged(spec, old, ports, refuse);
  if (refusal !== undefined || !hasHealthCheck(spec) || (old !== undefined && hasHealthCheck(old))) return refusal;
  const wanted = asNumber(spec.healthCheckNodePort) ?? 0;
  if (wanted === 0) spec.healthCheckNodePort = ports.next();
  else {
    const why = ports.claim(wanted);
    if (why !== undefined) return internal(`failed to allocate requested HealthCheck NodePort ${wanted}: ${why}`);
  }
  return undefined;
}

type Refuse = (index: number, port: number, why: string) => Refusal;

/** Ports of one number share a node port, whatever their protocols are. */
function nodePortsOfNew(spec: Struct, ports: Ports, refuse: Refuse): Refusal | undefined {
  const all = structsIn(spec, 'ports');
  const given = new Map<number, number>();
  for (const [index, port] of all.entries()) {
    const own = asNumber(port.nodePort) ?? 0;
    if (own === 0 && !allocates(spec)) continue;
    const number = asNumber(port.port) ?? 0;
    const known = given.get(number);
    if (known === own && known !== undefined) continue;
    if (known !== undefined && own === 0) {
      port.nodePort = known;
      continue;
    }
    const wanted =
      known !== undefined
        ? own
        : (all.map((each) => (each.port === port.port ? (asNumber(each.nodePort) ?? 0) : 0)).find((each) => each !== 0) ?? 0);
    if (wanted === 0) port.nodePort = ports.next();
    else {
      const why = ports.claim(wanted);
      if (why !== undefined) return refuse(index, wanted, why);
      if (known === undefined) port.nodePort = wanted;
    }
    if (known === undefined) given.set(number, asNumber(port.nodePort) ?? 0);
  }
  return undefined;
}

function nodePortsOfChanged(spec: Struct, old: Struct, ports: Ports, refuse: Refuse): Refusal | undefined {
  const kept = new Set(structsIn(old, 'ports').map(({ nodePort }) => asNumber(nodePort) ?? 0));
  const seen = new Set<string>();
  for (const [index, port] of structsIn(spec, 'ports').entries()) {
    const own = asNumber(port.nodePort) ?? 0;
    if (own === 0 && !allocates(spec)) continue;
    if (own === 0) port.nodePort = ports.next();
    else if (!kept.has(own)) {
      const why = ports.claim(own);
      if (why !== undefined) return refuse(index, own, why);
      kept.add(own);
    }
    const taken = `{${textIn(port, 'protocol')} ${port.nodePort}}`;
    if (seen.has(taken)) return { code: 500, reason: '', message: `duplicate nodePort: ${taken}` };
    seen.add(taken);
  }
  return undefined;
}

function stock(old: Struct | undefined, { serving, dryRun }: Attributes): Ports {
  const [low, high] = serving.server.nodePortRange;
  const used = new Set<number>();
  const use = (spec: unknown) => {
    for (const port of asList(dig(spec as never, 'ports'))) used.add(asNumber(dig(port, 'nodePort')) ?? 0);
    used.add(asNumber(dig(spec as never, 'healthCheckNodePort')) ?? 0);
  };
  for (const other of serving.state.list({ group: '', resource: 'services' })) use(other.spec);
  if (old !== undefined) use(old);
  const claimed: number[] = [];
  const take = (port: number): number => {
    used.add(port);
    claimed.push(port);
    return port;
  };
  return {
    claim(port) {
      const isInside = port >= low && port <= high;
      if (!isInside && !dryRun) return `provided port is not in the valid range. The range of valid ports is ${low}-${high}`;
      if (used.has(port)) return 'provided port is already allocated';
      take(port);
      return undefined;
    },
    next() {
      if (dryRun) return take((claimed.length === 0 ? dryRunGuess : Math.max(0, ...claimed)) + 1);
      for (let port = low; port <= high; port++) if (!used.has(port)) return take(port);
      return 0;
    },
  };
}

function hasNodePorts(spec: Struct): boolean {
  const type = textIn(spec, 'type');
  return type === 'NodePort' || type === 'LoadBalancer';
}

function allocates(spec: Struct): boolean {
  return textIn(spec, 'type') === 'NodePort' || (textIn(spec, 'type') === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

function hasHealthCheck(spec: Struct): boolean {
  return textIn(spec, 'type') === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}
