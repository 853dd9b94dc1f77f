// Repairs of workload controls before the real API server: what it took before the repair it takes after it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runControls } from '../../src/controls/run.ts';
import { workload } from '../../src/controls/workload/index.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { applyJsonPatch } from '../../src/kube/patch/json-patch.ts';
import type { Json } from '../../src/lib/json.ts';
import { resource, snapshot } from '../../src/snapshot/snapshot.ts';
import { type Cluster, realCluster } from './cluster.ts';

test('the API server takes every repaired example that it took before', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('repairs');
  let compared = 0;
  for (const control of workload)
    for (const object of control.examples.fail().flat()) {
      if (object.kind !== 'Deployment' || control.repair === undefined) continue;
      const found = runControls(snapshot({ resources: [resource(object, { kind: 'memory' })] }), { controls: [control], now: 0 });
      for (const { outcome } of found.findings) {
        const patch = control.repair(outcome, object);
        if (patch === undefined) continue;
        const patched = applyJsonPatch(JSON.parse(JSON.stringify(object)) as Json, patch);
        assert.ok(patched.ok, control.id);
        const before = await create(cluster, namespace, object);
        const after = await create(cluster, namespace, patched.value as KubeObject);
        if (before === '201') assert.equal(after, '201', control.id);
        compared++;
      }
    }
  assert.ok(compared > 25, `only ${compared} repairs were tried`);
});

async function create(cluster: Cluster, namespace: string, object: KubeObject): Promise<string> {
  const answer = await cluster.api('POST', `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`, {
    ...object,
    metadata: { ...object.metadata, namespace },
  });
  return answer.status === 201 ? '201' : answer.text;
}
