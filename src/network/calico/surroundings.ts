// What Calico knows beside pods and policies: tiers, sets of addresses with labels (NetworkSet, GlobalNetworkSet), endpoints that are no pods of
// Kubernetes (HostEndpoint), and its own records of pods (WorkloadEndpoint), which stand in for pods where a dump has no others.

import type { KubeObject } from '../../kube/object.ts';
import type { Labels } from '../../kube/selector.ts';
import { type Cidr, parseAddress, parseCidr } from '../../lib/cidr.ts';
import { asList, asString, dig, field, type Json, strings } from '../../lib/json.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
import { type Resource, resource, type Snapshot } from '../../snapshot/snapshot.ts';
import type { AddressSet } from '../places.ts';
import type { Tier } from '../policy.ts';
import { labelsOf } from './entity.ts';
import type { CalicoContext } from './policy.ts';
import { profilesAnnotation } from './profiles.ts';

export const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'] as const;

/** The objects of a kind in both groups. */
export function calicoObjects(snapshot: Snapshot, kind: string): readonly Resource[] {
  return calicoGroups.flatMap((group) => ofKind(snapshot, group, kind));
}

/** Tiers and Services of a snapshot. */
export function calicoContext(snapshot: Snapshot): CalicoContext {
  const tiers = new Map<string, Tier>();
  for (const { name, object } of calicoObjects(snapshot, 'Tier')) {
    const order = dig(object, 'spec', 'order');
    const pass = dig(object, 'spec', 'defaultAction') === 'Pass';
    tiers.set(name, {
      name: `tier ${name}`,
      layer: 'network',
      order: typeof order === 'number' ? order : Number.MAX_SAFE_INTEGER,
      otherwise: pass ? 'pass' : 'deny',
    });
  }
  return {
    tiers,
    services: (namespace, name) => labelsOf(dig(find(snapshot, '', 'Service', namespace, name)?.object, 'spec', 'selector')),
  };
}

/** Sets of addresses with labels. */
export function addressSets(snapshot: Snapshot, namespaces: ReadonlyMap<string, Labels>): readonly AddressSet[] {
  return ['NetworkSet', 'GlobalNetworkSet'].flatMap((kind) =>
    calicoObjects(snapshot, kind).map(({ object, namespace }): AddressSet => {
      const own = kind === 'GlobalNetworkSet' ? '' : namespace;
      return {
        facts: {
          namespace: own,
          labels: labelsOf(dig(object, 'metadata', 'labels')) ?? {},
          namespaceLabels: namespaces.get(own) ?? {},
          serviceAccount: '',
          serviceAccountLabels: {},
          profiles: [],
          inMesh: false,
        },
        blocks: strings(dig(object, 'spec', 'nets')).flatMap((net): readonly Cidr[] => {
          const read = parseCidr(net) ?? parseAddress(net);
          return read === undefined ? [] : [read];
        }),
      };
    }),
  );
}

/** A snapshot in which endpoints that only Calico knows are pods: WorkloadEndpoints where no Pod of the name is there, and HostEndpoints. */
export function withCalicoEndpoints(snapshot: Snapshot): Snapshot {
  const made = [
    ...calicoObjects(snapshot, 'WorkloadEndpoint').flatMap((endpoint) => podOf(snapshot, endpoint) ?? []),
    ...calicoObjects(snapshot, 'HostEndpoint').map(hostOf),
  ];
  return made.length === 0 ? snapshot : { ...snapshot, resources: [...snapshot.resources, ...made] };
}

/** A host's interface: no namespace, its own labels and addresses. */
function hostOf({ object, name }: Resource): Resource {
  const spec: Json | undefined = object.spec;
  const made = stand({
    name,
    namespace: '',
    labels: labelsOf(dig(object, 'metadata', 'labels')) ?? {},
    addresses: strings(field(spec, 'expectedIPs')),
    profiles: strings(field(spec, 'profiles')),
    ports: portsOf(spec),
    node: asString(field(spec, 'node')) ?? '',
    serviceAccount: '',
  });
  return { ...made, kind: 'HostEndpoint', namespace: '', pods: made.pods };
}

function podOf(snapshot: Snapshot, { object, namespace, name }: Resource): Resource | undefined {
  const spec: Json | undefined = object.spec;
  const pod = asString(field(spec, 'pod')) ?? name;
  if (find(snapshot, '', 'Pod', namespace, pod) !== undefined) return undefined;
  const labels = labelsOf(dig(object, 'metadata', 'labels')) ?? {};
  return stand({
    name: pod,
    namespace,
    labels,
    addresses: strings(field(spec, 'ipNetworks')).map((net) => net.split('/')[0] ?? ''),
    profiles: strings(field(spec, 'profiles')),
    ports: portsOf(spec),
    node: asString(field(spec, 'node')) ?? '',
    serviceAccount: labels['projectcalico.org/serviceaccount'] ?? 'default',
  });
}

function portsOf(spec: Json | undefined): readonly Json[] {
  return asList(field(spec, 'ports')).flatMap((port) => {
    const [name, number, protocol] = [asString(field(port, 'name')), field(port, 'port'), asString(field(port, 'protocol'))];
    return name === undefined || typeof number !== 'number'
      ? []
      : [{ name, containerPort: number, protocol: (protocol ?? 'TCP').toUpperCase() }];
  });
}

interface Known {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly addresses: readonly string[];
  readonly profiles: readonly string[];
  readonly ports: readonly Json[];
  readonly node: string;
  readonly serviceAccount: string;
}

/** A pod that stands in for an endpoint. */
function stand({ name, namespace, labels, addresses, profiles, ports, node, serviceAccount }: Known): Resource {
  const made = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, annotations: { [profilesAnnotation]: profiles.join() } },
    spec: { containers: [{ name: 'endpoint', ports }], serviceAccountName: serviceAccount, nodeName: node },
    status: { podIPs: addresses.map((ip) => ({ ip })) },
  };
  return resource(made as unknown as KubeObject, { kind: 'memory' });
}
