// The traps of network policies, each as a sentence: where readers of manifests, and other tools, go wrong.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { parseAddress } from '../lib/cidr.ts';
import { resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { defaultReading, type Network, network } from './network.ts';
import { partyNamed } from './parties.ts';
import { noPorts, portText } from './port-set.ts';

type Fields = Readonly<Record<string, unknown>>;

const object = (apiVersion: string, kind: string, metadata: Fields, rest: Fields = {}) =>
  ({ apiVersion, kind, metadata, ...rest }) as unknown as KubeObject;
const pod = (namespace: string, name: string, spec: Fields = {}, status: Fields = {}) =>
  object('v1', 'Pod', { name, namespace, labels: { app: name } }, { spec: { containers: [], ...spec }, status });
const policy = (spec: Fields, namespace = 'a', name = 'p') =>
  object('networking.k8s.io/v1', 'NetworkPolicy', { name, namespace }, { spec });
const admin = (spec: Fields, name = 'admin') =>
  object(
    'policy.networking.k8s.io/v1alpha1',
    'AdminNetworkPolicy',
    { name },
    { spec: { priority: 10, subject: { namespaces: {} }, ...spec } },
  );
const baseline = (spec: Fields) =>
  object(
    'policy.networking.k8s.io/v1alpha1',
    'BaselineAdminNetworkPolicy',
    { name: 'default' },
    { spec: { subject: { namespaces: {} }, ...spec } },
  );
const cluster = (spec: Fields, name = 'cluster') =>
  object(
    'policy.networking.k8s.io/v1alpha2',
    'ClusterNetworkPolicy',
    { name },
    { spec: { tier: 'Admin', priority: 20, subject: { namespaces: {} }, ...spec } },
  );
const ports = (...list: readonly Fields[]) => ({ containers: [{ name: 'c', ports: list }] });

const pods = [pod('a', 'web'), pod('a', 'api'), pod('b', 'job'), object('v1', 'Namespace', { name: 'b', labels: { team: 'x' } })];

function state(objects: readonly KubeObject[]): Snapshot {
  return snapshot({ resources: objects.map((one) => resource(one, { kind: 'memory' })) });
}

function asked(objects: readonly KubeObject[], from: string, to: string, reading = defaultReading): string {
  const cuts = [from, to].flatMap((name) => parseAddress(name) ?? []);
  const net = network(state(objects), reading, cuts);
  return portText(net.ports, net.allowed(place(net, from), place(net, to)));
}

function place(net: Network, name: string): number {
  const found = partyNamed(net, name);
  assert.ok(found.ok, name);
  return found.value.places[0] ?? -1;
}

const all = 'All Connections';
const none = 'No Connections';
const web = { podSelector: { matchLabels: { app: 'web' } } };

type Row = readonly [sentence: string, objects: readonly KubeObject[], from: string, to: string, ports: string];

const rows: Readonly<Record<string, readonly Row[]>> = {
  isolation: [
    ['a pod that no policy selects is open', pods, 'b/job', 'a/web', all],
    ['a policy without rules isolates', [...pods, policy(web)], 'b/job', 'a/web', none],
    ['it isolates in its directions alone', [...pods, policy(web)], 'a/web', 'b/job', all],
    ['absent policyTypes and no egress rule leave egress open', [...pods, policy({ ...web, egress: [] })], 'a/web', 'b/job', all],
    [
      'absent policyTypes and an egress rule isolate egress',
      [...pods, policy({ ...web, egress: [{ ports: [{ port: 53 }] }] })],
      'a/web',
      'b/job',
      'TCP 53',
    ],
    [
      'absent policyTypes isolate ingress even where only egress has rules',
      [...pods, policy({ ...web, egress: [{}] })],
      'b/job',
      'a/web',
      none,
    ],
    ['ingress: [{}] allows everything', [...pods, policy({ ...web, ingress: [{}] })], 'b/job', 'a/web', all],
    [
      'from: [] is any source, not none',
      [...pods, policy({ ...web, ingress: [{ from: [], ports: [{ port: 80 }] }] })],
      'b/job',
      'a/web',
      'TCP 80',
    ],
    [
      'ports: [] is any port',
      [...pods, policy({ ...web, ingress: [{ from: [{ namespaceSelector: {} }], ports: [] }] })],
      'b/job',
      'a/web',
      all,
    ],
    ['podSelector: {} is every pod of the namespace', [...pods, policy({ podSelector: {} })], 'b/job', 'a/api', none],
    ['a policy holds for its own namespace alone', [...pods, policy({ podSelector: {} })], 'a/web', 'b/job', all],
    [
      'two policies add up',
      [...pods, policy(web), policy({ ...web, ingress: [{ ports: [{ port: 80 }] }] }, 'a', 'q')],
      'b/job',
      'a/web',
      'TCP 80',
    ],
    [
      'both ends must agree',
      [
        ...pods,
        policy({ ...web, ingress: [{ ports: [{ port: 80 }, { port: 81 }] }] }),
        policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 81 }, { port: 82 }] }] }, 'b'),
      ],
      'b/job',
      'a/web',
      'TCP 81',
    ],
  ],
  peers: [
    [
      "podSelector alone is about the policy's own namespace",
      [...pods, policy({ ...web, ingress: [{ from: [{ podSelector: {} }] }] })],
      'b/job',
      'a/web',
      none,
    ],
    [
      'namespaceSelector: {} is all namespaces',
      [...pods, policy({ ...web, ingress: [{ from: [{ namespaceSelector: {} }] }] })],
      'b/job',
      'a/web',
      all,
    ],
    [
      'both in one peer must hold',
      [
        ...pods,
        policy({
          ...web,
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } }, podSelector: { matchLabels: { app: 'api' } } }] }],
        }),
      ],
      'b/job',
      'a/web',
      none,
    ],
    [
      'two peers are alternatives',
      [
        ...pods,
        policy({
          ...web,
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }, { podSelector: { matchLabels: { app: 'api' } } }] }],
        }),
      ],
      'a/api',
      'a/web',
      all,
    ],
    [
      'NotIn matches pods without the label',
      [
        ...pods,
        policy({
          ...web,
          ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['x'] }] } }] }],
        }),
      ],
      'a/api',
      'a/web',
      all,
    ],
    [
      'every namespace has its name as a label, with no Namespace object too',
      [...pods, policy({ ...web, ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'a' } } }] }] })],
      'a/api',
      'a/web',
      all,
    ],
    [
      'a selector that matches no pod lets no one in',
      [...pods, policy({ ...web, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'wbe' } } }] }] })],
      'a/api',
      'a/web',
      none,
    ],
    [
      'a label named constructor is a label',
      [...pods, policy({ ...web, ingress: [{ from: [{ podSelector: { matchLabels: { constructor: 'x' } } }] }] })],
      'a/api',
      'a/web',
      none,
    ],
  ],
  addresses: [
    [
      'an address inside the block',
      [...pods, policy({ ...web, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }] })],
      '10.2.0.1',
      'a/web',
      all,
    ],
    [
      'an address in the exception',
      [...pods, policy({ ...web, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }] })],
      '10.1.0.1',
      'a/web',
      none,
    ],
    [
      'an IPv6 block',
      [...pods, policy({ ...web, ingress: [{ from: [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }] }] })],
      '2001:db8::1',
      'a/web',
      all,
    ],
    [
      'the exception of an IPv6 block',
      [...pods, policy({ ...web, ingress: [{ from: [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }] }] })],
      '2001:db8:1::1',
      'a/web',
      none,
    ],
    [
      '0.0.0.0/0 is no IPv6 address',
      [...pods, policy({ ...web, ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] })],
      '2001:db8::1',
      'a/web',
      none,
    ],
    [
      'namespaceSelector: {} is no address outside',
      [...pods, policy({ ...web, ingress: [{ from: [{ namespaceSelector: {} }] }] })],
      '8.8.8.8',
      'a/web',
      none,
    ],
    [
      'except outside cidr: no API server takes the policy, so it does nothing',
      [...pods, policy({ ...web, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }] })],
      'b/job',
      'a/web',
      all,
    ],
  ],
  ports: [
    ['a port without protocol is TCP', [...pods, policy({ ...web, ingress: [{ ports: [{ port: 53 }] }] })], 'b/job', 'a/web', 'TCP 53'],
    [
      'a protocol without port is all its ports',
      [...pods, policy({ ...web, ingress: [{ ports: [{ protocol: 'UDP' }] }] })],
      'b/job',
      'a/web',
      'UDP 1-65535',
    ],
    [
      'endPort is part of the range',
      [...pods, policy({ ...web, ingress: [{ ports: [{ port: 80, endPort: 82 }] }] })],
      'b/job',
      'a/web',
      'TCP 80-82',
    ],
    [
      'SCTP is a protocol of its own',
      [...pods, policy({ ...web, ingress: [{ ports: [{ port: 80, protocol: 'SCTP' }] }] })],
      'b/job',
      'a/web',
      'SCTP 80',
    ],
    [
      'a name is looked up in the destination',
      [
        pod('a', 'web', ports({ name: 'http', containerPort: 8080 })),
        pod('b', 'job', ports({ name: 'http', containerPort: 9 })),
        policy({ ...web, ingress: [{ ports: [{ port: 'http' }] }] }),
      ],
      'b/job',
      'a/web',
      'TCP 8080',
    ],
    [
      'a name is looked up in the destination of egress too',
      [
        pod('a', 'web', ports({ name: 'http', containerPort: 8080 })),
        pod('b', 'job', ports({ name: 'http', containerPort: 9 })),
        policy({ ...web, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'http' }] }] }),
      ],
      'a/web',
      'b/job',
      'TCP 9',
    ],
    [
      'a name of another protocol does not count',
      [
        pod('a', 'web', ports({ name: 'dns', containerPort: 53, protocol: 'UDP' })),
        pod('b', 'job'),
        policy({ ...web, ingress: [{ ports: [{ port: 'dns' }] }] }),
      ],
      'b/job',
      'a/web',
      none,
    ],
    [
      'a name may stand for several ports',
      [
        pod('a', 'web', {
          initContainers: [{ name: 's', restartPolicy: 'Always', ports: [{ name: 'http', containerPort: 81 }] }],
          ...ports({ name: 'http', containerPort: 80 }),
        }),
        pod('b', 'job'),
        policy({ ...web, ingress: [{ ports: [{ port: 'http' }] }] }),
      ],
      'b/job',
      'a/web',
      'TCP 80-81',
    ],
    [
      'a name matches no address outside',
      [
        pod('a', 'web'),
        policy({ ...web, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 'http' }] }] }),
      ],
      'a/web',
      '8.8.8.8',
      none,
    ],
  ],
  nodes: [
    [
      "a pod on its host's network is selected by no policy",
      [pod('a', 'web', { hostNetwork: true }), pod('b', 'job'), policy(web)],
      'b/job',
      'a/web',
      all,
    ],
    [
      'and by no selector of a peer',
      [pod('a', 'web'), pod('a', 'api', { hostNetwork: true }), policy({ ...web, ingress: [{ from: [{ podSelector: {} }] }] })],
      'a/api',
      'a/web',
      none,
    ],
  ],
  tiers: [
    [
      'an admin rule that allows wins over isolation',
      [...pods, policy(web), admin({ ingress: [{ action: 'Allow', from: [{ namespaces: {} }], ports: [{ portNumber: { port: 80 } }] }] })],
      'b/job',
      'a/web',
      'TCP 80',
    ],
    [
      'an admin rule that denies wins over NetworkPolicy',
      [...pods, policy({ ...web, ingress: [{}] }), admin({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })],
      'b/job',
      'a/web',
      none,
    ],
    [
      'the first rule decides',
      [
        ...pods,
        admin({
          ingress: [
            { action: 'Allow', from: [{ namespaces: {} }] },
            { action: 'Deny', from: [{ namespaces: {} }] },
          ],
        }),
      ],
      'b/job',
      'a/web',
      all,
    ],
    [
      'the lower number is asked first',
      [
        ...pods,
        admin({ priority: 5, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] }, 'z'),
        admin({ priority: 6, ingress: [{ action: 'Allow', from: [{ namespaces: {} }] }] }, 'b'),
      ],
      'b/job',
      'a/web',
      none,
    ],
    [
      'Pass skips the later admin rules',
      [
        ...pods,
        admin({
          ingress: [
            { action: 'Pass', from: [{ namespaces: {} }] },
            { action: 'Deny', from: [{ namespaces: {} }] },
          ],
        }),
      ],
      'b/job',
      'a/web',
      all,
    ],
    [
      'Pass goes to NetworkPolicy',
      [...pods, policy(web), admin({ ingress: [{ action: 'Pass', from: [{ namespaces: {} }] }] })],
      'b/job',
      'a/web',
      none,
    ],
    [
      'and where no NetworkPolicy selects the pod, to the baseline',
      [
        ...pods,
        admin({ ingress: [{ action: 'Pass', from: [{ namespaces: {} }] }] }),
        baseline({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] }),
      ],
      'b/job',
      'a/web',
      none,
    ],
    [
      'a NetworkPolicy in that direction silences the baseline',
      [...pods, policy({ ...web, ingress: [{}] }), baseline({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })],
      'b/job',
      'a/web',
      all,
    ],
    [
      'an admin policy isolates no one',
      [...pods, admin({ ingress: [{ action: 'Allow', from: [{ namespaces: {} }], ports: [{ portNumber: { port: 80 } }] }] })],
      'b/job',
      'a/web',
      all,
    ],
    [
      'a namespace peer of the admin tier is no address outside',
      [...pods, admin({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })],
      '8.8.8.8',
      'a/web',
      all,
    ],
    [
      'an admin port without protocol is TCP',
      [...pods, admin({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }], ports: [{ portNumber: { port: 53 } }] }] })],
      'b/job',
      'a/web',
      'SCTP 1-65535,TCP 1-52,54-65535,UDP 1-65535',
    ],
    [
      "Accept is ClusterNetworkPolicy's word",
      [
        ...pods,
        policy(web),
        cluster({ ingress: [{ action: 'Accept', from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 80 } } }] }] }),
      ],
      'b/job',
      'a/web',
      'TCP 80',
    ],
    [
      'and Allow is none of its words: the policy is refused',
      [
        ...pods,
        cluster({
          ingress: [
            { action: 'Allow', from: [{ namespaces: {} }] },
            { action: 'Deny', from: [{ namespaces: {} }] },
          ],
        }),
      ],
      'b/job',
      'a/web',
      all,
    ],
    [
      'Pass in the baseline tier skips its rest',
      [
        ...pods,
        cluster({
          tier: 'Baseline',
          ingress: [
            { action: 'Pass', from: [{ namespaces: {} }] },
            { action: 'Deny', from: [{ namespaces: {} }] },
          ],
        }),
      ],
      'b/job',
      'a/web',
      all,
    ],
    [
      'an unknown peer of an Accept rule matches nothing',
      [...pods, policy(web), cluster({ ingress: [{ action: 'Accept', from: [{ planets: {} }] }] })],
      'b/job',
      'a/web',
      none,
    ],
    [
      'an unknown peer of a Deny rule matches everything',
      [...pods, cluster({ ingress: [{ action: 'Deny', from: [{ planets: {} }] }] })],
      'b/job',
      'a/web',
      none,
    ],
  ],
};

for (const [group, list] of Object.entries(rows))
  describe(group, () => {
    for (const [sentence, objects, from, to, expected] of list) test(sentence, () => assert.equal(asked(objects, from, to), expected));
  });

describe('readings', () => {
  const blocked = [
    pod('a', 'web'),
    pod('b', 'job', {}, { podIPs: [{ ip: '10.1.0.1' }] }),
    policy({ ...web, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }),
  ];
  test('a block matches the address of a pod where the plug-in does so', () => assert.equal(asked(blocked, 'b/job', 'a/web'), all));
  test('and does not where the plug-in goes by identity', () =>
    assert.equal(asked(blocked, 'b/job', 'a/web', { ...defaultReading, blocksMatchPods: false }), none));
  test('networks of the admin tier match pods too', () => {
    const objects = [
      pod('a', 'web'),
      pod('b', 'job', {}, { podIPs: [{ ip: '10.1.0.1' }] }),
      admin({ egress: [{ action: 'Deny', to: [{ networks: ['10.0.0.0/8'] }] }] }),
    ];
    assert.equal(asked(objects, 'a/web', 'b/job'), none);
  });
});

describe('pods and their nodes', () => {
  const ends = (net: Network) =>
    Object.fromEntries(net.workloads.flatMap(({ endpoints }) => endpoints).map((endpoint) => [endpoint.name, endpoint]));
  const net = network(
    state([
      pod('a', 'web', { nodeName: 'n1' }),
      pod('a', 'agent', { nodeName: 'n1', hostNetwork: true }),
      pod('a', 'other', { nodeName: 'n2', hostNetwork: true }),
      pod('a', 'done', {}, { phase: 'Succeeded' }),
      policy(web),
    ]),
  );
  const { web: target, agent, other, done } = ends(net);
  assert.ok(target !== undefined && agent !== undefined && other !== undefined);
  test('traffic from its own node reaches a pod whatever its policies say', () => assert.notEqual(net.between(agent, target), noPorts));
  test('traffic from another node does not', () => assert.equal(net.between(other, target), noPorts));
  test('a pod reaches itself', () => assert.notEqual(net.between(target, target), noPorts));
  test('a pod that has ended is no end of a connection', () => assert.equal(done, undefined));
});

describe('complaints', () => {
  const told = (...objects: readonly KubeObject[]) =>
    network(state([...pods, ...objects])).complaints.map(({ problem, path }) => `${problem.code} ${path}`);
  const table: readonly (readonly [string, readonly KubeObject[], readonly string[]])[] = [
    ['a good policy has none', [policy(web)], []],
    [
      'except outside cidr',
      [policy({ ...web, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/8'] } }] }] })],
      ['network/invalid-policy /spec/ingress/0/from/0/ipBlock'],
    ],
    [
      'endPort without port',
      [policy({ ...web, ingress: [{ ports: [{ endPort: 90 }] }] })],
      ['network/invalid-policy /spec/ingress/0/ports/0'],
    ],
    [
      'endPort with a name',
      [policy({ ...web, ingress: [{ ports: [{ port: 'http', endPort: 90 }] }] })],
      ['network/invalid-policy /spec/ingress/0/ports/0'],
    ],
    ['an empty peer', [policy({ ...web, ingress: [{ from: [{}] }] })], ['network/invalid-policy /spec/ingress/0/from/0']],
    ['a bad label key', [policy({ podSelector: { matchLabels: { 'a b': 'x' } } })], ['network/invalid-policy /spec/podSelector']],
    ['no spec at all', [object('networking.k8s.io/v1', 'NetworkPolicy', { name: 'p', namespace: 'a' })], ['network/invalid-policy /spec']],
    ['a priority over 1000', [admin({ priority: 1001 })], ['network/invalid-policy /spec/priority']],
    [
      'two admin policies of one priority',
      [
        admin({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] }, 'x'),
        admin({ ingress: [{ action: 'Allow', from: [{ namespaces: {} }] }] }, 'y'),
      ],
      ['network/equal-priority /spec/priority'],
    ],
    [
      'a port by name towards a block',
      [policy({ ...web, egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 'http' }] }] })],
      ['network/named-port-on-block /spec/egress/0'],
    ],
    [
      'lists and numbers where objects belong',
      [policy({ podSelector: [], ingress: 7, egress: [3], policyTypes: 'Ingress' })],
      ['/spec/ingress', '/spec/policyTypes', '/spec/podSelector', '/spec/egress/0'].map((path) => `network/invalid-policy ${path}`),
    ],
  ];
  for (const [name, objects, expected] of table) test(name, () => assert.deepEqual(told(...objects), expected));
  test('policies of kinds that are not evaluated are named', () => {
    const other = object('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', { name: 'c' }, { spec: {} });
    assert.deepEqual(
      network(state([...pods, other])).unevaluated.map(({ kind }) => kind),
      ['ClusterNetworkPolicy'],
    );
  });
});

test('ten thousand policies on one pod are one row', () => {
  const many = Array.from({ length: 10_000 }, (_, index) =>
    policy({ ...web, ingress: [{ ports: [{ port: 1 + (index % 100) }] }] }, 'a', `p${index}`),
  );
  assert.equal(asked([...pods, ...many], 'b/job', 'a/web'), 'TCP 1-100');
});

test('ten thousand blocks are no quadratic work', () => {
  const many = Array.from({ length: 10_000 }, (_, index) =>
    policy({ ...web, ingress: [{ from: [{ ipBlock: { cidr: `10.${index >> 8}.${index & 255}.0/24` } }] }] }, 'a', `p${index}`),
  );
  assert.equal(asked([...pods, ...many], '10.39.15.1', 'a/web'), all);
  assert.equal(asked([...pods, ...many], '10.39.16.1', 'a/web'), none);
});

test('a network that follows another answers as one built anew', () => {
  const base = state([...pods, policy(web)]);
  const first = network(base);
  first.sweep(() => undefined);
  const changed = {
    ...base,
    resources: [...base.resources, resource(policy({ ...web, ingress: [{ ports: [{ port: 80 }] }] }, 'a', 'q'), { kind: 'memory' })],
  };
  const [followed, anew] = [network(changed, defaultReading, [], first), network(changed)];
  const list = (net: Network) => {
    const found: string[] = [];
    net.sweep((source, destination, set) => found.push(`${source} ${destination} ${portText(net.ports, set)}`));
    return found.sort();
  };
  assert.deepEqual(list(followed), list(anew));
  assert.equal(portText(followed.ports, followed.allowed(place(followed, 'b/job'), place(followed, 'a/web'))), 'TCP 80');
});
