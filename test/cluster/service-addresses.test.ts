// The IPAddress objects of Services, on a real API server and on a simulated one: one for each cluster address, while its Service has it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asList, asObject, asString, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { startSimulated } from '../simulated.ts';
import { client } from './api.ts';
import { realCluster } from './cluster.ts';

type Api = ReturnType<typeof client>['api'];

const namespace = 'addressed';
const services = `/api/v1/namespaces/${namespace}/services`;
const addresses = '/apis/networking.k8s.io/v1/ipaddresses';

async function story(api: Api): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  const tell = async (method: string, path: string, body?: JsonObject) => {
    const answer = await api(method, path, body);
    const { items } = asObject((await api('GET', addresses)).body as Json);
    const held = asList(items)
      .filter((each) => dig(each, 'spec', 'parentRef', 'namespace') === namespace)
      .map((each) => {
        const { labels, managedFields } = asObject(field(each, 'metadata'));
        return JSON.stringify([field(each, 'spec'), labels, field(asList(managedFields)[0], 'manager'), dig(managedFields, 0, 'fieldsV1')]);
      });
    told.push([method, path.replace(/10\.[0-9.]+/, 'ADDRESS'), answer.status, held.sort()]);
    return answer.body as Json;
  };
  const service = (name: string, spec: JsonObject = {}) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  });
  await api('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await tell('POST', services, service('web'));
  await tell('POST', services, service('headless', { clusterIP: 'None' }));
  await tell('POST', services, service('outside', { type: 'LoadBalancer' }));
  await tell('POST', `${services}?dryRun=All`, service('dry'));
  const made = await tell('GET', `${services}/web`);
  await tell('POST', services, service('second', { clusterIP: asString(dig(made, 'spec', 'clusterIP')) ?? '' }));
  const away = { type: 'ExternalName', externalName: 'example.org', clusterIP: '', clusterIPs: null, ports: null };
  await tell('PATCH', `${services}/web`, { spec: away });
  await tell('PATCH', `${services}/web`, { spec: { type: 'ClusterIP', externalName: null, ports: [{ port: 80 }] } });
  await tell('DELETE', `${services}/outside`);
  const parentRef = { resource: 'services', namespace, name: 'nobody' };
  const own = { apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name: '10.0.77.7' }, spec: { parentRef } };
  await tell('POST', addresses, own);
  await tell('POST', services, service('third', { clusterIP: '10.0.77.7' }));
  await tell('DELETE', `${addresses}/10.0.77.7`);
  await tell('DELETE', services);
  return told;
}

test('an address that is given is written down, and struck out when it is given back', { timeout: 300_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const server = await startSimulated({ host: '127.0.0.1', port: 0, objects: [] });
  t.after(server.stop);
  const simulated = client(server.url, server.authority.certificate, server.authority.client('admin', ['system:masters']));
  t.after(simulated.close);
  assert.deepEqual(await story(simulated.api), await story(cluster.api));
});
