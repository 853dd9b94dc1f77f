// The engine, its traces and the literal evaluator say the same about random clusters under random policies of all kinds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allowed, type End, passes } from '../../test/network/reference.ts';
import type { KubeObject } from '../kube/object.ts';
import { parseAddress } from '../lib/cidr.ts';
import { resource, snapshot } from '../snapshot/snapshot.ts';
import { connectivity } from './connectivity.ts';
import { exposure } from './exposure.ts';
import { network } from './network.ts';
import { allPorts, noPorts, type PortRange, type Protocol, portSets } from './port-set.ts';
import { traceBetween } from './trace.ts';

const namespaces = { a: { env: 'prod', 'kubernetes.io/metadata.name': 'a' }, b: { env: 'test', 'kubernetes.io/metadata.name': 'b' } };
const label = fc.record({ app: fc.constantFrom('web', 'api') }, { requiredKeys: [] });
const selector = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: label }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
        fc.record({
          key: fc.constantFrom('app', 'env'),
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.subarray(['web', 'prod', 'x'], { minLength: 1 }),
        }),
      ),
      { maxLength: 2 },
    ),
  }),
);
const cidr = fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.0.1/32', '0.0.0.0/0', '2001:db8::/32', '192.168.0.0/24');
const block = fc.oneof(
  cidr.map((text) => ({ cidr: text })),
  fc.constantFrom({ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }, { cidr: '0.0.0.0/0', except: ['10.1.0.1/32', '192.168.0.0/24'] }),
);
const number = fc.constantFrom(53, 80, 81, 443);
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ namespaceSelector: selector, podSelector: selector }),
  fc.record({ ipBlock: block }),
);
const port = fc.oneof(
  fc.record({ protocol, port: number }, { requiredKeys: [] }),
  fc.record({ port: fc.constant('http'), protocol }, { requiredKeys: ['port'] }),
  fc.constant({ port: 80, endPort: 443, protocol: 'TCP' }),
);
const side = (key: 'from' | 'to') =>
  fc.array(fc.record({ [key]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) }, { requiredKeys: [] }), {
    maxLength: 2,
  });
const networkPolicy = fc.record({
  namespace: fc.constantFrom('a', 'b'),
  spec: fc.record(
    { podSelector: selector, policyTypes: fc.subarray(['Ingress', 'Egress']), ingress: side('from'), egress: side('to') },
    { requiredKeys: ['podSelector'] },
  ),
});
const subject = fc.oneof(
  fc.record({ namespaces: selector }),
  fc.record({ pods: fc.record({ namespaceSelector: selector, podSelector: selector }) }),
);
const networksPeer = fc.record({ networks: fc.array(cidr, { minLength: 1, maxLength: 2 }) });
const adminPort = fc.oneof(
  fc.record({ portNumber: fc.record({ protocol, port: number }) }),
  fc.constant({ portRange: { protocol: 'TCP', start: 80, end: 90 } }),
  fc.constant({ namedPort: 'http' }),
);
const clusterPort = fc.oneof(
  fc.record({ tcp: fc.record({ destinationPort: fc.record({ number }) }) }),
  fc.constantFrom({ udp: {} }, { destinationNamedPort: 'http' }, { sctp: { destinationPort: { range: { start: 1, end: 100 } } } }),
);
const ordered = (actions: readonly string[], key: 'from' | 'to', portKey: 'ports' | 'protocols') =>
  fc.array(
    fc.record({
      action: fc.constantFrom(...actions),
      [key]: fc.array(key === 'to' ? fc.oneof(subject, networksPeer) : subject, { minLength: 1, maxLength: 2 }),
      [portKey]: fc.array<unknown>(portKey === 'ports' ? adminPort : clusterPort, { maxLength: 2 }),
    }),
    { maxLength: 3 },
  );
const admin = (actions: readonly string[], portKey: 'ports' | 'protocols') =>
  fc.record({ subject, ingress: ordered(actions, 'from', portKey), egress: ordered(actions, 'to', portKey) });
const pod = fc.record({
  namespace: fc.constantFrom('a', 'b'),
  labels: label,
  address: fc.constantFrom('10.1.0.1', '10.1.0.2', '10.2.0.1', '2001:db8::1'),
  http: fc.constantFrom(80, 81),
});

const cluster = fc.record({
  pods: fc.array(pod, { minLength: 2, maxLength: 5 }),
  policies: fc.array(networkPolicy, { maxLength: 4 }),
  admin: fc.array(admin(['Allow', 'Deny', 'Pass'], 'ports'), { maxLength: 2 }),
  baseline: fc.option(admin(['Allow', 'Deny'], 'ports'), { nil: undefined }),
  tiers: fc.array(fc.record({ tier: fc.constantFrom('Admin', 'Baseline'), rules: admin(['Accept', 'Deny', 'Pass'], 'protocols') }), {
    maxLength: 2,
  }),
});

test('the engine agrees with the literal evaluator on every probe', () => {
  fc.assert(
    fc.property(cluster, ({ pods, policies, admin: admins, baseline, tiers }) => {
      const group = 'policy.networking.k8s.io';
      const objects = [
        ...policies.map(({ namespace, spec }, index) => ({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: `n${index}`, namespace },
          spec,
        })),
        ...admins.map((spec, index) => ({
          apiVersion: `${group}/v1alpha1`,
          kind: 'AdminNetworkPolicy',
          metadata: { name: `a${index}` },
          spec: { ...spec, priority: index },
        })),
        ...(baseline === undefined
          ? []
          : [{ apiVersion: `${group}/v1alpha1`, kind: 'BaselineAdminNetworkPolicy', metadata: { name: 'default' }, spec: baseline }]),
        ...tiers.map(({ tier, rules }, index) => ({
          apiVersion: `${group}/v1alpha2`,
          kind: 'ClusterNetworkPolicy',
          metadata: { name: `c${index}` },
          spec: { ...rules, tier, priority: 500 + index },
        })),
      ] as unknown as readonly KubeObject[];
      const made = pods.map(({ namespace, labels, address, http }, index) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `p${index}`, namespace, labels },
        spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: http }] }] },
        status: { podIPs: [{ ip: address }] },
      })) as unknown as readonly KubeObject[];
      const spaces = Object.entries(namespaces).map(([name, labels]) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels },
      })) as unknown as readonly KubeObject[];
      const outside = ['10.1.0.9', '192.168.0.7', '8.8.8.8', '2001:db8::9'];
      const cuts = outside.flatMap((text) => parseAddress(text) ?? []);
      const net = network(
        snapshot({ resources: [...spaces, ...made, ...objects].map((object) => resource(object, { kind: 'memory' })) }),
        undefined,
        cuts,
      );
      assert.deepEqual(
        net.complaints.filter(({ problem }) => problem.level === 'error'),
        [],
        'every made-up policy is a valid one',
      );
      const ends: readonly (End & { readonly place: number })[] = [
        ...net.workloads
          .flatMap(({ endpoints }) => endpoints)
          .map((endpoint) => {
            const own = pods[Number(endpoint.name.slice(1))];
            return {
              place: net.places.placeOf(endpoint),
              pod: {
                namespace: endpoint.workload.namespace,
                labels: own?.labels as Record<string, string>,
                ports: [{ name: 'http', protocol: 'TCP', number: own?.http ?? 0 }],
              },
              ...(own === undefined ? {} : { address: own.address }),
            };
          }),
        ...outside.map((address, index) => ({
          address,
          place:
            net.places.pods.length +
            net.places.external.findIndex(({ family, first }) => family === cuts[index]?.family && first === cuts[index]?.first),
        })),
      ];
      const world = { namespaces, policies: objects };
      for (const from of ends)
        for (const to of ends) {
          if (from.pod === undefined && to.pod === undefined) continue;
          const [egress, ingress] = traceBetween(net, from.place, to.place);
          assert.equal(egress.allowed, net.egress(from.place, to.place));
          assert.equal(ingress.allowed, net.ingress(from.place, to.place));
          for (const name of ['TCP', 'UDP', 'SCTP'] as const)
            for (const at of [52, 53, 80, 81, 90, 443]) {
              const packet = { from, to, protocol: name, port: at };
              assert.equal(
                net.ports.has(net.egress(from.place, to.place), name, at),
                passes(world, packet, 'egress'),
                `egress ${name} ${at}`,
              );
              assert.equal(
                net.ports.has(net.ingress(from.place, to.place), name, at),
                passes(world, packet, 'ingress'),
                `ingress ${name} ${at}`,
              );
              assert.equal(net.ports.has(net.allowed(from.place, to.place), name, at), allowed(world, packet));
            }
        }
    }),
    { numRuns: 250 },
  );
});

const range: fc.Arbitrary<PortRange> = fc
  .record({
    protocol: fc.constantFrom<Protocol>('TCP', 'UDP', 'SCTP'),
    a: fc.integer({ min: 1, max: 12 }),
    b: fc.integer({ min: 1, max: 12 }),
  })
  .map((one) => ({ protocol: one.protocol, first: Math.min(one.a, one.b), last: Math.max(one.a, one.b) }));

test('port sets are sets', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 4 }), fc.array(range, { maxLength: 4 }), (left, right) => {
      const sets = portSets();
      const [a, b] = [sets.of(left), sets.of(right)];
      const inside = (list: readonly PortRange[], protocol: Protocol, at: number) =>
        list.some((one) => one.protocol === protocol && one.first <= at && at <= one.last);
      for (const protocol of ['TCP', 'UDP', 'SCTP'] as const)
        for (let at = 1; at <= 13; at++) {
          const [x, y] = [inside(left, protocol, at), inside(right, protocol, at)];
          assert.equal(sets.has(a, protocol, at), x);
          assert.equal(sets.has(sets.union(a, b), protocol, at), x || y);
          assert.equal(sets.has(sets.intersection(a, b), protocol, at), x && y);
          assert.equal(sets.has(sets.difference(a, b), protocol, at), x && !y);
        }
      assert.equal(sets.union(a, b), sets.union(b, a), 'equal sets have one number');
      assert.equal(sets.union(sets.difference(allPorts, a), a), allPorts);
      assert.equal(sets.intersection(sets.difference(allPorts, a), a), noPorts);
      assert.equal(sets.of(sets.ranges(a)), a);
    }),
  );
});

const odd = fc.jsonValue({ maxDepth: 3 });
const oddFields = (keys: readonly string[]): fc.Arbitrary<unknown> =>
  fc.dictionary(
    fc.constantFrom(...keys),
    fc.oneof(odd, fc.array(fc.dictionary(fc.constantFrom(...keys), fc.oneof(odd, fc.array(fc.dictionary(fc.constantFrom(...keys), odd)))))),
  );

test('objects of any shape are read without an accident', () => {
  const keys = [
    'podSelector',
    'namespaceSelector',
    'matchLabels',
    'matchExpressions',
    'ingress',
    'egress',
    'from',
    'to',
    'ports',
    'port',
    'endPort',
    'ipBlock',
    'cidr',
    'except',
    'subject',
    'namespaces',
    'pods',
    'networks',
    'nodes',
    'action',
    'priority',
    'protocols',
    'tcp',
    'policyTypes',
    'selector',
    'rules',
    'backendRefs',
    'http',
    'paths',
    'containers',
    'containerPort',
    'hostNetwork',
    'nodeName',
    '__proto__',
    'constructor',
  ];
  const kinds = [
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy'],
    ['policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy'],
    ['v1', 'Pod'],
    ['v1', 'Service'],
    ['v1', 'Node'],
    ['v1', 'Namespace'],
    ['networking.k8s.io/v1', 'Ingress'],
    ['route.openshift.io/v1', 'Route'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ] as const;
  const strange = fc.record({ kind: fc.constantFrom(...kinds), labels: odd, spec: fc.oneof(odd, oddFields(keys)), status: odd });
  fc.assert(
    fc.property(fc.array(strange, { maxLength: 6 }), (list) => {
      const objects = list.map(({ kind: [apiVersion, kind], labels, spec, status }, index) => ({
        apiVersion,
        kind,
        metadata: { name: `o${index}`, labels },
        spec,
        status,
      })) as unknown as readonly KubeObject[];
      const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
      assert.ok([...connectivity(state).connections()].length >= 0);
      assert.ok(exposure(state).workloads.length >= 0);
    }),
    { numRuns: 400 },
  );
});
