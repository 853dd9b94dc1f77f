// Server-side apply over real schemas: ownership as a story, conflicts, and laws for generated configurations.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { field, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { ok } from '../../lib/result.ts';
import { loadSchemas } from '../schema/load.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { atomOf, deduced } from './atom.ts';
import { conflictCauses, conflictMessage } from './conflict.ts';
import { type Entrance, managedApply, managersOfUpdate } from './field-manager.ts';
import { fieldSet, noFields } from './field-set.ts';
import { withManagedFields } from './managed.ts';

const release = await loadSchemas('1.36');
assert.ok(release !== undefined);
const deployment = release.schemaOf('apps/v1', 'Deployment');
assert.ok(deployment !== undefined);
const atom = atomOf(deployment);
const entrance: Entrance = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  subresource: '',
  typeOf: (apiVersion) => (apiVersion === 'apps/v1' ? atom : undefined),
  convert: (object) => ok(object),
  resets: () => noFields,
  empty: () => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: {} }),
  complete: (object) => ok(object),
};
const now = '2026-01-02T03:04:05Z';

function config(spec: JsonObject, labels?: JsonObject): JsonObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...(labels === undefined ? {} : { labels }) }, spec };
}

function apply(live: JsonObject, patch: JsonObject, manager: string, force = false) {
  return managedApply(live, patch, manager, force, now, entrance);
}

function managedUpdate(live: JsonObject, updated: JsonObject, manager: string, time: string, by: Entrance): JsonObject {
  return withManagedFields(updated, managersOfUpdate(live, updated, manager, time, by));
}

function applied(live: JsonObject, patch: JsonObject, manager: string, force = false): JsonObject {
  const result = apply(live, patch, manager, force);
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.problem));
  return result.value;
}

const container = (name: string, more: JsonObject = {}): JsonObject => ({ template: { spec: { containers: [{ name, ...more }] } } });

test('two managers, a conflict, force, and a field given up', () => {
  const first = applied(entrance.empty(), config({ replicas: 1, ...container('a', { image: 'one' }) }), 'ann');
  assert.deepEqual(field(field(first, 'metadata'), 'managedFields'), [
    {
      manager: 'ann',
      operation: 'Apply',
      apiVersion: 'apps/v1',
      time: now,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:spec': {
          'f:replicas': {},
          'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:name': {} } } } },
        },
      },
    },
  ]);
  const refused = apply(first, config({ replicas: 2 }), 'bob');
  assert.ok(!refused.ok && refused.problem.kind === 'conflict');
  const { conflicts } = refused.problem;
  assert.equal(conflictMessage(conflicts), 'Apply failed with 1 conflict: conflict with "ann": .spec.replicas');
  assert.deepEqual(conflictCauses(conflicts), [
    { reason: 'FieldManagerConflict', message: 'conflict with "ann"', field: '.spec.replicas' },
  ]);
  const forced = applied(first, config({ replicas: 2 }), 'bob', true);
  assert.equal(field(forced.spec, 'replicas'), 2);
  const given = applied(forced, config({}), 'bob');
  assert.equal(field(given.spec, 'replicas'), undefined);
  assert.ok(field(given.spec, 'template') !== undefined);
});

test('a shared field goes only when its last owner gives it up', () => {
  const first = applied(entrance.empty(), config({ replicas: 1 }, { app: 'web' }), 'ann');
  const both = applied(first, config({ replicas: 1 }, { app: 'web' }), 'bob');
  const bare = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
  const one = applied(both, bare, 'ann');
  assert.equal(field(one.spec, 'replicas'), 1);
  const none = applied(one, bare, 'bob');
  assert.equal(none.spec, undefined);
  assert.deepEqual(field(none.metadata, 'managedFields'), undefined);
});

test('an update takes what it changes; objects without managers get one before the first apply', () => {
  const first = applied(entrance.empty(), config({ replicas: 1, paused: true }), 'ann');
  const updated = managedUpdate(first, { ...first, spec: { replicas: 5, paused: true } }, 'scaler', now, entrance);
  const refused = apply(updated, config({ replicas: 1, paused: true }), 'ann');
  assert.ok(!refused.ok && refused.problem.kind === 'conflict');
  assert.equal(
    conflictMessage(refused.problem.conflicts),
    `Apply failed with 1 conflict: conflict with "scaler" using apps/v1: .spec.replicas`,
  );
  const bare = { ...updated, metadata: { name: 'web', uid: '1' } };
  const stranger = apply(bare, config({ replicas: 2 }), 'ann');
  assert.ok(!stranger.ok && stranger.problem.kind === 'conflict');
  assert.match(conflictMessage(stranger.problem.conflicts), /conflict with "before-first-apply" using apps\/v1/);
});

test('more than ten updaters are gathered into ancient-changes', () => {
  let object = managedUpdate(entrance.empty(), config({}, { l0: '0' }), 'm0', now, entrance);
  for (let index = 1; index < 15; index++) {
    const labels = { ...(field(object.metadata, 'labels') as JsonObject), [`l${index}`]: '1' };
    object = managedUpdate(
      object,
      { ...object, metadata: { ...(object.metadata as JsonObject), labels, uid: 'u' } },
      `m${index}`,
      now,
      entrance,
    );
  }
  const entries = field(object.metadata, 'managedFields') as readonly JsonObject[];
  assert.equal(entries.length, 10);
  assert.ok(entries.some(({ manager }) => manager === 'ancient-changes'));
});

const name = fc.constantFrom('a', 'b', 'c');
const text = fc.constantFrom('x', 'y');
const containers = fc.uniqueArray(name, { maxLength: 3 }).chain((names) =>
  fc.tuple(
    ...names.map((each) =>
      fc.record(
        {
          name: fc.constant(each),
          image: text,
          env: fc.uniqueArray(fc.record({ name, value: text }, { requiredKeys: ['name'] }), {
            selector: (item) => item.name,
            maxLength: 2,
          }),
          args: fc.array(text, { maxLength: 2 }),
          ports: fc.uniqueArray(
            fc.record(
              { containerPort: fc.constantFrom(80, 81), protocol: fc.constantFrom('TCP', 'UDP') },
              { requiredKeys: ['containerPort'] },
            ),
            {
              selector: (item) => `${item.containerPort}${item.protocol ?? 'TCP'}`,
              maxLength: 2,
            },
          ),
        },
        { requiredKeys: ['name'] },
      ),
    ),
  ),
);
const generated = fc
  .record(
    {
      replicas: fc.integer({ min: 0, max: 2 }),
      paused: fc.boolean(),
      template: fc.record(
        { spec: fc.record({ containers, nodeSelector: fc.dictionary(name, text, { maxKeys: 2 }) }, { requiredKeys: [] }) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .chain((spec) =>
    fc.dictionary(name, text, { maxKeys: 2 }).map((labels) => config(JSON.parse(JSON.stringify(spec)) as JsonObject, labels)),
  );

test('applying the same twice changes nothing the second time', () => {
  fc.assert(
    fc.property(generated, generated, (before, patch) => {
      const live = applied(entrance.empty(), before, 'ann');
      const once = applied(live, patch, 'bob', true);
      const twice = applied(once, patch, 'bob');
      assert.ok(sameJson(withoutTime(twice), withoutTime(once)));
    }),
  );
});

test('a lone manager gets exactly what it applied last', () => {
  fc.assert(
    fc.property(generated, generated, (before, after) => {
      const live = applied(applied(entrance.empty(), before, 'ann'), after, 'ann');
      const direct = applied(entrance.empty(), after, 'ann');
      const entries = (object: JsonObject) =>
        (field(object.metadata, 'managedFields') as readonly JsonObject[]).map(({ fieldsV1 }) => fieldsV1);
      assert.ok(sameJson(entries(live), entries(direct)), `${JSON.stringify(entries(live))} ${JSON.stringify(entries(direct))}`);
    }),
  );
});

function withoutTime(object: JsonObject): Json {
  return JSON.parse(JSON.stringify(object, (key, value) => (key === 'time' ? undefined : value))) as Json;
}

test('what no schema knows, and what repeats, is refused in the words of the server', () => {
  const rows: readonly (readonly [config: JsonObject, message: RegExp])[] = [
    [config({ bogus: 1 }), /\.spec\.bogus: field not declared in schema$/],
    [config({ replicas: 'two' }), /\.spec\.replicas: expected numeric \(int or float\), got string$/],
    [
      config({ template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } }),
      /failed to create typed patch object \(\/web; apps\/v1, Kind=Deployment\): \.spec\.template\.spec\.containers: duplicate entries for key \[name="a"\]$/,
    ],
    [
      config({ template: { spec: { containers: [null] } } }),
      /containers: element 0: associative list with keys may not have a null element$/,
    ],
  ];
  for (const [patch, message] of rows) {
    const result = apply(entrance.empty(), patch, 'ann');
    assert.ok(!result.ok && result.problem.kind === 'failed');
    assert.match(result.problem.message, message);
  }
});

test('ApplyConfiguration merges by key and refuses to replace a whole', () => {
  const object = config(container('a', { image: 'x' }));
  const merged = applyConfiguration(object, config(container('b', { image: 'y' })), atom);
  assert.ok(merged.ok);
  assert.deepEqual(merged.value.spec, {
    template: {
      spec: {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'b', image: 'y' },
        ],
      },
    },
  });
  assert.deepEqual(applyConfiguration(object, config(container('a', { args: ['x'] })), atom), {
    ok: false,
    problem: 'invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.template.spec.containers[0].args',
  });
  assert.ok(applyConfiguration({ a: { b: [1] } }, { a: { c: 2 } }, deduced).ok);
});

test('a new object has the managers that the general way finds', () => {
  const empty = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {}, spec: { selector: null, strategy: {} }, status: {} };
  const ofCreate: Entrance = { ...entrance, resets: () => fieldSet(['f:status']), empty: () => empty };
  const name = fc.constantFrom('a', 'b', 'a-b', 'b.c', 'a<b', 'ab', 'B');
  const port = fc.record({ containerPort: fc.constantFrom(9, 80, 8080), protocol: fc.constantFrom('TCP', 'UDP') }, { requiredKeys: [] });
  const labels = fc.dictionary(name, name);
  const container = fc.record(
    {
      name,
      image: name,
      command: fc.array(name),
      env: fc.array(fc.record({ name, value: name })),
      ports: fc.array(port),
      resources: fc.constant({}),
    },
    { requiredKeys: ['name'] },
  );
  const template = fc.record({
    metadata: fc.record({ labels }, { requiredKeys: [] }),
    spec: fc.record({ containers: fc.array(container), nodeSelector: labels }, { requiredKeys: ['containers'] }),
  });
  const spec = fc.record(
    { replicas: fc.nat(), selector: fc.record({ matchLabels: labels }), strategy: fc.constant({}), template },
    { requiredKeys: [] },
  );
  const status = fc.record({ replicas: fc.nat() }, { requiredKeys: [] });
  const object = fc.record(
    { metadata: fc.record({ name, labels, finalizers: fc.array(name) }, { requiredKeys: [] }), spec, status },
    { requiredKeys: ['metadata'] },
  );
  fc.assert(
    fc.property(object, (fields) => {
      const made = { apiVersion: 'apps/v1', kind: 'Deployment', ...(fields as JsonObject) };
      // Another object of the same content is not known as the one with nothing set: it is compared.
      const compared = managersOfUpdate({ ...empty }, made, 'm', now, ofCreate);
      const found = managersOfUpdate(empty, made, 'm', now, ofCreate);
      assert.equal(JSON.stringify(found), JSON.stringify(compared));
    }),
  );
});
