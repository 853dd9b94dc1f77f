// What rules of Cilium refer to in other objects: groups of blocks (CiliumCIDRGroup), and Services with their pods or, without a selector, the
// addresses that someone wrote into Endpoints and EndpointSlices.

import { labelSelector, matches } from '../../kube/selector.ts';
import { asList, asString, dig, field, isObject, type Json, stringMap, strings } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { block } from '../address-space.ts';
import { and, is } from '../expression.ts';
import type { Peer } from '../policy.ts';
import type { CiliumContext } from './policy.ts';

/** The groups and Services of a snapshot. */
export function ciliumContext(snapshot: Snapshot): CiliumContext {
  const groups = ofKind(snapshot, 'cilium.io', 'CiliumCIDRGroup');
  const services = ofKind(snapshot, '', 'Service');
  return {
    groups: (reference) => {
      const found = groups.filter(({ name, object }) =>
        typeof reference === 'string' ? name === reference : selects(reference, stringMap(dig(object, 'metadata', 'labels'))),
      );
      return found.length === 0 ? undefined : found.flatMap(({ object }) => strings(dig(object, 'spec', 'externalCIDRs')));
    },
    services: (service, namespace) => {
      const named = field(service, 'k8sService');
      const selected = field(service, 'k8sServiceSelector');
      const where =
        asString(field(named, 'namespace')) ?? asString(field(selected, 'namespace')) ?? (namespace === '' ? undefined : namespace);
      return services
        .filter((one) => where === undefined || one.namespace === where)
        .filter(({ name, object }) =>
          isObject(named)
            ? name === field(named, 'serviceName')
            : selects(field(selected, 'selector') ?? null, stringMap(dig(object, 'metadata', 'labels'))),
        )
        .flatMap((one) => behind(snapshot, one));
    },
  };
}

function selects(selector: Json, labels: Readonly<Record<string, string>>): boolean {
  const read = labelSelector(selector);
  return read.ok && read.value !== undefined && matches(read.value, labels);
}

function behind(snapshot: Snapshot, service: Resource): readonly Peer[] {
  const selector = Object.entries(stringMap(dig(service.object, 'spec', 'selector')));
  if (selector.length > 0)
    return [
      {
        kind: 'where',
        expression: and(is('namespace', '', 'in', [service.namespace]), ...selector.map(([key, value]) => is('label', key, 'in', [value]))),
      },
    ];
  const own = (one: Resource) => one.namespace === service.namespace;
  const addresses = [
    ...ofKind(snapshot, '', 'Endpoints')
      .filter((one) => own(one) && one.name === service.name)
      .flatMap(({ object }) =>
        asList(object.subsets).flatMap((subset) => asList(field(subset, 'addresses')).map((address) => field(address, 'ip'))),
      ),
    ...ofKind(snapshot, 'discovery.k8s.io', 'EndpointSlice')
      .filter((one) => own(one) && dig(one.object, 'metadata', 'labels', 'kubernetes.io/service-name') === service.name)
      .flatMap(({ object }) => asList(object.endpoints).flatMap((endpoint) => strings(field(endpoint, 'addresses')))),
  ];
  return addresses.flatMap((address): readonly Peer[] => {
    const read = typeof address === 'string' ? block(`${address}/${address.includes(':') ? 128 : 32}`) : undefined;
    return read === undefined ? [] : [{ kind: 'block', block: read, pods: 'never' }];
  });
}
