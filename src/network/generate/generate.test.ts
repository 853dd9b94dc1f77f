// What generated policies say: labels that stay, ports by name, blocks only for what is outside, DNS, ways in, and what is told beside them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { dig } from '../../lib/json.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { declaredEdges } from '../flows/declared.ts';
import { observer } from '../flows/observe.ts';
import type { FlowRecord } from '../flows/record.ts';
import { network } from '../network.ts';
import { blocksFor } from './outside.ts';
import { type Plan, type PlanOptions, plan } from './plan.ts';

type Fields = Readonly<Record<string, unknown>>;
const object = (apiVersion: string, kind: string, metadata: Fields, rest: Fields = {}) =>
  ({ apiVersion, kind, metadata, ...rest }) as unknown as KubeObject;
const deployment = (name: string, labels: Fields, ports: readonly Fields[] = [], selector: Fields = labels) =>
  object(
    'apps/v1',
    'Deployment',
    { name, namespace: 'shop' },
    { spec: { selector: { matchLabels: selector }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', ports }] } } } },
  );
const service = (spec: Fields, name = 'web') => object('v1', 'Service', { name, namespace: 'shop' }, { spec });
const web = deployment('web', { app: 'web' });
const cart = deployment('cart', { app: 'cart', version: 'v3' }, [{ name: 'http', containerPort: 8080 }], { app: 'cart' });
const node = object('v1', 'Node', { name: 'n1' }, { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } });

const flow = (from: Fields, to: Fields, port: number, more: Partial<FlowRecord> = {}): FlowRecord => ({
  source: from,
  destination: to,
  protocol: 'TCP',
  port,
  verdict: 'allowed',
  reply: false,
  count: 1,
  ...more,
});
const pod = (name: string, namespace = 'shop') => ({ namespace, workload: { kind: 'Deployment', name } });
const at = (address: string, names: readonly string[] = []) => ({ address, names });

function planned(objects: readonly KubeObject[], flows: readonly FlowRecord[], options: Partial<PlanOptions> = {}, declare = false): Plan {
  const net = network(snapshot({ resources: objects.map((one) => resource(one, { kind: 'memory' })) }));
  const watch = observer(net);
  watch.add({ kind: 'flows', flows }, 'sensor', { file: 'f', line: 1 });
  return plan(net, watch.result(), declare ? declaredEdges(net) : [], {
    dialect: 'kubernetes',
    namespaces: [],
    dns: false,
    replace: false,
    ...options,
  });
}

function specOf(made: Plan, name: string): unknown {
  return made.policies.find(({ object: one }) => one.metadata?.name === name)?.object.spec;
}

test('a flow becomes a rule on both sides, by labels that stay and names of ports', () => {
  const made = planned([web, cart], [flow(pod('web'), pod('cart'), 8080)]);
  assert.deepEqual(specOf(made, 'cofferdam-cart'), {
    podSelector: { matchLabels: { app: 'cart' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ protocol: 'TCP', port: 'http' }] }],
    egress: [],
  });
  assert.deepEqual(dig(specOf(made, 'cofferdam-web'), 'egress'), [
    { to: [{ podSelector: { matchLabels: { app: 'cart' } } }], ports: [{ protocol: 'TCP', port: 'http' }] },
  ]);
  assert.deepEqual(specOf(made, 'cofferdam-default-deny'), { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  assert.equal(made.replay.denied.length, 0);
  assert.deepEqual([made.closes.before, made.closes.pairs, made.closes.narrowed], [2, 1, 1]);
});

describe('labels', () => {
  const rows: readonly (readonly [sentence: string, objects: readonly KubeObject[], name: string, selector: Fields])[] = [
    [
      'a selector that matches another workload is told apart by another label',
      [
        deployment('web', { app: 'shop', part: 'web' }, [], { app: 'shop' }),
        deployment('cart', { app: 'shop', part: 'cart' }, [], { app: 'shop' }),
      ],
      'cofferdam-web',
      { matchLabels: { app: 'shop', part: 'web' } },
    ],
    [
      'or by a label it has not',
      [deployment('web', { app: 'shop' }), deployment('cart', { app: 'shop', part: 'cart' })],
      'cofferdam-web',
      { matchLabels: { app: 'shop' }, matchExpressions: [{ key: 'part', operator: 'DoesNotExist' }] },
    ],
    [
      'workloads with the same labels share a policy',
      [deployment('web', { app: 'shop' }), deployment('cart', { app: 'shop' })],
      'cofferdam-cart-and-1-more',
      { matchLabels: { app: 'shop' } },
    ],
    [
      'a version is used where the owner selects by it',
      [deployment('web', { app: 'web', version: 'v1' }), deployment('web-v2', { app: 'web', version: 'v2' })],
      'cofferdam-web',
      { matchLabels: { app: 'web', version: 'v1' } },
    ],
    [
      'a version that comes with a release is not',
      [deployment('web', { app: 'web', version: 'v1' }, [], { app: 'web' })],
      'cofferdam-web',
      { matchLabels: { app: 'web' } },
    ],
    [
      'a hash of a template is never used',
      [deployment('web', { app: 'web', 'pod-template-hash': 'abc' }, [], { app: 'web', 'pod-template-hash': 'abc' })],
      'cofferdam-web',
      { matchLabels: { app: 'web' } },
    ],
  ];
  for (const [sentence, objects, name, selector] of rows)
    test(sentence, () => assert.deepEqual(dig(specOf(planned(objects, []), name), 'podSelector'), selector));
});

test('pods of one workload that another has the labels of are told apart by their own', () => {
  const bare = (name: string, app: string, owner: string) =>
    object(
      'v1',
      'Pod',
      {
        name,
        namespace: 'shop',
        labels: { app, set: owner },
        ownerReferences: [{ apiVersion: 'x/v1', kind: 'Set', name: owner, controller: true }],
      },
      { spec: { containers: [] } },
    );
  const alone = (name: string, labels: Fields) => object('v1', 'Pod', { name, namespace: 'shop', labels }, { spec: { containers: [] } });
  const made = planned(
    [bare('a1', 'one', 'a'), bare('a2', 'two', 'a'), alone('b', { app: 'one', set: 'a' }), alone('c', { app: 'three', set: 'a' })],
    [],
  );
  const selectors = made.policies.flatMap(({ group }) => (group === undefined ? [] : [[group.name, group.selector.matchLabels]]));
  assert.deepEqual(selectors, [
    ['a-and-1-more', { app: 'one', set: 'a' }],
    ['a', { app: 'two', set: 'a' }],
    ['c', { app: 'three', set: 'a' }],
  ]);
});

describe('what is outside', () => {
  test('a client of a Service that is open to the world may be anybody tomorrow, but no pod', () => {
    const open = service({ type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] });
    const ingress = JSON.stringify(dig(specOf(planned([web, open], [flow(at('8.8.8.8'), pod('web'), 8080)]), 'cofferdam-web'), 'ingress'));
    assert.match(ingress, /"0\.0\.0\.0\/0","except":\["10\.0\.0\.0\/8"/);
  });
  test('a client of nothing that is open stays one address', () => {
    const ingress = dig(specOf(planned([web], [flow(at('8.8.8.8'), pod('web'), 8080)]), 'cofferdam-web'), 'ingress');
    assert.deepEqual(ingress, [{ from: [{ ipBlock: { cidr: '8.8.8.8/32' } }], ports: [{ protocol: 'TCP', port: 8080 }] }]);
  });
  test('many addresses of one neighbourhood are one block, and of everywhere any public one', () => {
    const near = Array.from({ length: 20 }, (_, index) => ({ address: `8.8.8.${index}` }));
    assert.deepEqual(blocksFor(near, 0), [{ cidr: '8.8.8.0/24' }]);
    const far = Array.from({ length: 40 }, (_, index) => ({ address: `${index + 20}.8.8.8` }));
    assert.deepEqual(
      blocksFor(far, 0).map((block) => block.cidr),
      ['0.0.0.0/0', '::/0'],
    );
    assert.deepEqual(blocksFor([{ address: '2606:4700::1' }, { address: '192.168.1.1' }], 0), [
      { cidr: '2606:4700::1/128' },
      { cidr: '192.168.1.1/32' },
    ]);
  });
  test('Cilium is given names where every address has one, and lets DNS through its proxy for them', () => {
    const made = planned([web], [flow(pod('web'), at('93.184.215.14', ['pay.example.com']), 443)], { dialect: 'cilium', dns: true });
    const text = JSON.stringify(dig(specOf(made, 'cofferdam-web'), 'egress'));
    assert.match(text, /"toFQDNs":\[\{"matchName":"pay\.example\.com"\}\]/);
    assert.match(text, /"rules":\{"dns":\[\{"matchPattern":"\*"\}\]\}/);
    assert.deepEqual([made.replay.denied.length, made.replay.restsOnNames], [0, 1]);
  });
  test('and addresses where not', () => {
    const made = planned([web], [flow(pod('web'), at('93.184.215.14'), 443)], { dialect: 'cilium' });
    assert.match(JSON.stringify(specOf(made, 'cofferdam-web')), /"toCIDRSet":\[\{"cidr":"93\.184\.215\.14\/32"\}\]/);
  });
});

describe('nodes', () => {
  test("probes from the pod's own node need no rule", () => {
    const made = planned([web, node], [flow({ entity: 'host', address: '10.0.0.1' }, pod('web'), 8080)]);
    assert.deepEqual(dig(specOf(made, 'cofferdam-web'), 'ingress'), []);
    assert.equal(made.replay.denied.length, 0);
  });
  test('asking a node is allowed for all nodes', () => {
    const made = planned([web, node], [flow(pod('web'), { address: '10.0.0.1' }, 10250)]);
    assert.deepEqual(dig(specOf(made, 'cofferdam-web'), 'egress'), [
      { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [{ protocol: 'TCP', port: 10250 }] },
    ]);
  });
  test('a workload on its host network gets no policy', () => {
    const host = object(
      'v1',
      'Pod',
      { name: 'agent', namespace: 'shop', labels: { app: 'agent' } },
      { spec: { hostNetwork: true, containers: [] } },
    );
    assert.deepEqual(
      planned([web, host], []).policies.map(({ name }) => name),
      ['cofferdam-default-deny', 'cofferdam-web'],
    );
  });
});

test('a flow to an API server at no known address is not proved', () => {
  const made = planned([web], [flow(pod('web'), { entity: 'kube-apiserver' }, 6443)]);
  assert.deepEqual([made.replay.edges, made.replay.denied.length, made.replay.undecided.length], [0, 0, 1]);
});

describe('DNS', () => {
  const dns = object(
    'apps/v1',
    'Deployment',
    { name: 'coredns', namespace: 'kube-system' },
    {
      spec: {
        selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        template: { metadata: { labels: { 'k8s-app': 'kube-dns' } }, spec: { containers: [] } },
      },
    },
  );
  test('every workload may ask it', () => {
    const made = planned([web, dns], [], { dns: true });
    assert.deepEqual(dig(specOf(made, 'cofferdam-web'), 'egress'), [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: [
          { protocol: 'TCP', port: 53 },
          { protocol: 'UDP', port: 53 },
        ],
      },
    ]);
    assert.equal(made.dnsAssumed, false);
    assert.deepEqual(made.namespaces, ['shop'], 'namespaces of the cluster itself are left alone');
  });
  test('where it is written for too, everybody may reach it', () => {
    const made = planned([web, dns], [], { dns: true, namespaces: ['kube-system'] });
    assert.match(JSON.stringify(specOf(made, 'cofferdam-coredns')), /"from":\[\{"namespaceSelector":\{\}\}\]/);
  });
});

test('manifests alone declare Services in settings and ways in', () => {
  const front = object(
    'networking.k8s.io/v1',
    'Ingress',
    { name: 'web', namespace: 'shop' },
    { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } },
  );
  const made = planned([web, front, service({ selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] })], [], {}, true);
  assert.deepEqual(dig(specOf(made, 'cofferdam-web'), 'ingress'), [
    { from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 8080 }] },
  ]);
});

test('a load balancer may hand packets on with the address of a node', () => {
  const open = service({ type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] });
  assert.match(JSON.stringify(specOf(planned([web, open, node], [], {}, true), 'cofferdam-web')), /"cidr":"10\.0\.0\.1\/32"/);
});

test('a flow that other policies refuse is in the proof', () => {
  const deny = object(
    'policy.networking.k8s.io/v1alpha1',
    'AdminNetworkPolicy',
    { name: 'no' },
    {
      spec: { priority: 1, subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] },
    },
  );
  const made = planned([web, cart, deny], [flow(pod('web'), pod('cart'), 8080)]);
  assert.deepEqual(
    made.replay.denied.map(({ before }) => before),
    [true],
  );
});

test('policies that are there stay, or give way where that is asked for', () => {
  const open = object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { name: 'open', namespace: 'shop' },
    { spec: { podSelector: {}, ingress: [{}], egress: [{}] } },
  );
  assert.equal(planned([web, cart, open], []).closes.pairs, 0);
  assert.equal(planned([web, cart, open], [], { replace: true }).closes.pairs, 2);
});

describe('confidence', () => {
  const cron = object(
    'batch/v1',
    'CronJob',
    { name: 'report', namespace: 'shop' },
    {
      spec: {
        schedule: '0 3 * * 1',
        jobTemplate: { spec: { template: { metadata: { labels: { app: 'report' } }, spec: { containers: [] } } } },
      },
    },
  );
  const seen = (days: number) => [
    flow(pod('web'), pod('cart'), 8080, { first: 0, last: 0 }),
    flow(pod('web'), pod('cart'), 8080, { first: days * 86_400_000, last: days * 86_400_000 }),
  ];
  const rows: readonly (readonly [
    sentence: string,
    objects: readonly KubeObject[],
    flows: readonly FlowRecord[],
    level: string,
    silent: readonly string[],
  ])[] = [
    ['a week without a gap is high', [web, cart], seen(8), 'high', []],
    ['two days are medium', [web, cart], seen(2), 'medium', []],
    ['an hour is low', [web, cart], seen(0.04), 'low', []],
    ['a schedule that did not come round is low, and named', [web, cart, cron], seen(8), 'low', ['report']],
    ['an end that nobody knows is low', [web, cart], [...seen(8), flow(pod('web'), at('10.9.9.9'), 80)], 'low', []],
  ];
  for (const [sentence, objects, flows, level, silent] of rows)
    test(sentence, () => {
      const [shop] = planned(objects, flows).confidence;
      assert.deepEqual([shop?.level, shop?.silent], [level, silent]);
    });
  test('the schedule is told', () =>
    assert.deepEqual(planned([cron], []).confidence[0]?.schedules, [{ name: 'report', schedule: '0 3 * * 1' }]));
});
