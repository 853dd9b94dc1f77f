// Makes the data of src/request/read/generated: what an API server of a release answers about itself. Run by hand when a release is added:
// `node tools/served.ts`, where the real control plane of test/cluster can be built; it is asked and stopped again.
//
// bootstrap.json: the objects that a new server makes for itself, without times, UIDs and what depends on the machine.
// served.json: aggregated discovery, hashes of storage versions, columns of tables, paths that `/` lists. openapi.json: the OpenAPI v3
// documents, byte for byte, compressed, since documents of group versions repeat each other; and those of two definitions made for this
// (`Zzkind`), one namespaced and one of the cluster, out of which the documents of other custom resources are made.

import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { asList, asObject, asString, dig, field, isObject, type Json, strings } from '../src/lib/json.ts';
import { type Cluster, startCluster } from '../test/cluster/cluster.ts';

const target = join(import.meta.dirname, '..', 'src', 'request', 'read', 'generated');
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Kinds that hold what differs from server to server: addresses, certificates, leases. */
const own = [
  'v1/componentstatuses',
  'v1/configmaps',
  'v1/endpoints',
  'v1/events',
  'events.k8s.io/v1/events',
  'coordination.k8s.io/v1/leases',
  'discovery.k8s.io/v1/endpointslices',
];

const cluster = await startCluster({ apiServerFlags: ['--advertise-address=192.0.2.1'] });
try {
  const get = getter(cluster);
  const core = JSON.parse(await get('/api', aggregated)) as Json;
  const groups = JSON.parse(await get('/apis', aggregated)) as Json;
  const columns: Record<string, Json> = {};
  const hashes: Record<string, string> = {};
  for (const group of [...asList(field(core, 'items')), ...asList(field(groups, 'items'))])
    for (const version of asList(field(group, 'versions'))) {
      const name = asString(dig(group, 'metadata', 'name')) ?? '';
      const address = name === '' ? `/api/${field(version, 'version')}` : `/apis/${name}/${field(version, 'version')}`;
      const groupVersion = address.replace(/^\/apis?\//, '');
      for (const resource of asList(field(JSON.parse(await get(address)), 'resources'))) {
        const hash = field(resource, 'storageVersionHash');
        if (typeof hash === 'string') hashes[`${groupVersion}/${field(resource, 'name')}`] = hash;
      }
      for (const resource of asList(field(version, 'resources'))) {
        if (!strings(field(resource, 'verbs')).includes('list')) continue;
        const plural = asString(field(resource, 'resource')) ?? '';
        const table = await get(`${address}/${plural}?limit=1`, 'application/json;as=Table;v=v1;g=meta.k8s.io');
        columns[`${groupVersion}/${plural}`] = field(JSON.parse(table), 'columnDefinitions') ?? [];
      }
    }
  writeFileSync(
    join(target, 'bootstrap.json'),
    `[\n${(await bootstrap(get, Object.keys(columns))).map((each) => JSON.stringify(each)).join(',\n')}\n]\n`,
  );
  const paths = field(JSON.parse(await get('/')), 'paths') ?? [];
  const documents = await openApi(get);
  const version = JSON.parse(await get('/version')) as Json;
  for (const scope of ['Namespaced', 'Cluster']) {
    await made(cluster, scope);
    documents[scope] = await settled(get);
    await cluster.api('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/zzplurals.zzgroup.zzdomain');
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
  const release = (asString(field(version, 'gitVersion')) ?? '').slice(1);
  const parts = { release, version, core: field(core, 'items'), groups: field(groups, 'items'), hashes, columns, paths };
  const lines = Object.entries(parts).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  writeFileSync(join(target, 'served.json'), `{\n${lines.join(',\n')}\n}\n`);
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } };
  const packed = brotliCompressSync(JSON.stringify(documents), options).toString('base64');
  writeFileSync(join(target, 'openapi.json'), `${JSON.stringify({ release, brotli: packed })}\n`);
  console.log(`${release}: ${Object.keys(columns).length} tables, ${Object.keys(documents).length} documents, ${packed.length} bytes`);
} finally {
  await cluster.stop();
}

async function bootstrap(get: (path: string) => Promise<string>, resources: readonly string[]): Promise<readonly Json[]> {
  const found: Json[] = [];
  for (const id of resources) {
    if (own.includes(id)) continue;
    const slash = id.lastIndexOf('/');
    const groupVersion = id.slice(0, slash);
    const list: unknown = JSON.parse(await get(`${groupVersion === 'v1' ? '/api' : '/apis'}/${id}`));
    const kind = (asString(field(list, 'kind')) ?? '').replace(/List$/, '');
    for (const item of asList(field(list, 'items'))) {
      const { managedFields: _m, uid: _u, resourceVersion: _r, creationTimestamp: _c, ...metadata } = asObject(field(item, 'metadata'));
      found.push({ apiVersion: groupVersion, kind, ...asObject(item), metadata: withoutTimes(metadata) });
    }
  }
  return found.map((each) => withoutTimes(each));
}

/** Times of conditions are those of the recording; null stands for the time a server starts. */
function withoutTimes(value: Json, key = ''): Json {
  if (key === 'lastTransitionTime') return null;
  // The only one there is: the server's own port.
  if (key === 'targetPort') return 6443;
  if (Array.isArray(value)) return value.map((each: Json) => withoutTimes(each));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutTimes(each ?? null, name)]));
}

async function openApi(get: (path: string) => Promise<string>): Promise<Record<string, string>> {
  const index = field(JSON.parse(await get('/openapi/v3')), 'paths');
  const documents: Record<string, string> = {};
  for (const [name, entry] of Object.entries(index as { readonly [key: string]: Json }))
    documents[name] = await get(asString(field(entry, 'serverRelativeURL')) ?? '');
  return documents;
}

async function made({ api }: Cluster, scope: string): Promise<void> {
  const names = { plural: 'zzplurals', singular: 'zzsingular', kind: 'Zzkind', listKind: 'ZzkindList' };
  const schema = { openAPIV3Schema: { type: 'object', properties: { zzfield: { type: 'string' } } } };
  const subresources = { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } };
  const answer = await api('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'zzplurals.zzgroup.zzdomain' },
    spec: { group: 'zzgroup.zzdomain', scope, names, versions: [{ name: 'v77', served: true, storage: true, schema, subresources }] },
  });
  if (answer.status !== 201) throw new Error(answer.text);
}

async function settled(get: (path: string) => Promise<string>): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const text = await get('/openapi/v3/apis/zzgroup.zzdomain/v77');
    if (text.includes('zzplurals')) return text;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the document of the definition did not appear');
}

function getter({ server, ca, credentials }: Cluster): (path: string, accept?: string) => Promise<string> {
  const agent = new Agent({ keepAlive: false, ca, cert: credentials.certificate, key: credentials.key });
  return (path, accept = 'application/json') =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${server}${path}`, { agent, headers: { accept } });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => resolve(Buffer.concat(chunks).toString()));
      });
      outgoing.end();
    });
}
