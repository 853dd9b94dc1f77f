// Updates of Services: what the server gave out stays where the client leaves it out, and goes where the new type has no use for it
// (pkg/registry/core/service, strategy.go and storage, Kubernetes 1.36).

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asList, type Json, sameJson } from '../../lib/json.ts';

/** Keeps what was allocated before, as far as the new type needs it. Runs before anything is allocated anew. */
export function keepAllocated(service: Struct, old: Struct): void {
  const spec = structAt(service, 'spec');
  const before = structAt(old, 'spec');
  if (isClustered(before) && isClustered(spec)) {
    if (textIn(spec, 'clusterIP') === '' && before.clusterIP !== undefined) spec.clusterIP = before.clusterIP;
    if (asList(spec.clusterIPs).length === 0 && before.clusterIPs !== undefined) spec.clusterIPs = before.clusterIPs;
    if (spec.ipFamilyPolicy === undefined && before.ipFamilyPolicy !== undefined) spec.ipFamilyPolicy = before.ipFamilyPolicy;
    if (asList(spec.ipFamilies).length === 0 && before.ipFamilies !== undefined) spec.ipFamilies = before.ipFamilies;
  }
  if (allocatesNodePorts(before) && allocatesNodePorts(spec)) keepNodePorts(spec, before);
  if (hasHealthPort(before) && hasHealthPort(spec) && spec.healthCheckNodePort === undefined && before.healthCheckNodePort !== undefined)
    spec.healthCheckNodePort = before.healthCheckNodePort;
}

function keepNodePorts(spec: Struct, before: Struct): void {
  const now = nodePortsOf(spec);
  const used = new Set([...nodePortsOf(before)].filter((port) => now.has(port)));
  const byName = new Map(structsIn(before, 'ports').map((port) => [textIn(port, 'name'), port.nodePort]));
  for (const port of structsIn(spec, 'ports')) {
    if (port.nodePort !== undefined) continue;
    const kept = byName.get(textIn(port, 'name'));
    if (kept !== undefined && !used.has(kept)) port.nodePort = kept;
  }
}

function nodePortsOf(spec: Struct): ReadonlySet<Json> {
  return new Set(structsIn(spec, 'ports').flatMap(({ nodePort }) => (nodePort === undefined || nodePort === 0 ? [] : [nodePort])));
}

/** Brings the one address and the list of them into line, as what was stored tells what the client meant. */
export function alignAddresses(service: Struct, old: Struct): void {
  const spec = structAt(service, 'spec');
  const before = structAt(old, 'spec');
  const was = textIn(before, 'clusterIP');
  const is = textIn(spec, 'clusterIP');
  if (asList(before.clusterIPs).length > 0 && asList(spec.clusterIPs).length === 0 && was === is && before.clusterIPs !== undefined)
    spec.clusterIPs = before.clusterIPs;
  if (was === is || !sameJson(asList(spec.clusterIPs), asList(before.clusterIPs))) return;
  if (is === '') delete spec.clusterIPs;
  else spec.clusterIPs = [is];
}

/** Drops what a change of type makes pointless, unless the client changed it too. */
export function updateService(service: Struct, old: Struct): void {
  const spec = structAt(service, 'spec');
  const before = structAt(old, 'spec');
  const dropSame = (...keys: readonly string[]) => {
    if (keys.every((key) => sameJson(spec[key], before[key]))) for (const key of keys) delete spec[key];
  };
  if (isClustered(before) && !isClustered(spec)) {
    dropSame('clusterIP', 'clusterIPs');
    dropSame('ipFamilies');
    dropSame('ipFamilyPolicy');
  }
  if (needsNodePorts(before) && !needsNodePorts(spec)) {
    // Ports may come, go and change, as long as no node port is new.
    const known = nodePortsOf(before);
    if ([...nodePortsOf(spec)].every((port) => known.has(port))) for (const port of structsIn(spec, 'ports')) delete port.nodePort;
  }
  if (hasHealthPort(before) && !hasHealthPort(spec)) dropSame('healthCheckNodePort');
  if (textIn(before, 'type') === 'LoadBalancer' && textIn(spec, 'type') !== 'LoadBalancer') {
    dropSame('allocateLoadBalancerNodePorts');
    dropSame('loadBalancerClass');
  }
  if (isExternal(before) && !isExternal(spec)) dropSame('externalTrafficPolicy');
  if (textIn(spec, 'type') !== 'LoadBalancer') {
    const { loadBalancer: _gone, ...status } = structAt(service, 'status');
    service.status = status as Json;
  }
}

function isClustered(spec: Struct): boolean {
  return textIn(spec, 'type') !== 'ExternalName';
}

function needsNodePorts(spec: Struct): boolean {
  const type = textIn(spec, 'type');
  return type === 'NodePort' || type === 'LoadBalancer';
}

function allocatesNodePorts(spec: Struct): boolean {
  return textIn(spec, 'type') === 'NodePort' || (textIn(spec, 'type') === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

function hasHealthPort(spec: Struct): boolean {
  return textIn(spec, 'type') === 'LoadBalancer' && textIn(spec, 'externalTrafficPolicy') === 'Local';
}

function isExternal(spec: Struct): boolean {
  const type = textIn(spec, 'type');
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && asList(spec.externalIPs).length > 0);
}
