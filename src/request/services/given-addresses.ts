// Addresses that are given to Services, as the server's allocator writes them down: an IPAddress for each, named by it, while the Service has it
// (pkg/registry/core/service/ipallocator, Kubernetes 1.36; KEP-1880).

import { asObject, asString, dig, field, type JsonObject, strings } from '../../lib/json.ts';
import type { GroupResource, State } from '../store/state.ts';

export const givenAddresses: GroupResource = { group: 'networking.k8s.io', resource: 'ipaddresses' };
const services: GroupResource = { group: '', resource: 'services' };

/** The addresses a Service has: none where it has no cluster address. */
function addressesOf(service: JsonObject | undefined): readonly string[] {
  return strings(dig(service, 'spec', 'clusterIPs')).filter((address) => address !== 'None');
}

/** What is to be written down of a Service's addresses. */
export function unwrittenAddresses(service: JsonObject, state: State): readonly JsonObject[] {
  const { namespace, name } = asObject(service.metadata);
  const missing = addressesOf(service).filter((address) => state.get(givenAddresses, '', address) === undefined);
  return missing.map((address) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: address,
      labels: {
        'ipaddress.kubernetes.io/ip-family': address.includes(':') ? 'IPv6' : 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  }));
}

/** The Service an address was given to; undefined for one that belongs to something else. */
export function holderOf(address: JsonObject): { readonly namespace: string; readonly name: string } | undefined {
  const parent = dig(address, 'spec', 'parentRef');
  if ((asString(field(parent, 'group')) ?? '') !== '' || field(parent, 'resource') !== 'services') return undefined;
  return { namespace: asString(field(parent, 'namespace')) ?? '', name: asString(field(parent, 'name')) ?? '' };
}

/** Addresses that Services of a namespace had and have no more. */
export function freedAddresses(namespace: string, state: State): readonly string[] {
  return state.list(givenAddresses).flatMap((address) => {
    const name = asString(field(address.metadata, 'name')) ?? '';
    const holder = holderOf(address);
    const isGiven = dig(address, 'metadata', 'labels', 'ipaddress.kubernetes.io/managed-by') === 'ipallocator.k8s.io';
    if (holder?.namespace !== namespace || !isGiven) return [];
    return addressesOf(state.get(services, namespace, holder.name)).includes(name) ? [] : [name];
  });
}
