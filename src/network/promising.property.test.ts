// Asking the few policies that can matter to pods that may come gives the answer that asking all of them gives; and ten thousand on one pod are no matter.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube/object.ts';
import { resource, snapshot } from '../snapshot/snapshot.ts';
import { exposure } from './exposure.ts';
import { defaultReading, network } from './network.ts';
import { portText } from './port-set.ts';
import { promises } from './unknown-pods.ts';

type Fields = Readonly<Record<string, unknown>>;
const object = (apiVersion: string, kind: string, metadata: Fields, rest: Fields = {}) =>
  ({ apiVersion, kind, metadata, ...rest }) as unknown as KubeObject;
const of = (objects: readonly KubeObject[]) => snapshot({ resources: objects.map((one) => resource(one, { kind: 'memory' })) });
const pod = (name: string) =>
  object('v1', 'Pod', { name, namespace: 'a', labels: { app: name } }, { spec: { containers: [{ name: 'c' }] } });
const policy = (name: string, spec: Fields) => object('networking.k8s.io/v1', 'NetworkPolicy', { name, namespace: 'a' }, { spec });

const key = fc.constantFrom('k', 'l');
const values = fc.uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 1 });
const selector = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: fc.dictionary(key, fc.constantFrom('1', '2')) }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values }),
        fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
      ),
      { maxLength: 2 },
    ),
  }),
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ namespaceSelector: selector, podSelector: selector }),
  fc.record({ namespaceSelector: fc.constant({ matchLabels: { 'kubernetes.io/metadata.name': 'b' } }), podSelector: selector }),
  fc.constant({ ipBlock: { cidr: '10.0.0.0/8' } }),
);
const rules = fc.array(
  fc.record({
    peers: fc.option(fc.array(peer, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    port: fc.constantFrom(80, 81, 82),
  }),
  { maxLength: 2 },
);
const policies = fc.array(fc.record({ ingress: rules, egress: rules }), { maxLength: 5 });

test('a few policies promise what all of them promise', () => {
  fc.assert(
    fc.property(
      policies,
      fc.constantFrom<'namespace-labels' | 'namespace-name'>('namespace-labels', 'namespace-name'),
      (specs, unknownPods) => {
        const written = specs.map(({ ingress, egress }, index) =>
          policy(`p${index}`, {
            podSelector: {},
            policyTypes: ['Ingress', 'Egress'],
            ingress: ingress.map(({ peers, port }) => ({ ...(peers === undefined ? {} : { from: peers }), ports: [{ port }] })),
            egress: egress.map(({ peers, port }) => ({ ...(peers === undefined ? {} : { to: peers }), ports: [{ port }] })),
          }),
        );
        const namespaces = ['a', 'b'].map((name, index) => object('v1', 'Namespace', { name, labels: { k: `${index + 1}` } }));
        const net = network(of([...namespaces, pod('x'), ...written]), { ...defaultReading, unknownPods });
        // Policies of another kind are all asked: the same ones, by another name.
        const renamed = net.policies.map((one) => ({ ...one, resource: { ...one.resource, kind: 'Other' } }));
        const all = { ...net, policies: renamed, selecting: () => renamed };
        const text = (some: typeof net) =>
          [...promises(some, some.workloads)].map(({ direction, pods, ports, trace }) => [
            direction,
            pods.text,
            portText(some.ports, ports),
            trace.decisions.filter(({ effect }) => effect === 'allow').map(({ policy: by }) => by?.resource.name),
          ]);
        assert.deepEqual(text(net), text(all));
      },
    ),
    { numRuns: 500 },
  );
});

test('ten thousand policies on one pod promise in seconds, each what it says', () => {
  const many = Array.from({ length: 10_000 }, (_, index) =>
    policy(`p${index}`, {
      podSelector: { matchLabels: { app: 'x' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: `c${index}` } } }], ports: [{ port: index + 1 }] }],
    }),
  );
  const [one] = exposure(of([pod('x'), ...many])).workloads;
  const from = one?.promises.filter(({ direction }) => direction === 'ingress') ?? [];
  assert.equal(from.length, 10_000);
  assert.ok(from.every(({ trace }) => trace.decisions.length <= 3));
});
