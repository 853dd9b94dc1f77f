// Generated admission policies before the real API server and ours: whether they are taken, and what becomes of creates, updates and deletes of the
// objects they select. Codes, messages, warnings and objects must be equal. `POLICIES=first-count` tries others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { asString, dig, type Json, type JsonObject } from '../../src/lib/json.ts';
import { realCluster } from './cluster.ts';
import { type Generated, generatedPolicy, parameters, probes, resources, subject, widgets } from './generated-policies.ts';
import { differences, type HookedRequest, hooked } from './hooked.ts';

const group = 'admissionregistration.k8s.io/v1';

test('policies out of pieces decide the same', { timeout: 1_200_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const both = await hooked(t, cluster, {});
  const { namespace } = both;
  const [first = 1, count = 12] = (process.env.POLICIES ?? '1-12').split('-').map(Number);
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const side of ['real', 'ours'] as const) await both[side]({ method: 'POST', path: definitions, body: widgets });
  t.after(() => both.real({ method: 'DELETE', path: `${definitions}/widgets.policies.example` }));
  for (const body of parameters)
    for (const side of ['real', 'ours'] as const)
      await both[side]({ method: 'POST', path: `/api/v1/namespaces/${namespace}/configmaps`, body });
  const widgetsPath = `/apis/policies.example/v1/namespaces/${namespace}/widgets`;
  for (let turn = 0; turn < 100 && (await both.real({ method: 'GET', path: widgetsPath })).code !== 200; turn++) await pause(50);
  const different: string[] = [];
  const compare = async (about: string, request: HookedRequest): Promise<number> => {
    const [real, ours] = [await both.real(request), await both.ours(request)];
    different.push(...differences(real as unknown as Json, ours as unknown as Json).map((line) => `${about}: ${line}`));
    return real.code;
  };
  let taken: Generated[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const generated = generatedPolicy(seed, namespace);
    const { kind, policy, bindings, label } = generated;
    const path = (part: string) => `/apis/${group}/${kind.toLowerCase()}admission${part}`;
    if ((await compare(`${label} is made`, { method: 'POST', path: path('policies'), body: policy })) !== 201) continue;
    for (const body of bindings) await compare(`a binding of ${label}`, { method: 'POST', path: path('policybindings'), body });
    taken.push(generated);
    if (taken.length < 40 && seed < first + count - 1) continue;
    await settled();
    for (const each of taken) {
      const before = different.length;
      await writes(each);
      if (different.length > before && process.env.POLICIES !== undefined) t.diagnostic(JSON.stringify(each));
    }
    for (const each of taken)
      for (const side of ['real', 'ours'] as const) {
        const own = (part: string) => `/apis/${group}/${each.kind.toLowerCase()}admission${part}`;
        for (const each_ of each.bindings)
          await both[side]({ method: 'DELETE', path: `${own('policybindings')}/${asString(dig(each_, 'metadata', 'name'))}` });
        await both[side]({ method: 'DELETE', path: `${own('policies')}/${each.label}` });
      }
    taken = [];
  }
  assert.deepEqual(different, []);

  /**
   * Waits until the real server heeds policies that were made after all others: it reads them out of watches, and learns the types of new kinds a
   * while after they are served.
   */
  async function settled(): Promise<void> {
    const made = probes(namespace);
    for (const { path, body } of made) await both.real({ method: 'POST', path: `/apis/${group}/${path}`, body });
    const ask = (label: string) =>
      both.real({ method: 'POST', path: widgetsPath, query: { dryRun: 'All' }, body: subject('widgets', 'probe', label, {}) });
    for (let turn = 0; turn < 300; turn++) {
      const [changed, denied] = [await ask('probe'), await ask('denied')];
      if (dig(changed.body, 'spec', 'color') === 'known' && denied.code === 422) break;
      await pause(200);
    }
    for (const { path } of made.toReversed()) await both.real({ method: 'DELETE', path: `/apis/${group}/${path}/probe` });
  }

  async function writes({ policy, label }: Generated): Promise<void> {
    const resource = String(dig(policy, 'spec', 'matchConstraints', 'resourceRules', '0', 'resources', '0') ?? resourceIn(policy));
    const api = resources[resource] ?? '';
    const path = `${api === '' ? '/api/v1' : `/apis/${api}/v1`}/namespaces/${namespace}/${resource}`;
    const patch = (name: string, body: Json): HookedRequest => ({
      method: 'PATCH',
      path: `${path}/${name}`,
      contentType: 'application/merge-patch+json',
      body,
    });
    const made: string[] = [];
    for (const [name, labels] of [
      [`a-${label}`, {}],
      [`b-${label}`, { extra: 'yes', count: '1' }],
    ] as const) {
      const code = await compare(`${label} creates ${name}`, { method: 'POST', path, body: subject(resource, name, label, labels) });
      if (code === 201) made.push(name);
    }
    for (const name of made) {
      await compare(`${label} changes ${name}`, patch(name, { metadata: { labels: { more: 'x' } } }));
      await compare(`${label} gives back ${name}`, patch(name, { metadata: { labels: { policy: label }, finalizers: null } }));
      await compare(`${label} deletes ${name}`, { method: 'DELETE', path: `${path}/${name}` });
    }
  }
});

function resourceIn(policy: JsonObject): string {
  const rules = dig(policy, 'spec', 'matchConstraints', 'resourceRules');
  const [rule] = Array.isArray(rules) ? (rules as readonly Json[]) : [];
  const listed = dig(rule, 'resources');
  return Array.isArray(listed) ? String(listed[0]) : '';
}
