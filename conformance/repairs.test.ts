// Repairs of real manifests before the real API server: of the small corpus, every object that it took before all repairs it takes after
// them. Needs the corpus beside the project and a built control plane; otherwise it is skipped with the reason.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { planRepairs } from '../src/controls/fix/plan.ts';
import { catalogue } from '../src/controls/index.ts';
import { loadSchemas } from '../src/kube/schema/load.ts';
import type { Release } from '../src/kube/schema/release.ts';
import { newestKnownVersion, type Resource, snapshot } from '../src/snapshot/snapshot.ts';
import { load } from '../src/sources/load.ts';
import { type Cluster, realCluster } from '../test/cluster/cluster.ts';

const corpus = join(import.meta.dirname, '..', '..', 'shared', 'corpus', 'small');
const skip = existsSync(corpus) ? false : 'the corpus is not beside this checkout';

test('what the API server took of the small corpus it takes repaired', { skip }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const release = await loadSchemas('1.36');
  await loadSchemas(newestKnownVersion);
  assert.ok(release !== undefined);
  const loaded = await load([corpus], { render: 'never' });
  const before = snapshot(loaded);
  const { repairs, after } = planRepairs(before, { controls: catalogue.filter((control) => control.enabled !== false), now: 0 });
  const repaired = new Set(repairs.map(({ resource }) => resource));
  const pairs = before.resources.flatMap((resource, index) => {
    const other = after.resources[index];
    return repaired.has(resource) && other !== undefined ? [{ resource, other }] : [];
  });
  for (const namespace of new Set(pairs.map(({ resource }) => resource.namespace)))
    if (namespace !== '')
      await cluster.api('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const refused: string[] = [];
  let taken = 0;
  for (const { resource, other } of pairs) {
    if ((await create(cluster, release, resource)) !== undefined) continue;
    taken++;
    const answer = await create(cluster, release, other);
    if (answer !== undefined) refused.push(`${resource.kind} ${resource.namespace}/${resource.name}: ${answer}`);
  }
  t.diagnostic(`${pairs.length} objects repaired by ${repairs.length} patches; the server took ${taken} of them before`);
  assert.ok(taken > 50, `only ${taken} objects were taken before`);
  assert.deepEqual(refused, []);
});

/** Undefined where a dry run creates the object; the server's answer where it refuses. */
async function create(cluster: Cluster, release: Release, resource: Resource): Promise<string | undefined> {
  const { apiVersion, kind } = resource.object;
  const served = release.resourceOf(apiVersion, kind);
  if (served === undefined) return 'not served';
  const root = resource.group === '' ? '/api' : '/apis';
  const place = served.namespaced ? `/namespaces/${resource.namespace}` : '';
  const answer = await cluster.api('POST', `${root}/${apiVersion}${place}/${served.name}?dryRun=All`, resource.object);
  return answer.status === 201 || answer.status === 409 ? undefined : answer.text;
}
