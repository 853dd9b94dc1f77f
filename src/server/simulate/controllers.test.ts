import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { asList, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { write } from '../../request/write/write.ts';
import { type Controllers, startControllers } from './controllers.ts';
import { makeWorld, type World } from './world.ts';

interface Stand {
  readonly world: World;
  /** Sends a request as the administrator and lets the chores be done; says the code. */
  readonly send: (method: string, path: string, value?: JsonObject) => number;
  /** Names of what is there, those being deleted in brackets. */
  readonly names: (group: string, resource: string, namespace?: string) => readonly string[];
  readonly get: (resource: string, name: string, namespace?: string) => JsonObject | undefined;
}

const core = '/api/v1/namespaces/default';
const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

async function stand(t: TestContext): Promise<Stand> {
  let started: Controllers | undefined;
  const world = await makeWorld([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'first', namespace: 'default' } }], (made) => {
    started = startControllers(made, 'an authority');
    return started;
  });
  t.after(() => started?.stop());
  const get = (resource: string, name: string, namespace = 'default') => world.store.get({ group: '', resource }, namespace, name);
  return {
    world,
    get,
    send(method, path, value) {
      const contentType = method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {};
      const body = value === undefined ? {} : { body: { kind: 'json' as const, value } };
      const { code } = write({ method, path, query: {}, user, userAgent: 'test', ...contentType, ...body }, world.writing());
      started?.settle();
      return code;
    },
    names: (group, resource, namespace) =>
      world.store
        .list({ group, resource }, namespace)
        .map((each) =>
          dig(each, 'metadata', 'deletionTimestamp') === undefined
            ? String(dig(each, 'metadata', 'name'))
            : `(${dig(each, 'metadata', 'name')})`,
        ),
  };
}

const map = (name: string, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
});
const held = { finalizers: ['a.b/c'] };
const free = { metadata: { finalizers: null } };
const policy = (propagationPolicy: string): JsonObject => ({ apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy });

function ownedBy({ get }: Stand, owner: string, more: JsonObject = {}): JsonObject {
  const uid = dig(get('configmaps', owner), 'metadata', 'uid') ?? '';
  return { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid, ...more }] };
}

test('dependents go with their last owner, and those with finalizers are marked and wait', async (t) => {
  const here = await stand(t);
  const { send, names } = here;
  for (const name of ['a', 'b']) send('POST', `${core}/configmaps`, map(name));
  send('POST', `${core}/configmaps`, map('held', { ...ownedBy(here, 'a'), ...held }));
  send('POST', `${core}/configmaps`, map('free', ownedBy(here, 'a')));
  const both = [...asList(ownedBy(here, 'a').ownerReferences), ...asList(ownedBy(here, 'b').ownerReferences)];
  send('POST', `${core}/configmaps`, map('both', { ownerReferences: both }));
  send('DELETE', `${core}/configmaps/a`);
  assert.deepEqual(names('', 'configmaps', 'default'), ['b', 'both', 'first', '(held)', 'kube-root-ca.crt']);
  assert.equal(asList(dig(here.get('configmaps', 'both'), 'metadata', 'ownerReferences')).length, 1);
  send('PATCH', `${core}/configmaps/held`, free);
  send('DELETE', `${core}/configmaps/b`);
  assert.deepEqual(names('', 'configmaps', 'default'), ['first', 'kube-root-ca.crt']);
});

const nobody = '00000000-0000-0000-0000-000000000001';
const owner = (kind: string, name: string, uid: string, apiVersion = 'v1') => ({ apiVersion, kind, name, uid });

test('who names owners that are not there goes, by the rules of the garbage collector', async (t) => {
  const here = await stand(t);
  const { send, names, get, world } = here;
  send('POST', `${core}/configmaps`, map('a'));
  send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
  const [own = {}] = asList(ownedBy(here, 'a').ownerReferences);
  const post = (name: string, ...ownerReferences: Json[]) => send('POST', `${core}/configmaps`, map(name, { ownerReferences }));
  post('absent', owner('ConfigMap', 'gone', nobody));
  post('another-uid', owner('ConfigMap', 'a', nobody));
  post('of-no-node', owner('Node', 'gone', nobody));
  post('of-no-kind', owner('Foo', 'gone', nobody, 'a.b/v1'));
  post('of-no-kind-either', owner('ConfigMap', 'gone', nobody), owner('Foo', 'gone', nobody, 'a.b/v1'));
  post('half', own, owner('ConfigMap', 'gone', nobody));
  send('POST', `${core}/configmaps`, map('later'));
  send('PATCH', `${core}/configmaps/later`, { metadata: { ownerReferences: [owner('Secret', 'gone', nobody)] } });
  assert.deepEqual(names('', 'configmaps', 'default'), ['a', 'first', 'half', 'kube-root-ca.crt', 'of-no-kind', 'of-no-kind-either']);
  assert.deepEqual(dig(get('configmaps', 'half'), 'metadata', 'ownerReferences'), [own]);
  send('POST', '/api/v1/namespaces/x/configmaps', map('elsewhere', { ownerReferences: [own] }));
  assert.deepEqual(names('', 'configmaps', 'x'), ['kube-root-ca.crt']);
  send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'y', ownerReferences: [own] } });
  assert.ok(names('', 'namespaces').includes('y'));
  const uid = String(field(own, 'uid'));
  assert.deepEqual(
    world.store.list({ group: '', resource: 'events' }).map(({ reason, message }) => `${reason}: ${message}`),
    ['', 'x'].map(
      (each) =>
        `OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: ${each}, name: a, uid: ${uid}] does not exist in namespace "${each}"`,
    ),
  );
});

test('deletion in the foreground waits for the dependents that block it', async (t) => {
  const here = await stand(t);
  const { send, names } = here;
  send('POST', `${core}/configmaps`, map('owner'));
  send('POST', `${core}/configmaps`, map('blocks', { ...ownedBy(here, 'owner', { blockOwnerDeletion: true }), ...held }));
  send('POST', `${core}/configmaps`, map('does-not', { ...ownedBy(here, 'owner'), ...held }));
  send('DELETE', `${core}/configmaps/owner`, policy('Foreground'));
  assert.deepEqual(names('', 'configmaps', 'default'), ['(blocks)', '(does-not)', 'first', 'kube-root-ca.crt', '(owner)']);
  send('PATCH', `${core}/configmaps/blocks`, free);
  assert.deepEqual(names('', 'configmaps', 'default'), ['(does-not)', 'first', 'kube-root-ca.crt']);
});

test('orphans stay, without their owner', async (t) => {
  const here = await stand(t);
  here.send('POST', `${core}/configmaps`, map('owner'));
  here.send('POST', `${core}/configmaps`, map('child', ownedBy(here, 'owner')));
  here.send('DELETE', `${core}/configmaps/owner`, policy('Orphan'));
  assert.deepEqual(here.names('', 'configmaps', 'default'), ['child', 'first', 'kube-root-ca.crt']);
  assert.equal(dig(here.get('configmaps', 'child'), 'metadata', 'ownerReferences'), undefined);
});

test('a quota tells what is used of what anything counts, and of nothing else', async (t) => {
  const { send, get } = await stand(t);
  const hard = {
    secrets: '2',
    'count/configmaps': '5',
    'count/deployments.apps': '3',
    'requests.nvidia.com/gpu': '4',
    'count/deployments': '1',
    'count/nodes': '1',
    'count/events': '1',
    'count/foos.a.b': '1',
    'limits.nvidia.com/gpu': '4',
  };
  const metadata = { name: 'q' };
  assert.equal(send('POST', `${core}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } }), 201);
  assert.deepEqual(get('resourcequotas', 'q')?.status, {
    hard,
    used: { secrets: '0', 'count/configmaps': '2', 'count/deployments.apps': '0', 'requests.nvidia.com/gpu': '0' },
  });
});

test('a namespace waits for objects with finalizers, and its conditions say so', async (t) => {
  const { send, names, get, world } = await stand(t);
  send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
  send('POST', '/api/v1/namespaces/x/configmaps', map('held', held));
  send('POST', '/api/v1/namespaces/x/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'free' } });
  send('DELETE', '/api/v1/namespaces/x');
  assert.deepEqual(names('', 'configmaps', 'x'), ['(held)']);
  assert.deepEqual(names('', 'secrets', 'x'), []);
  const said = asList(dig(get('namespaces', 'x', ''), 'status', 'conditions')).filter((each) => field(each, 'status') === 'True');
  assert.deepEqual(
    said.map((each) => field(each, 'message')),
    [
      'Some resources are remaining: configmaps. has 1 resource instances',
      'Some content in the namespace has finalizers remaining: a.b/c in 1 resource instances',
    ],
  );
  send('PATCH', '/api/v1/namespaces/x/configmaps/held', free);
  assert.equal(world.store.get({ group: '', resource: 'namespaces' }, '', 'x'), undefined);
});

const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices';
const apiService = (name: string, service: JsonObject): JsonObject => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: `v1.${name}` },
  spec: { group: name, version: 'v1', groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service },
});

test('an APIService says why nobody can answer for it, and namespaces do not end while one does', async (t) => {
  const { send, names, get, world } = await stand(t);
  const said = (name: string) => {
    const found = world.store.get({ group: 'apiregistration.k8s.io', resource: 'apiservices' }, '', `v1.${name}`);
    return asList(dig(found, 'status', 'conditions')).map(
      (each) => `${field(each, 'status')} ${field(each, 'reason')}: ${field(each, 'message')}`,
    );
  };
  const service = (name: string, spec: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
  send('POST', apiServices, apiService('missing.io', { name: 'm', namespace: 'default' }));
  assert.deepEqual(said('missing.io'), ['False ServiceNotFound: service/m in "default" is not present']);
  send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
  send('DELETE', '/api/v1/namespaces/x');
  assert.ok(names('', 'namespaces').includes('(x)'));
  const [discovery] = asList(dig(get('namespaces', 'x', ''), 'status', 'conditions'));
  assert.equal(
    field(discovery, 'message'),
    'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: missing.io/v1: stale GroupVersion discovery: missing.io/v1',
  );
  send('POST', `${core}/services`, service('m', { ports: [{ port: 80 }] }));
  assert.deepEqual(said('missing.io'), ['False ServicePortError: service/m in "default" is not listening on port 443']);
  send('PATCH', `${core}/services/m`, { spec: { ports: [{ port: 443, name: 'https' }] } });
  assert.deepEqual(said('missing.io'), ['False EndpointsNotFound: cannot find endpointslices for service/m in "default"']);
  const slice = (addresses: readonly string[]): JsonObject => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'm', labels: { 'kubernetes.io/service-name': 'm' } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address] })),
    ports: [{ name: 'https', port: 443 }],
  });
  const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
  send('POST', slices, slice([]));
  assert.deepEqual(said('missing.io'), [
    'False MissingEndpoints: endpointslices for service/m in "default" have no addresses with port name "https"',
  ]);
  send('PUT', `${slices}/m`, slice(['10.1.2.3']));
  assert.deepEqual(said('missing.io'), []);
  assert.ok(!names('', 'namespaces').includes('(x)'));
});

test('definitions have their APIServices as long as they are served', async (t) => {
  const { send, names, world } = await stand(t);
  const version = (name: string, served = true) => ({
    name,
    served,
    storage: name === 'v1',
    schema: { openAPIV3Schema: { type: 'object' } },
  });
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const own = () => names('apiregistration.k8s.io', 'apiservices').filter((name) => name.endsWith('.acme.io'));
  const value: JsonObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'foos.acme.io' },
    spec: { group: 'acme.io', scope: 'Namespaced', names: { kind: 'Foo', plural: 'foos' }, versions: [version('v1'), version('v2')] },
  };
  assert.equal(send('POST', crds, value), 201);
  assert.deepEqual(own(), ['v1.acme.io', 'v2.acme.io']);
  const made = world.store.get({ group: 'apiregistration.k8s.io', resource: 'apiservices' }, '', 'v1.acme.io');
  assert.deepEqual(made?.spec, { group: 'acme.io', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 });
  assert.equal(dig(asList(dig(made, 'status', 'conditions'))[0], 'reason'), 'Local');
  send('DELETE', `${apiServices}/v1.acme.io`);
  send('PATCH', `${crds}/foos.acme.io`, { spec: { versions: [version('v1'), version('v2', false)] } });
  assert.deepEqual(own(), ['v1.acme.io']);
  send('DELETE', `${crds}/foos.acme.io`);
  assert.deepEqual(own(), []);
});

test('a definition waits for objects with finalizers, and goes after the last', async (t) => {
  const { send, names } = await stand(t);
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const value = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'foos.a.b' },
    spec: {
      group: 'a.b',
      names: { kind: 'Foo', plural: 'foos', singular: 'foo' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
  send('POST', crds, value);
  const foos = '/apis/a.b/v1/namespaces/default/foos';
  for (const [name, metadata] of [
    ['a', {}],
    ['b', held],
  ] as const)
    assert.equal(send('POST', foos, { apiVersion: 'a.b/v1', kind: 'Foo', metadata: { name, ...metadata } }), 201);
  send('DELETE', `${crds}/foos.a.b`);
  assert.deepEqual(names('a.b', 'foos'), ['(b)']);
  assert.deepEqual(names('apiextensions.k8s.io', 'customresourcedefinitions'), ['(foos.a.b)']);
  send('PATCH', `${foos}/b`, free);
  assert.deepEqual(names('apiextensions.k8s.io', 'customresourcedefinitions'), []);
});

test('a claim stays while a pod on a node names it, and goes when the pod does', async (t) => {
  const { send, names } = await stand(t);
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const claims = `${core}/persistentvolumeclaims`;
  for (const name of ['used', 'named']) send('POST', claims, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec });
  const pod = (name: string, claimName: string, more: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }], ...more },
  });
  assert.equal(send('POST', `${core}/pods`, pod('runs', 'used', { nodeName: 'n' })), 201);
  send('POST', `${core}/pods`, pod('waits', 'named', {}));
  for (const name of ['used', 'named']) send('DELETE', `${claims}/${name}`);
  assert.deepEqual(names('', 'persistentvolumeclaims'), ['(used)']);
  send('DELETE', `${core}/pods/runs`);
  assert.deepEqual(names('', 'pods'), ['(runs)', 'waits']);
  send('DELETE', `${core}/pods/runs`, { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 });
  assert.deepEqual(names('', 'persistentvolumeclaims'), []);
});

test('what every namespace has is made again', async (t) => {
  const { send, get } = await stand(t);
  const before = dig(get('serviceaccounts', 'default'), 'metadata', 'uid');
  send('DELETE', `${core}/serviceaccounts/default`);
  send('DELETE', `${core}/configmaps/kube-root-ca.crt`);
  assert.notEqual(dig(get('serviceaccounts', 'default'), 'metadata', 'uid') ?? before, before);
  assert.deepEqual(get('configmaps', 'kube-root-ca.crt')?.data, { 'ca.crt': 'an authority' });
});
