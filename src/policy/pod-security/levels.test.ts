import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import { podSecurityLevels } from './levels.ts';

function pod(name: string, namespace: string, spec: JsonObject = {}): KubeObject {
  const container = { name: 'a', image: 'a', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } };
  const securityContext = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { securityContext, containers: [container], ...spec } };
}

function namespace(name: string, labels: JsonObject): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

const enforce = 'pod-security.kubernetes.io/enforce';

test('levels per workload and namespace, beside what the labels enforce', () => {
  const objects = [
    namespace('empty', {}),
    namespace('shop', { [enforce]: 'restricted', [`${enforce}-version`]: 'latest' }),
    pod('strict', 'shop'),
    pod('lax', 'shop', { securityContext: {} }),
    pod('host', 'unlabelled', { hostPID: true }),
  ];
  const levels = podSecurityLevels(snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) }));
  assert.equal(levels.version, '1.37');
  assert.deepEqual(
    levels.workloads.map(({ resource: { name }, level }) => `${name} ${level}`),
    ['strict restricted', 'lax baseline', 'host privileged'],
  );
  assert.deepEqual(
    levels.namespaces.map(({ namespace: name, met, workloads, policy, refused }) => [
      name,
      met,
      workloads,
      policy?.enforce.level,
      refused.map((one) => one.name),
    ]),
    [
      ['empty', undefined, 0, 'privileged', []],
      ['shop', 'baseline', 2, 'restricted', ['lax']],
      ['unlabelled', 'privileged', 1, undefined, []],
    ],
  );
});

test('a label cannot ask for more than the cluster knows', () => {
  const objects = [
    namespace('shop', { [enforce]: 'baseline', [`${enforce}-version`]: 'v1.37' }),
    pod('probe', 'shop', { containers: [{ name: 'a', image: 'a', livenessProbe: { httpGet: { host: 'elsewhere' } } }] }),
  ];
  const resources = objects.map((object) => resource(object, { kind: 'memory' }));
  const refused = (version: string) =>
    podSecurityLevels(snapshot({ resources, facts: assumedFacts(version) })).namespaces[0]?.refused.map(({ name }) => name);
  assert.deepEqual(refused('1.33'), []);
  assert.deepEqual(refused('1.34'), ['probe']);
});
