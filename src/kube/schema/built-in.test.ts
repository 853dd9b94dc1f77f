// Answers of kube-apiserver 1.36.3 (dry-run create, strict field validation) kept as a table: what it refuses while decoding and what it takes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../lib/json.ts';
import { validateBuiltIn } from './built-in.ts';
import { loadSchemas, schemasOf } from './load.ts';

const release = await loadSchemas('1.36');

function found(apiVersion: string, kind: string, parts: Readonly<Record<string, Json>>): readonly string[] {
  const schema = release?.schemaOf(apiVersion, kind);
  assert.ok(schema !== undefined);
  return validateBuiltIn({ apiVersion, kind, metadata: { name: 'x' }, ...parts }, schema).map(({ code, pointer }) => `${code} ${pointer}`);
}

const container = (change: Readonly<Record<string, Json>>): Json => ({ containers: [{ name: 'c', image: 'i', ...change }] });
const deployment = (spec: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> => ({
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: container({}) },
    ...spec,
  },
});

const pods: readonly (readonly [string, Readonly<Record<string, Json>>, ...string[]])[] = [
  ['a plain pod', container({}) as Readonly<Record<string, Json>>],
  ['a field in another case', { Containers: [] }, 'unknown-field /spec/Containers', 'missing /spec/containers'],
  ['a misspelt field', { ...(container({}) as object), hostNetworks: true }, 'unknown-field /spec/hostNetworks'],
  ['a quantity as a number', container({ resources: { requests: { cpu: 1, memory: 1e9 } } }) as Readonly<Record<string, Json>>],
  [
    'a quantity that is none',
    container({ resources: { limits: { memory: '1kb' } } }) as never,
    'wrong-type /spec/containers/0/resources/limits/memory',
  ],
  [
    'a boolean as a quantity',
    container({ resources: { limits: { cpu: true } } }) as never,
    'wrong-type /spec/containers/0/resources/limits/cpu',
  ],
  [
    'an environment value that is a number',
    container({ env: [{ name: 'A', value: 8080 }] }) as never,
    'wrong-type /spec/containers/0/env/0/value',
  ],
  ['a null where a string belongs', container({ env: [{ name: 'A', value: null }] }) as never],
  ['a null where a list belongs', container({ env: null }) as never],
  ['a null in a list of strings', container({ args: [null, 'b'] }) as never],
  [
    'a port that is a text of digits',
    container({ ports: [{ containerPort: '80' }] }) as never,
    'wrong-type /spec/containers/0/ports/0/containerPort',
  ],
  ['a probe port by name', container({ livenessProbe: { httpGet: { port: 'http' } } }) as never],
  ['a probe port by number', container({ livenessProbe: { httpGet: { port: 80 } } }) as never],
  [
    'a probe port as a fraction',
    container({ livenessProbe: { httpGet: { port: 1.5 } } }) as never,
    'wrong-type /spec/containers/0/livenessProbe/httpGet/port',
  ],
  [
    'a probe port that is true',
    container({ livenessProbe: { httpGet: { port: true } } }) as never,
    'wrong-type /spec/containers/0/livenessProbe/httpGet/port',
  ],
  ['a boolean as text', { ...(container({}) as object), hostNetwork: 'true' }, 'wrong-type /spec/hostNetwork'],
  ['a mapping where a list belongs', container({ env: { A: 'b' } }) as never, 'wrong-type /spec/containers/0/env'],
  ['a list where a mapping belongs', { ...(container({}) as object), securityContext: [] }, 'wrong-type /spec/securityContext'],
  [
    'an enum value that does not exist',
    container({ imagePullPolicy: 'Sometimes' }) as never,
    'not-allowed /spec/containers/0/imagePullPolicy',
  ],
  ['an empty enum value, which counts as absent', container({ imagePullPolicy: '' }) as never],
  ['a container without a name', { containers: [{ image: 'i' }] }, 'missing /spec/containers/0/name'],
  ['the same container twice', { containers: [{ name: 'c' }, { name: 'c' }] }, 'duplicate /spec/containers/1'],
  ['the same environment variable twice, which only warns', container({ env: [{ name: 'A' }, { name: 'A' }] }) as never],
  [
    'two mounts at one path',
    container({
      volumeMounts: [
        { name: 'a', mountPath: '/x' },
        { name: 'b', mountPath: '/x' },
      ],
    }) as never,
    'duplicate /spec/containers/0/volumeMounts/1',
  ],
  ['a user id beyond 32 bits, which has 64', { ...(container({}) as object), securityContext: { runAsUser: 2 ** 40 } }],
  ['a HTTP header without a value', container({ livenessProbe: { httpGet: { port: 1, httpHeaders: [{ name: 'A' }] } } }) as never],
];
for (const [name, spec, ...expected] of pods) test(`pod: ${name}`, () => assert.deepEqual(found('v1', 'Pod', { spec }), expected));

const others: readonly (readonly [string, string, string, Readonly<Record<string, Json>>, ...string[]])[] = [
  ['replicas beyond 32 bits', 'apps/v1', 'Deployment', deployment({ replicas: 2 ** 32 }), 'wrong-type /spec/replicas'],
  ['replicas as a fraction', 'apps/v1', 'Deployment', deployment({ replicas: 2.5 }), 'wrong-type /spec/replicas'],
  ['replicas that are null', 'apps/v1', 'Deployment', deployment({ replicas: null })],
  ['no selector', 'apps/v1', 'Deployment', deployment({ selector: null }), 'missing /spec/selector'],
  ['maxSurge in percent', 'apps/v1', 'Deployment', deployment({ strategy: { rollingUpdate: { maxSurge: '25%' } } })],
  ['a status of any content is thrown away', 'apps/v1', 'Deployment', { ...deployment({}), status: { conditions: [{ type: 'x' }] } }],
  [
    'a status of the wrong type is not',
    'apps/v1',
    'Deployment',
    { ...deployment({}), status: { replicas: 'x' } },
    'wrong-type /status/replicas',
  ],
  ['an unknown field in metadata', 'v1', 'ConfigMap', { metadata: { name: 'x', label: {} } }, 'unknown-field /metadata/label'],
  [
    'a time that is none',
    'v1',
    'ConfigMap',
    { metadata: { name: 'x', creationTimestamp: 'yesterday' } },
    'wrong-type /metadata/creationTimestamp',
  ],
  [
    'a time on a day the month has not',
    'v1',
    'ConfigMap',
    { metadata: { creationTimestamp: '2023-02-29T00:00:00Z' } },
    'wrong-type /metadata/creationTimestamp',
  ],
  ['a null value in a map', 'v1', 'ConfigMap', { data: { a: null } }],
  ['a number in a map of strings', 'v1', 'ConfigMap', { data: { a: 1 } }, 'wrong-type /data/a'],
  ['base64 with line breaks', 'v1', 'Secret', { data: { a: 'YWJj\nZGVm\n' } }],
  ['a text that is no base64', 'v1', 'Secret', { data: { a: 'not base64' } }, 'wrong-type /data/a'],
  [
    'a role with any verbs',
    'rbac.authorization.k8s.io/v1',
    'Role',
    { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['dance'] }] },
  ],
  ['a role binding without a role', 'rbac.authorization.k8s.io/v1', 'RoleBinding', {}, 'missing /roleRef'],
  [
    'two Service ports of one number and protocol',
    'v1',
    'Service',
    {
      spec: {
        ports: [
          { name: 'a', port: 1 },
          { name: 'b', port: 1, protocol: 'TCP' },
        ],
      },
    },
    'duplicate /spec/ports/1',
  ],
  [
    'any schema in a definition',
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    {
      spec: {
        group: 'g',
        names: { kind: 'K', plural: 'ks' },
        scope: 'Cluster',
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { a: { items: { type: 'string', strange: 1 } } } } },
          },
        ],
      },
    },
  ],
  [
    'a field that a schema has not',
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    {
      spec: {
        group: 'g',
        names: { kind: 'K', plural: 'ks' },
        scope: 'Cluster',
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { types: 'object' } } }],
      },
    },
    'unknown-field /spec/versions/0/schema/openAPIV3Schema/types',
  ],
];
for (const [name, apiVersion, kind, parts, ...expected] of others)
  test(`${kind}: ${name}`, () => assert.deepEqual(found(apiVersion, kind, parts), expected));

test('a violation names the place, the wrong and the right', () => {
  const schema = release?.schemaOf('v1', 'Pod');
  assert.ok(schema !== undefined);
  const pod: Json = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'c', imagePullPolicies: 'Always', tty: 'yes' }] } };
  assert.deepEqual(
    validateBuiltIn(pod, schema).map(({ message }) => message),
    ['spec.containers[0].imagePullPolicies is no field of Container', 'spec.containers[0].tty is "yes", not a boolean'],
  );
});

test('texts that may be secret are not repeated', () => {
  const schema = release?.schemaOf('v1', 'Secret');
  assert.ok(schema !== undefined);
  const secret: Json = { apiVersion: 'v1', kind: 'Secret', data: { a: 'hunter2!' }, stringData: { b: 31337 } };
  for (const { message } of validateBuiltIn(secret, schema)) assert.doesNotMatch(message, /hunter|31337/);
});

test('keys that name parts of objects are ordinary keys', () => {
  const schema = release?.schemaOf('v1', 'ConfigMap');
  assert.ok(schema !== undefined);
  const object: Json = JSON.parse(
    '{"apiVersion":"v1","kind":"ConfigMap","data":{"constructor":"a","__proto__":"b"},"__proto__":{},"toString":1}',
  );
  assert.deepEqual(
    validateBuiltIn(object, schema).map(({ pointer }) => pointer),
    ['/__proto__', '/toString'],
  );
});

test('deep and huge values end', () => {
  const schema = release?.schemaOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
  assert.ok(schema !== undefined);
  let nested: Json = { type: 'object' };
  for (let depth = 0; depth < 5000; depth++) nested = { properties: { a: nested } };
  const object: Json = { spec: { versions: [{ schema: { openAPIV3Schema: nested } }] } };
  assert.ok(validateBuiltIn(object, schema).length < 20);
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, 1]));
  assert.equal(validateBuiltIn(wide, schema).length, 100);
});

test('a release that was not loaded answers nothing; unknown releases load nothing', async () => {
  assert.equal(schemasOf('1.99'), undefined);
  assert.equal((await loadSchemas('v1.29.1-eks-1'))?.minor, '1.29');
  assert.equal(schemasOf('1.29.9')?.minor, '1.29');
  assert.equal(await loadSchemas('1.99'), undefined);
  assert.equal(await loadSchemas('nonsense'), undefined);
});

test('what older releases have not', async () => {
  const old = await loadSchemas('1.25');
  const pod = old?.schemaOf('v1', 'Pod');
  assert.ok(pod !== undefined);
  const object: Json = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'c', restartPolicy: 'Always' }] } };
  assert.deepEqual(
    validateBuiltIn(object, pod).map(({ pointer }) => pointer),
    ['/spec/containers/0/restartPolicy'],
  );
  assert.equal(old?.resourceOf('autoscaling/v2beta2', 'HorizontalPodAutoscaler')?.name, 'horizontalpodautoscalers');
  assert.equal(release?.resourceOf('autoscaling/v2beta2', 'HorizontalPodAutoscaler'), undefined);
  assert.deepEqual(release?.resourceOf('apps/v1', 'Deployment')?.shortNames, ['deploy']);
});
