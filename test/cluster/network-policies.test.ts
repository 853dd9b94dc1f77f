// The real API server takes every policy that is generated: labels that are told apart by expressions, names of ports, blocks of both families,
// ways in that are open to the world, workloads with names that are no names of policies.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../src/kube/object.ts';
import { declaredEdges } from '../../src/network/flows/declared.ts';
import { observer } from '../../src/network/flows/observe.ts';
import type { FlowRecord, RecordedEnd } from '../../src/network/flows/record.ts';
import { plan } from '../../src/network/generate/plan.ts';
import { network } from '../../src/network/network.ts';
import { resource, snapshot } from '../../src/snapshot/snapshot.ts';
import { realCluster } from './cluster.ts';

test('the API server takes generated policies', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('generated-policies');
  const deployment = (name: string, labels: Readonly<Record<string, string>>, ports: readonly object[] = []) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', ports }] } } },
  });
  const objects = [
    deployment('web', { app: 'web' }),
    deployment('Web_Two', { app: 'web', tier: 'two' }),
    deployment('x'.repeat(240), { app: 'long' }),
    deployment('api', { app: 'api' }, [
      { name: 'http', containerPort: 8080 },
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
    ]),
    deployment('twin-a', { app: 'twin' }),
    deployment('twin-b', { app: 'twin' }),
    deployment('bare', {}),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] },
    },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { addresses: [{ address: '10.0.0.1' }, { address: 'fd00::1' }] } },
  ] as unknown as readonly KubeObject[];
  const net = network(snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) }));
  const watch = observer(net);
  const workload = (name: string): RecordedEnd => ({ namespace, workload: { kind: 'Deployment', name } });
  const flow = (source: RecordedEnd, destination: RecordedEnd, port: number, protocol: FlowRecord['protocol'] = 'TCP'): FlowRecord => ({
    source,
    destination,
    protocol,
    port,
    verdict: 'allowed',
    reply: false,
    count: 1,
  });
  const many = Array.from({ length: 50 }, (_, index) => flow({ address: `${index + 11}.9.8.7` }, workload('api'), 8080));
  watch.add(
    {
      kind: 'flows',
      flows: [
        flow(workload('web'), workload('api'), 8080),
        flow(workload('web'), workload('api'), 53, 'UDP'),
        flow(workload('bare'), workload('api'), 9, 'SCTP'),
        flow(workload('twin-a'), { address: '2606:4700::1111' }, 443),
        flow(workload('twin-b'), { address: '10.0.0.1' }, 10250),
        flow({ address: '8.8.8.8' }, workload('web'), 80),
        ...many,
      ],
    },
    'sensor',
    { file: 'flows', line: 1 },
  );
  const made = plan(net, watch.result(), declaredEdges(net), { dialect: 'kubernetes', namespaces: [], dns: true, replace: false });
  assert.deepEqual(made.replay.denied, []);
  assert.ok(made.policies.length >= 7);
  for (const { object } of made.policies) {
    const answer = await cluster.api(
      'POST',
      `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies?fieldValidation=Strict`,
      object,
    );
    assert.equal(answer.status, 201, `${answer.text}\n${JSON.stringify(object)}`);
  }
});
