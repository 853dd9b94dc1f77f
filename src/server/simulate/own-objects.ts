// What an API server writes about itself once it listens: its address behind the Service `kubernetes`, the authority of its clients, and how
// the parts of a control plane are, none of which runs here (pkg/controlplane, kube-apiserver 1.36).

import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { asList, asObject, dig, type JsonObject } from '../../lib/json.ts';
import { timestamp, type World } from './world.ts';

/** Puts these objects in place. The host may be a name, of which no endpoint can be made. */
export function writeOwnObjects({ store }: World, authority: string, host: string, port: number): void {
  const services = { group: '', resource: 'services' };
  const service = store.get(services, 'default', 'kubernetes');
  if (service !== undefined) {
    const ports = asList(dig(service, 'spec', 'ports')).map((each) => ({ ...asObject(each), targetPort: port }));
    store.put(services, 'default', 'kubernetes', { ...service, spec: { ...asObject(service.spec), ports } });
  }
  const made = (name: string, namespace: string, more: JsonObject = {}) => ({
    name,
    namespace,
    uid: randomUUID(),
    creationTimestamp: timestamp(),
    ...more,
  });
  if (isIP(host) !== 0) {
    const https = { name: 'https', port, protocol: 'TCP' };
    store.put({ group: '', resource: 'endpoints' }, 'default', 'kubernetes', {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: made('kubernetes', 'default', { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }),
      subsets: [{ addresses: [{ ip: host }], ports: [https] }],
    });
    store.put({ group: 'discovery.k8s.io', resource: 'endpointslices' }, 'default', 'kubernetes', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: made('kubernetes', 'default', { generation: 1, labels: { 'kubernetes.io/service-name': 'kubernetes' } }),
      addressType: isIP(host) === 6 ? 'IPv6' : 'IPv4',
      endpoints: [{ addresses: [host], conditions: { ready: true } }],
      ports: [https],
    });
  }
  const maps = { group: '', resource: 'configmaps' };
  const data: Readonly<Record<string, JsonObject>> = {
    'extension-apiserver-authentication': { 'client-ca-file': authority },
    'kube-apiserver-legacy-service-account-token-tracking': { since: timestamp().slice(0, 10) },
  };
  for (const [name, content] of Object.entries(data))
    if (store.get(maps, 'kube-system', name) === undefined)
      store.put(maps, 'kube-system', name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: made(name, 'kube-system'), data: content });
  for (const [name, message] of Object.entries({ scheduler: refused(10259), 'controller-manager': refused(10257), 'etcd-0': 'ok' }))
    store.put({ group: '', resource: 'componentstatuses' }, '', name, {
      apiVersion: 'v1',
      kind: 'ComponentStatus',
      metadata: { name },
      conditions: [{ type: 'Healthy', status: message === 'ok' ? 'True' : 'False', message }],
    });
}

function refused(port: number): string {
  return `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`;
}
