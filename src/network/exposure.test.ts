// Connectivity of workloads, ways in and out, promises and differences, as sentences over small clusters.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { parseCidr } from '../lib/cidr.ts';
import { resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { blocksOf, cut, joined, rangeText } from './address-space.ts';
import { connectivity } from './connectivity.ts';
import { difference } from './difference.ts';
import { exposure } from './exposure.ts';
import { netpolAnalyzerReading, netpolAnalyzerText, partyText } from './netpol-analyzer.ts';
import { defaultReading } from './network.ts';
import { portText } from './port-set.ts';
import { undecidedBy } from './unevaluated.ts';

type Fields = Readonly<Record<string, unknown>>;

const object = (apiVersion: string, kind: string, metadata: Fields, rest: Fields = {}) =>
  ({ apiVersion, kind, metadata, ...rest }) as unknown as KubeObject;
const state = (...objects: readonly KubeObject[]): Snapshot =>
  snapshot({ resources: objects.map((one) => resource(one, { kind: 'memory' })) });
const deployment = (name: string, namespace = 'a') =>
  object(
    'apps/v1',
    'Deployment',
    { name, namespace },
    {
      spec: {
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] },
        },
      },
    },
  );
const service = (name: string, spec: Fields) =>
  object('v1', 'Service', { name, namespace: 'a' }, { spec: { selector: { app: name }, ...spec } });
const policy = (name: string, spec: Fields) =>
  object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { name: `p-${name}`, namespace: 'a' },
    { spec: { podSelector: { matchLabels: { app: name } }, ...spec } },
  );
const ingress = (port: Fields) =>
  object(
    'networking.k8s.io/v1',
    'Ingress',
    { name: 'i', namespace: 'a' },
    { spec: { defaultBackend: { service: { name: 'web', port } } } },
  );

function lines(...objects: readonly KubeObject[]): readonly string[] {
  const answer = connectivity(state(...objects));
  return [...answer.connections()].map(
    ({ from, to, ports }) => `${partyText(from)} ${partyText(to)} ${portText(answer.network.ports, ports)}`,
  );
}

describe('entries', () => {
  const web = [deployment('web'), service('web', { ports: [{ name: 'http', port: 80, targetPort: 'http' }] })];
  const controller = '{ingress-controller} a/web[Deployment] TCP 8080';
  const rows: readonly (readonly [string, readonly KubeObject[], boolean])[] = [
    ['an Ingress leads to the port of the pod, not of the Service', [...web, ingress({ number: 80 })], true],
    ['an Ingress may name the port', [...web, ingress({ name: 'http' })], true],
    ['a port that the Service does not have leads nowhere', [...web, ingress({ number: 8080 })], false],
    [
      'policies must let an arbitrary pod in',
      [...web, ingress({ number: 80 }), policy('web', { ingress: [{ from: [{ podSelector: {} }] }] })],
      false,
    ],
    [
      'a policy about the port of the Service closes the entry',
      [...web, ingress({ number: 80 }), policy('web', { ingress: [{ ports: [{ port: 80 }] }] })],
      false,
    ],
    [
      'a policy about the port of the pod keeps it open',
      [...web, ingress({ number: 80 }), policy('web', { ingress: [{ ports: [{ port: 8080 }] }] })],
      true,
    ],
    [
      'a Route names the target',
      [
        ...web,
        object(
          'route.openshift.io/v1',
          'Route',
          { name: 'r', namespace: 'a' },
          { spec: { to: { kind: 'Service', name: 'web' }, port: { targetPort: 'http' } } },
        ),
      ],
      true,
    ],
    [
      'an HTTPRoute names the port of the Service',
      [
        ...web,
        object(
          'gateway.networking.k8s.io/v1',
          'HTTPRoute',
          { name: 'r', namespace: 'a' },
          { spec: { rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] } },
        ),
      ],
      true,
    ],
  ];
  for (const [sentence, objects, open] of rows) test(sentence, () => assert.equal(lines(...objects).includes(controller), open));
});

describe('ways in and out', () => {
  const of = (...objects: readonly KubeObject[]) => {
    const found = exposure(state(...objects));
    const sets = found.answer.network.ports;
    return found.workloads.map(({ workload, waysIn, toInternet, toMetadata, unprotected }) => ({
      name: workload.name,
      waysIn: waysIn.map(({ how, open, sourceMayBeNode }) => `${how} ${portText(sets, open)}${sourceMayBeNode ? ' or from a node' : ''}`),
      out: portText(sets, toInternet),
      metadata: toMetadata.length,
      unprotected,
    }))[0];
  };
  const balanced = service('web', { type: 'LoadBalancer', ports: [{ port: 443, targetPort: 'http' }] });
  test('a load balancer opens the port of the pod', () =>
    assert.deepEqual(of(deployment('web'), balanced)?.waysIn, ['load-balancer TCP 8080 or from a node']));
  test('a policy for pods alone closes it to addresses outside', () =>
    assert.deepEqual(of(deployment('web'), balanced, policy('web', { ingress: [{ from: [{ namespaceSelector: {} }] }] }))?.waysIn, [
      'load-balancer No Connections or from a node',
    ]));
  test('with externalTrafficPolicy Local the client is seen', () =>
    assert.deepEqual(
      of(deployment('web'), service('web', { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, targetPort: 8080 }] }))
        ?.waysIn,
      ['node-port TCP 8080'],
    ));
  test('a ClusterIP Service is no way in', () =>
    assert.deepEqual(of(deployment('web'), service('web', { ports: [{ port: 80 }] }))?.waysIn, []));
  test('an ExternalName Service selects no pod', () =>
    assert.deepEqual(
      of(deployment('web'), service('web', { type: 'ExternalName', externalIPs: ['192.0.2.1'], ports: [{ port: 80 }] }))?.waysIn,
      [],
    ));
  test('egress to private addresses is no egress to the internet, nor to metadata services', () => {
    const found = of(
      deployment('web'),
      policy('web', { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }),
    );
    assert.deepEqual(
      { out: found?.out, metadata: found?.metadata, unprotected: found?.unprotected },
      { out: 'No Connections', metadata: 0, unprotected: ['ingress'] },
    );
  });
  test('egress to everything but the metadata service', () => {
    const found = of(
      deployment('web'),
      policy('web', {
        policyTypes: ['Egress'],
        egress: [
          {
            to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16', '168.63.129.16/32', '100.64.0.0/10'] } }],
            ports: [{ port: 443 }, { port: 80 }],
          },
        ],
      }),
    );
    assert.deepEqual({ out: found?.out, metadata: found?.metadata }, { out: 'TCP 80,443', metadata: 0 });
  });
});

describe('workloads', () => {
  const owned = (name: string, labels: Fields) =>
    object(
      'v1',
      'Pod',
      { name, namespace: 'a', labels, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', controller: true }] },
      { spec: { containers: [] } },
    );
  const answer = connectivity(
    state(
      owned('x', { app: 'web', canary: 'yes' }),
      owned('y', { app: 'web' }),
      deployment('api'),
      policy('web', {}),
      object(
        'networking.k8s.io/v1',
        'NetworkPolicy',
        { name: 'canary', namespace: 'a' },
        { spec: { podSelector: { matchLabels: { canary: 'yes' } }, ingress: [{}] } },
      ),
    ),
  );
  const found = [...answer.connections()].find(
    ({ from, to }) => partyText(from) === 'a/api[Deployment]' && partyText(to) === 'a/web-1[ReplicaSet]',
  );
  test('pods of one owner are one workload', () =>
    assert.deepEqual(
      answer.workloads.map(({ name }) => name),
      ['api', 'web-1'],
    ));
  test('where policies tell its pods apart, the answer is uneven', () => assert.equal(found?.uneven, true));
  test("and netpol-analyzer's lines refuse it", () =>
    assert.equal(netpolAnalyzerText({ ...answer, network: { ...answer.network, reading: netpolAnalyzerReading } }).ok, false));
  test('policies that are not evaluated make answers about their namespace unknown', () => {
    const other = connectivity(
      state(deployment('web'), deployment('api', 'b'), object('crd.antrea.io/v1beta1', 'NetworkPolicy', { name: 'c', namespace: 'a' })),
    );
    const counts = other.workloads.map((workload) => undecidedBy(other.network, [workload]).length);
    assert.deepEqual(counts, [1, 0]);
  });
});

test('a difference tells what opened and what closed, range by range', () => {
  const allow = (cidr: string, port: number) => policy('web', { ingress: [{ from: [{ ipBlock: { cidr } }], ports: [{ port }] }] });
  const { changes } = difference(
    state(deployment('web'), allow('10.0.0.0/8', 80)),
    state(deployment('web'), allow('10.0.0.0/9', 443)),
    defaultReading,
  );
  assert.deepEqual(
    changes.map(({ change, from, before, after, opens }) => [
      change,
      from.kind === 'addresses' ? blocksOf(from.range).join() : '',
      before,
      after,
      opens,
    ]),
    [
      ['changed', '10.0.0.0/9', 'TCP 80', 'TCP 443', true],
      ['removed', '10.128.0.0/9', 'TCP 80', 'No Connections', false],
    ],
  );
});

test('address space is cut at bounds and joined again', () => {
  const parts = cut(
    [parseCidr('10.0.0.0/8'), parseCidr('255.255.255.0/24'), parseCidr('2001:db8::/32')].filter((block) => block !== undefined),
  );
  assert.deepEqual(parts.filter(({ family }) => family === 4).map(rangeText), [
    '0.0.0.0-9.255.255.255',
    '10.0.0.0-10.255.255.255',
    '11.0.0.0-255.255.254.255',
    '255.255.255.0-255.255.255.255',
  ]);
  assert.deepEqual(joined([...parts].reverse()).flatMap(blocksOf), ['0.0.0.0/0', '::/0']);
});
