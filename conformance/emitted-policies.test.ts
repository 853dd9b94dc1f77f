// Emitted policies before the real API server: of every workload of the small corpus that it takes, the control, the policy in our engine and
// the policy in the API server say the same. Policies warn, so that one request asks all of them. Needs the corpus beside the project and a
// built control plane; otherwise it is skipped with the reason.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { emitPolicies, isEmittable, policyName } from '../src/controls/emit/emit.ts';
import { catalogue } from '../src/controls/index.ts';
import { runControls } from '../src/controls/run.ts';
import type { KubeObject } from '../src/kube/object.ts';
import { loadSchemas } from '../src/kube/schema/load.ts';
import { admissionRequest } from '../src/policy/admission-request.ts';
import { compilePolicies } from '../src/policy/compile.ts';
import { creation, kindsOf, snapshotContext } from '../src/policy/of-snapshot.ts';
import { policySet } from '../src/policy/policy-set.ts';
import { validate } from '../src/policy/verdict.ts';
import { assumedFacts, resource, snapshot } from '../src/snapshot/snapshot.ts';
import { load } from '../src/sources/load.ts';
import { realCluster } from '../test/cluster/cluster.ts';

const corpus = join(import.meta.dirname, '..', '..', 'shared', 'corpus', 'small');
const skip = existsSync(corpus) ? false : 'the corpus is not beside this checkout';
const covered = new Set([
  'Pod',
  'ReplicationController',
  'PodTemplate',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);

test('control, emitted policy here and emitted policy in the API server agree on the small corpus', { skip }, async (t) => {
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  const release = await loadSchemas('1.36');
  assert.ok(release !== undefined);
  const controls = catalogue.filter(isEmittable);
  const { objects } = emitPolicies(controls, { actions: ['Warn'], exceptNamespaces: ['kube-system'] });
  for (const object of objects) {
    const plural = object.kind.endsWith('Binding') ? 'validatingadmissionpolicybindings' : 'validatingadmissionpolicies';
    const answer = await cluster.api('POST', `/apis/admissionregistration.k8s.io/v1/${plural}`, object);
    assert.equal(answer.status, 201, answer.text);
  }
  const namespace = await cluster.namespace('emitted');
  await inForce(cluster, namespace, objects.length / 2);
  const loaded = await load([corpus], { render: 'never' });
  const facts = assumedFacts('1.36');
  const set = policySet(compilePolicies(objects, { minor: 36 }));
  let compared = 0;
  const differing: string[] = [];
  for (const { object, kind } of loaded.resources) {
    const served = release.resourceOf(object.apiVersion, kind);
    if (!covered.has(kind) || served === undefined || !/^(?:v1|apps\/v1|batch\/v1)$/.test(object.apiVersion)) continue;
    const placed: KubeObject = { ...object, metadata: { ...object.metadata, namespace } };
    const root = object.apiVersion === 'v1' ? '/api' : '/apis';
    const answer = await cluster.api('POST', `${root}/${object.apiVersion}/namespaces/${namespace}/${served.name}?dryRun=All`, placed);
    if (answer.status !== 201) continue;
    const alone = snapshot({ resources: [resource(placed, { kind: 'memory' })], facts });
    const kinds = kindsOf(alone, release);
    const [subject] = alone.resources;
    assert.ok(subject !== undefined);
    const input = creation(subject, kinds);
    const ours = policies(
      validate(
        set,
        admissionRequest(
          input,
          snapshotContext(alone, kinds, () => true),
        ),
      ).warnings,
    );
    const stored = snapshot({ resources: [resource(input.object as unknown as KubeObject, { kind: 'memory' })], facts });
    const failing = new Set(
      runControls(stored, { controls, now: 0 }).findings.flatMap(({ control, outcome }) =>
        outcome.verdict === 'fail' ? [policyName(control)] : [],
      ),
    );
    const theirs = policies(answer.warnings);
    const name = `${kind} ${object.metadata?.name}`;
    if ([...failing].sort().join() !== ours.join()) differing.push(`${name}: controls ${[...failing].sort()}, policies here ${ours}`);
    if (ours.join() !== theirs.join()) differing.push(`${name}: policies here ${ours}, in the API server ${theirs}`);
    compared++;
  }
  t.diagnostic(`${compared} objects, ${controls.length} controls`);
  assert.ok(compared > 50, `only ${compared} objects were taken`);
  assert.deepEqual(differing, []);
});

/** The policies that warned. */
function policies(warnings: readonly string[]): readonly string[] {
  return [
    ...new Set(warnings.flatMap((text) => /^Validation failed for ValidatingAdmissionPolicy '([^']+)'/.exec(text)?.[1] ?? [])),
  ].sort();
}

/** Waits until the API server has seen every policy: a pod that breaks them all is warned about by all that it can break. */
async function inForce(cluster: NonNullable<Awaited<ReturnType<typeof realCluster>>>, namespace: string, count: number): Promise<void> {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  let known = -1;
  for (let round = 0; round < 60; round++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { warnings } = await cluster.api('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
    const found = policies(warnings).length;
    if (found > 0 && found === known && round > 5) return;
    known = found;
  }
  throw new Error(`of ${count} policies only ${known} are in force`);
}
