// What lines of each source come to, who their ends are, and what becomes of those that nobody can place.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../kube/object.ts';
import { parseCidr } from '../../lib/cidr.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { type Network, network } from '../network.ts';
import { compare } from './compare.ts';
import { declaredEdges } from './declared.ts';
import { mostAddresses, type Observed, observer, partyKey } from './observe.ts';
import { flowReader } from './read.ts';

type Fields = Readonly<Record<string, unknown>>;
const object = (apiVersion: string, kind: string, metadata: Fields, rest: Fields = {}) =>
  ({ apiVersion, kind, metadata, ...rest }) as unknown as KubeObject;
const controller = (kind: string, name: string) => ({ ownerReferences: [{ apiVersion: 'apps/v1', kind, name, controller: true }] });
const template = (app: string, ports: readonly Fields[] = [], env: readonly Fields[] = []) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', ports, env }] },
});
const deployment = (name: string, ports: readonly Fields[] = [], env: readonly Fields[] = []) =>
  object(
    'apps/v1',
    'Deployment',
    { name, namespace: 'shop' },
    { spec: { selector: { matchLabels: { app: name } }, template: template(name, ports, env) } },
  );
const pod = (name: string, ip: string, status: Fields = {}, metadata: Fields = {}, spec: Fields = {}) =>
  object(
    'v1',
    'Pod',
    { name, namespace: 'shop', labels: { app: name }, ...metadata },
    {
      spec: { containers: [], nodeName: 'n1', ...spec },
      status: { phase: 'Running', podIP: ip, startTime: '2026-01-01T00:00:00Z', ...status },
    },
  );
const service = (name: string, clusterIP: string, app: string, port: number, targetPort: number | string) =>
  object('v1', 'Service', { name, namespace: 'shop' }, { spec: { clusterIP, selector: { app }, ports: [{ port, targetPort }] } });

const live: readonly KubeObject[] = [
  pod('web', '10.1.0.1'),
  pod('cart', '10.1.0.2', {}, {}, { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] }),
  object('v1', 'Node', { name: 'n1' }, { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } }),
  object('v1', 'Node', { name: 'n2' }, { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.2' }] } }),
  service('cart', '10.96.0.10', 'cart', 80, 'http'),
  object(
    'v1',
    'Service',
    { name: 'kubernetes', namespace: 'default' },
    { spec: { clusterIP: '10.96.0.1', ports: [{ port: 443, targetPort: 6443 }] } },
  ),
  object(
    'v1',
    'Endpoints',
    { name: 'kubernetes', namespace: 'default' },
    { subsets: [{ addresses: [{ ip: '10.0.0.9' }], ports: [{ port: 6443 }] }] },
  ),
];

function networkOf(objects: readonly KubeObject[]): Network {
  return network(snapshot({ resources: objects.map((one) => resource(one, { kind: 'memory' })) }));
}

function observed(objects: readonly KubeObject[], lines: readonly string[], outside: readonly string[] = []): Observed {
  return observedIn(networkOf(objects), lines, outside);
}

function observedIn(net: Network, lines: readonly string[], outside: readonly string[] = []): Observed {
  const watch = observer(
    net,
    outside.flatMap((text) => parseCidr(text) ?? []),
  );
  const reader = flowReader();
  lines.forEach((line, index) => {
    const read = reader.line(line);
    if (read !== undefined) watch.add(read.read, read.format, { file: 'flows', line: index + 1 });
  });
  return watch.result();
}

/** `shop/Pod/web > shop/Pod/cart TCP 8080 allowed`. */
function texts({ edges }: Observed): readonly string[] {
  return edges.map(({ from, to, protocol, port, verdict }) => `${partyKey(from)} > ${partyKey(to)} ${protocol} ${port} ${verdict}`);
}

const webToCart = 'shop/Pod/web > shop/Pod/cart TCP 8080 allowed';
const hubble = (flow: Fields) =>
  JSON.stringify({ flow: { time: '2026-01-02T00:00:00.123456789Z', verdict: 'FORWARDED', is_reply: false, ...flow } });
const IP = { source: '10.1.0.1', destination: '10.1.0.2' };
const tcp = { l4: { TCP: { source_port: 40000, destination_port: 8080 } } };
const vpc = (source: string, destination: string, from: number, to: number, action = 'ACCEPT') =>
  `2 123456789010 eni-1235b8ca123456789 ${source} ${destination} ${from} ${to} 6 20 4249 1767312000 1767312060 ${action} OK`;

describe('each source', () => {
  const rows: readonly (readonly [
    sentence: string,
    lines: readonly string[],
    edges: readonly string[],
    counts?: Partial<Observed['counts']>,
  ])[] = [
    [
      'Hubble by names',
      [hubble({ IP, ...tcp, source: { namespace: 'shop', pod_name: 'web' }, destination: { namespace: 'shop', pod_name: 'cart' } })],
      [webToCart],
    ],
    ['Hubble by addresses', [hubble({ IP, ...tcp })], [webToCart]],
    [
      'Hubble without the wrapper',
      [JSON.stringify({ time: '2026-01-02T00:00:00Z', verdict: 'FORWARDED', IP, ...tcp, is_reply: false })],
      [webToCart],
    ],
    [
      'Hubble: an answer counts for the connection it answers',
      [
        hubble({
          IP: { source: '10.1.0.2', destination: '10.1.0.1' },
          l4: { TCP: { source_port: 8080, destination_port: 40000 } },
          is_reply: true,
        }),
      ],
      [webToCart],
      { replies: 1 },
    ],
    [
      'Hubble: flags tell the beginner where is_reply is absent',
      [hubble({ IP, l4: { TCP: { source_port: 8081, destination_port: 8080, flags: { SYN: true } } }, is_reply: undefined })],
      [webToCart],
    ],
    [
      'Hubble: denied by policy',
      [hubble({ IP, ...tcp, verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED' })],
      [webToCart.replace('allowed', 'denied')],
    ],
    [
      'Hubble: denied by number',
      [hubble({ IP, ...tcp, verdict: 'DROPPED', event_type: { type: 1, sub_type: 133 } })],
      [webToCart.replace('allowed', 'denied')],
    ],
    [
      'Hubble: another drop says nothing of policies',
      [hubble({ IP, ...tcp, verdict: 'DROPPED', drop_reason_desc: 'INVALID_SOURCE_IP' })],
      [],
      { failed: 1 },
    ],
    [
      'Hubble: UDP and SCTP',
      [
        hubble({ IP, l4: { UDP: { source_port: 40000, destination_port: 53 } } }),
        hubble({ IP, l4: { SCTP: { source_port: 40000, destination_port: 9 } } }),
      ],
      ['shop/Pod/web > shop/Pod/cart SCTP 9 allowed', 'shop/Pod/web > shop/Pod/cart UDP 53 allowed'],
    ],
    ['Hubble: ICMP has no port', [hubble({ IP, l4: { ICMPv4: { type: 8 } } })], [], { withoutPort: 1 }],
    [
      'Hubble: events of other kinds',
      ['{"node_status":{"state_change":"NODE_CONNECTED"}}', '{"lost_events":{"source":"PERF_EVENT_RING_BUFFER","num_events_lost":"17"}}'],
      [],
      { other: 1, lost: 17 },
    ],
    [
      'Hubble: the world by its identity, whatever the address',
      [hubble({ IP: { source: '192.168.7.7', destination: '10.1.0.2' }, ...tcp, source: { identity: 2 } })],
      ['outside > shop/Pod/cart TCP 8080 allowed'],
    ],
    [
      'Hubble: the API server',
      [
        hubble({
          IP: { source: '10.1.0.1', destination: '172.18.0.2' },
          l4: { TCP: { source_port: 40000, destination_port: 6443 } },
          destination: { labels: ['reserved:kube-apiserver', 'reserved:remote-node'] },
        }),
      ],
      ['shop/Pod/web > api-server TCP 6443 allowed'],
    ],
    [
      'Hubble: a pod that is gone, by its owner',
      [
        hubble({
          IP: { source: '10.1.0.1', destination: '10.1.9.9' },
          ...tcp,
          destination: { namespace: 'shop', pod_name: 'gone-7c9d8f5b4d-q7w5z', workloads: [{ kind: 'Pod', name: 'cart' }] },
        }),
      ],
      [webToCart],
    ],
    [
      'Hubble: a pod that nobody knows',
      [hubble({ IP: { source: '10.1.0.1', destination: '10.1.9.9' }, ...tcp, destination: { namespace: 'shop', pod_name: 'gone' } })],
      [],
      { unknown: 1 },
    ],
    [
      'Calico, flat',
      [
        JSON.stringify({
          start_time: 1767312000,
          end_time: 1767312060,
          action: 'allow',
          reporter: 'dst',
          proto: 'tcp',
          source_type: 'wep',
          source_namespace: 'shop',
          source_name: 'web',
          source_name_aggr: 'web',
          dest_type: 'wep',
          dest_namespace: 'shop',
          dest_name_aggr: 'cart-*',
          dest_port: 8080,
          num_flows_started: 3,
          bytes_in: 10,
          bytes_out: 20,
        }),
      ],
      [webToCart],
    ],
    [
      'Calico, Goldmane',
      [
        JSON.stringify({
          Key: {
            source_name: 'web',
            source_namespace: 'shop',
            source_type: 'WorkloadEndpoint',
            dest_name: 'cart',
            dest_namespace: 'shop',
            dest_type: 'WorkloadEndpoint',
            dest_port: 8080,
            proto: 'tcp',
            action: 'Deny',
            reporter: 'Dst',
          },
          start_time: 1767312000,
          packets_in: 3,
        }),
      ],
      [webToCart.replace('allowed', 'denied')],
    ],
    [
      'Calico: a network',
      [
        JSON.stringify({
          start_time: 1767312000,
          action: 'allow',
          proto: 'tcp',
          source_type: 'net',
          source_namespace: '-',
          source_name: '-',
          source_name_aggr: 'pvt',
          source_ip: '192.168.3.4',
          dest_type: 'wep',
          dest_namespace: 'shop',
          dest_name_aggr: 'cart',
          dest_port: 8080,
        }),
      ],
      ['outside > shop/Pod/cart TCP 8080 allowed'],
    ],
    ['VPC without a heading is version 2', [vpc('10.1.0.1', '10.1.0.2', 40000, 8080)], [webToCart]],
    ['VPC: the way back is an answer', [vpc('10.1.0.2', '10.1.0.1', 8080, 40000)], [webToCart], { replies: 1 }],
    ['VPC: REJECT', [vpc('10.1.0.1', '10.1.0.2', 40000, 8080, 'REJECT')], [webToCart.replace('allowed', 'denied')]],
    [
      'VPC with a heading of its own',
      [
        'version srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol tcp-flags flow-direction action start end',
        '5 10.0.0.1 10.0.0.2 10.1.0.1 10.1.0.2 5000 8080 6 2 ingress ACCEPT 1767312000 1767312060',
      ],
      [webToCart],
    ],
    ['VPC: ports that are both low, by who is known to listen', [vpc('10.1.0.2', '10.1.0.1', 8080, 5000)], [webToCart], { replies: 1 }],
    ['VPC: nobody is known to listen', [vpc('10.1.0.1', '10.1.0.2', 5000, 5001)], [], { undirected: 1 }],
    [
      'VPC: no data, skipped data',
      ['2 1 eni-1 - - - - - - - 1767312000 1767312060 - NODATA', '2 1 eni-1 - - - - - - - 1767312000 1767312060 - SKIPDATA'],
      [],
      { other: 1, lost: 1 },
    ],
    [
      'Google Cloud: VPC flow',
      [
        JSON.stringify({
          jsonPayload: {
            connection: { src_ip: '10.1.0.1', src_port: 40000, dest_ip: '10.1.0.2', dest_port: 8080, protocol: 6 },
            bytes_sent: '100',
            start_time: '2026-01-02T00:00:00Z',
            end_time: '2026-01-02T00:00:05Z',
          },
          logName: 'projects/p/logs/compute.googleapis.com%2Fvpc_flows',
        }),
      ],
      [webToCart],
    ],
    [
      'Google Cloud: Dataplane V2',
      [
        JSON.stringify({
          jsonPayload: {
            connection: {
              src_ip: '10.9.0.1',
              src_port: 40000,
              dest_ip: '10.9.0.2',
              dest_port: 8080,
              protocol: 'tcp',
              direction: 'ingress',
            },
            disposition: 'deny',
            src: { pod_name: 'web', namespace: 'shop' },
            dest: { pod_name: 'cart', namespace: 'shop' },
            count: 2,
          },
          timestamp: '2026-01-02T00:00:00Z',
        }),
      ],
      [webToCart.replace('allowed', 'denied')],
    ],
    [
      'Tetragon: tcp_connect to a Service',
      [
        JSON.stringify({
          process_kprobe: {
            process: { pod: { namespace: 'shop', name: 'web' } },
            function_name: 'tcp_connect',
            args: [
              {
                sock_arg: {
                  family: 'AF_INET',
                  type: 'SOCK_STREAM',
                  protocol: 'IPPROTO_TCP',
                  saddr: '10.1.0.1',
                  daddr: '10.96.0.10',
                  sport: 40000,
                  dport: 80,
                },
              },
            ],
          },
          time: '2026-01-02T00:00:00Z',
        }),
      ],
      [webToCart],
    ],
    [
      'Tetragon: process_connect of old',
      [
        JSON.stringify({
          process_connect: {
            process: { pod: { namespace: 'shop', name: 'web' } },
            source_ip: '10.1.0.1',
            source_port: 40000,
            destination_ip: '10.1.0.2',
            destination_port: 8080,
            protocol: 'TCP',
          },
          time: '2026-01-02T00:00:00Z',
        }),
      ],
      [webToCart],
    ],
    ['Tetragon: other events', ['{"process_exec":{"process":{}},"time":"2026-01-02T00:00:00Z"}'], [], { other: 1 }],
    [
      'conntrack: the answer names the pod behind the Service',
      [
        'tcp      6 431999 ESTABLISHED src=10.1.0.1 dst=10.96.0.10 sport=40000 dport=80 src=10.1.0.2 dst=10.1.0.1 sport=8080 dport=40000 [ASSURED] mark=0 use=1',
      ],
      [webToCart],
    ],
    [
      'conntrack as /proc prints it',
      [
        'ipv4     2 tcp      6 100 ESTABLISHED src=10.1.0.1 dst=10.1.0.2 sport=40000 dport=8080 packets=1 bytes=60 src=10.1.0.2 dst=10.1.0.1 sport=8080 dport=40000 packets=1 bytes=60 [ASSURED] mark=0 zone=0 use=2',
      ],
      [webToCart],
    ],
    [
      'conntrack: nobody answered',
      [
        'tcp 6 119 SYN_SENT src=10.1.0.1 dst=10.1.0.2 sport=40000 dport=8080 [UNREPLIED] src=10.1.0.2 dst=10.1.0.1 sport=8080 dport=40000 mark=0 use=1',
      ],
      [],
      { failed: 1 },
    ],
    ['conntrack: its last line', ['conntrack v1.4.6 (conntrack-tools): 20 flow entries have been shown.'], [], { other: 1 }],
    [
      'our own lines',
      [
        JSON.stringify({
          apiVersion: 'cofferdam.dev/v1',
          kind: 'Flow',
          time: '2026-01-02T00:00:00Z',
          source: { namespace: 'shop', pod: 'web' },
          destination: { address: '10.96.0.10' },
          protocol: 'TCP',
          port: 80,
          count: 7,
        }),
      ],
      [webToCart],
    ],
    ["a Service's address leads to its pods, at their port", [vpc('10.1.0.1', '10.96.0.10', 40000, 80)], [webToCart]],
    [
      'the Service kubernetes leads to the API server',
      [vpc('10.1.0.1', '10.96.0.1', 40000, 443)],
      ['shop/Pod/web > api-server TCP 6443 allowed'],
    ],
    ['an address of a node', [vpc('10.1.0.1', '10.0.0.2', 40000, 10250)], ['shop/Pod/web > nodes TCP 10250 allowed']],
    ['a public address is outside', [vpc('10.1.0.1', '8.8.8.8', 40000, 443)], ['shop/Pod/web > outside TCP 443 allowed']],
    ['the metadata service is outside', [vpc('10.1.0.1', '169.254.169.254', 40000, 80)], ['shop/Pod/web > outside TCP 80 allowed']],
    ['a private address of nobody is unknown', [vpc('10.1.0.1', '10.1.0.77', 40000, 80)], [], { unknown: 1 }],
    ['two ends that are no workloads are nothing to policies', [vpc('10.0.0.1', '8.8.8.8', 40000, 443)], [], { foreign: 1 }],
  ];
  for (const [sentence, lines, edges, counts = {}] of rows)
    test(sentence, () => {
      const result = observed(live, lines);
      assert.deepEqual(texts(result), edges);
      assert.equal(result.counts.malformed, 0, JSON.stringify(result.badLines));
      for (const [key, value] of Object.entries(counts)) assert.deepEqual(Reflect.get(result.counts, key), value, key);
    });
});

test('counts, bytes, times and names are added up', () => {
  const dns = hubble({
    IP: { source: '10.1.0.2', destination: '10.1.0.1' },
    l4: { UDP: { source_port: 53, destination_port: 40000 } },
    is_reply: true,
    l7: { type: 'RESPONSE', dns: { query: 'Pay.example.com.', ips: ['93.184.215.14'] } },
  });
  const { edges, window } = observed(live, [
    dns,
    vpc('10.1.0.1', '93.184.215.14', 40000, 443),
    vpc('10.1.0.1', '93.184.215.14', 40001, 443),
  ]);
  const edge = edges.find(({ to }) => to.kind === 'outside');
  assert.deepEqual(
    { flows: edge?.flows, bytes: edge?.bytes, first: edge?.first, last: edge?.last, addresses: edge?.addresses },
    {
      flows: 2,
      bytes: 8498,
      first: 1767312000000,
      last: 1767312060000,
      addresses: [{ address: '93.184.215.14', flows: 2, names: ['pay.example.com'] }],
    },
  );
  assert.deepEqual(window, { first: 1767312000000, last: 1767312060000 });
});

describe('addresses are given out again', () => {
  const ended = (name: string, ip: string, from: string, until: string) =>
    pod(
      name,
      ip,
      { phase: 'Succeeded', startTime: from, containerStatuses: [{ state: { terminated: { finishedAt: until } } }] },
      controller('Job', 'batch'),
    );
  const job = object('batch/v1', 'Job', { name: 'batch', namespace: 'shop' }, { spec: { template: template('batch') } });
  const objects = [
    ...live.filter(({ metadata }) => metadata?.name !== 'web'),
    pod('web', '10.1.0.1', { startTime: '2026-01-02T12:00:00Z' }),
    job,
    ended('batch-x2x9k', '10.1.0.1', '2026-01-02T01:00:00Z', '2026-01-02T02:00:00Z'),
  ];
  const at = (hour: string) => observed(objects, [hubble({ time: `2026-01-02T${hour}:30:00Z`, IP, ...tcp })]);
  test('an hour ago it was the job', () => assert.deepEqual(texts(at('01')), ['shop/Job/batch > shop/Pod/cart TCP 8080 allowed']));
  test('now it is the web', () => assert.deepEqual(texts(at('13')), [webToCart]));
  test('between the two it was nobody, and nobody is named', () =>
    assert.deepEqual(
      at('05').unknown.map(({ end, why }) => [end, why]),
      [['10.1.0.1', 'nobody had this address then']],
    ));
  test('a record that spans both names neither', () => {
    const spanning = '2 1 eni-1 10.1.0.1 10.1.0.2 40000 8080 6 1 1 1767317400 1767359400 ACCEPT OK';
    assert.deepEqual(
      observed(objects, [spanning]).unknown.map(({ why }) => why),
      ['several pods had this address'],
    );
  });
  test('without a time those count that run now', () =>
    assert.deepEqual(
      texts(
        observed(objects, [
          'tcp 6 1 ESTABLISHED src=10.1.0.1 dst=10.1.0.2 sport=40000 dport=8080 src=10.1.0.2 dst=10.1.0.1 sport=8080 dport=40000 [ASSURED]',
        ]),
      ),
      [webToCart],
    ));
});

describe('owners by the names of their pods', () => {
  const rows: readonly (readonly [name: string, kind: string, owner: string, found: boolean])[] = [
    ['api-7c9d8f5b4d-q7w5z', 'Deployment', 'api', true],
    ['api-x2x9k', 'Deployment', 'api', false],
    ['api-x2x9k', 'DaemonSet', 'api', true],
    ['api-0', 'StatefulSet', 'api', true],
    ['api-28012345-q7w5z', 'CronJob', 'api', true],
    ['api', 'Deployment', 'api', true],
    ['api-hello', 'Deployment', 'api', false],
  ];
  for (const [name, kind, owner, found] of rows)
    test(`${name} ${found ? 'is' : 'is not'} a pod of the ${kind} ${owner}`, () => {
      const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template: template('api') } } } : { template: template('api') };
      const workload = object(kind === 'CronJob' ? 'batch/v1' : 'apps/v1', kind, { name: owner, namespace: 'shop' }, { spec });
      const line = hubble({
        IP: { source: '10.1.0.1', destination: '10.9.9.9' },
        ...tcp,
        destination: { namespace: 'shop', pod_name: name },
      });
      assert.equal(texts(observed([...live, workload], [line])).length, found ? 1 : 0);
    });
});

test('private addresses that the caller knows to be outside are outside', () => {
  const line = vpc('10.1.0.1', '192.168.5.5', 40000, 5432);
  assert.deepEqual(texts(observed(live, [line])), []);
  assert.deepEqual(texts(observed(live, [line], ['192.168.0.0/16'])), ['shop/Pod/web > outside TCP 5432 allowed']);
});

describe('bad input', () => {
  test('unknown addresses are counted and shown, with their ports and who spoke to them', () => {
    const { unknown, counts } = observed(live, [
      vpc('10.1.0.1', '10.1.0.77', 40000, 80),
      vpc('10.1.0.88', '10.1.0.2', 40000, 8080),
      vpc('10.1.0.1', '10.1.0.77', 40000, 81),
    ]);
    assert.deepEqual(unknown, [
      { end: '10.1.0.77', why: 'nobody has this address', flows: 2, ports: ['TCP 80', 'TCP 81'], with: ['shop/Pod/web'] },
      { end: '10.1.0.88', why: 'nobody has this address', flows: 1, ports: ['TCP 8080'], with: ['shop/Pod/cart'] },
    ]);
    assert.equal(counts.unknown, 3);
  });
  test('malformed lines are counted with their places, and the rest is read', () => {
    const lines = [
      '{"flow":',
      'what is this',
      '2 1 eni-1 10.1.0.1',
      '{"flow":{"IP":{}}}',
      '{"a":1}',
      vpc('10.1.0.1', '10.1.0.2', 40000, 8080),
    ];
    const result = observed(live, lines);
    assert.deepEqual(texts(result), [webToCart]);
    assert.equal(result.counts.malformed, 5);
    assert.deepEqual(
      result.badLines.map(({ line }) => line),
      [1, 2, 3, 4, 5],
    );
  });
  test('odd addresses, ports and times are no accident', () => {
    const lines = [
      vpc('10.1.0.1', '10.1.0.2', 40000, 99999),
      vpc('::ffff:10.1.0.1', '10.1.0.2', 40000, 8080),
      hubble({ IP: { source: 'x'.repeat(9999), destination: '10.1.0.2' }, ...tcp, time: '9999-99-99T99:99:99Z' }),
      hubble({
        IP: { source: '__proto__', destination: 'constructor' },
        ...tcp,
        source: { namespace: '__proto__', pod_name: 'constructor' },
      }),
      JSON.stringify({
        apiVersion: 'cofferdam.dev/v1',
        kind: 'Flow',
        source: { address: '10.1.0.1' },
        destination: { address: '10.1.0.2' },
        port: 8080,
        count: 1e300,
        bytes: -1,
      }),
    ];
    const result = observed(live, lines);
    assert.deepEqual(texts(result), [webToCart]);
    assert.ok(Number.isSafeInteger(result.edges[0]?.flows));
  });
  test('a million clients cost no more than the addresses that are kept', () => {
    const lines = Array.from({ length: 2000 }, (_, index) => vpc(`8.8.${index >> 8}.${index & 255}`, '10.1.0.2', 40000, 8080));
    const [edge] = observed(live, lines).edges;
    assert.equal(edge?.addresses.length, mostAddresses);
    assert.equal(edge?.moreAddresses, 2000 - mostAddresses);
    assert.equal(edge?.flows, 2000);
  });
  test('JSON of any shape is read without an accident', () => {
    const keys = [
      'flow',
      'IP',
      'l4',
      'TCP',
      'source',
      'destination',
      'labels',
      'workloads',
      'verdict',
      'jsonPayload',
      'connection',
      'src_ip',
      'dest_ip',
      'Key',
      'source_type',
      'action',
      'process_kprobe',
      'process_connect',
      'args',
      'sock_arg',
      'function_name',
      'time',
      '__proto__',
      'constructor',
      'l7',
      'dns',
      'ips',
      'lost_events',
    ];
    const odd = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('10.1.0.1', '10.1.0.2', 8080, 'FORWARDED', 'tcp_connect', 'tcp', 'allow', 6, null, true, ''),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 6 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.constantFrom(...keys), odd, { maxKeys: 8 }), { maxLength: 5 }), (values) => {
        assert.ok(
          observed(
            live,
            values.map((value) => JSON.stringify(value)),
          ).edges.length >= 0,
        );
      }),
      { numRuns: 300 },
    );
  });
  test('text of any shape is read without an accident', () => {
    const words = fc.constantFrom(
      '2',
      'tcp',
      '6',
      'src=10.1.0.1',
      'dst=10.1.0.2',
      'sport=1',
      'dport=80',
      '-',
      'srcaddr',
      'version',
      'ACCEPT',
      '[UNREPLIED]',
      '10.1.0.1',
      '=',
      '{',
      '}',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.array(words, { maxLength: 16 }).map((list) => list.join(' ')),
          { maxLength: 6 },
        ),
        (lines) => {
          assert.ok(observed(live, lines).counts.malformed >= 0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('comparison', () => {
  const policy = object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { name: 'cart', namespace: 'shop' },
    {
      spec: {
        podSelector: { matchLabels: { app: 'cart' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 8080 }] }],
      },
    },
  );
  const objects = [
    deployment('web', [], [{ name: 'CART_URL', value: 'http://cart.shop.svc.cluster.local:80/v1' }]),
    deployment('cart', [{ name: 'http', containerPort: 8080 }]),
    deployment('job'),
    service('cart', '10.96.0.10', 'cart', 80, 'http'),
    policy,
  ];
  const flow = (from: string, to: string, port: number) =>
    JSON.stringify({
      apiVersion: 'cofferdam.dev/v1',
      kind: 'Flow',
      source: { namespace: 'shop', pod: from },
      destination: { namespace: 'shop', pod: to },
      port,
    });
  const net = networkOf(objects);
  const declared = declaredEdges(net);
  const result = compare(net, observedIn(net, [flow('web', 'cart', 8080), flow('job', 'cart', 8080), flow('web', 'job', 9)]), declared);
  const short = (edges: readonly { readonly from: Parameters<typeof partyKey>[0]; readonly to: Parameters<typeof partyKey>[0] }[]) =>
    edges.map(({ from, to }) => `${partyKey(from)} > ${partyKey(to)}`);
  test('manifests declare what settings name', () =>
    assert.deepEqual(
      declared.map(({ because, port }) => [because, port]),
      [['env CART_URL', 8080]],
    ));
  test('what was let through and would not be now', () =>
    assert.deepEqual(short(result.deniedNow), ['shop/Deployment/job > shop/Deployment/cart']));
  test('what no manifest speaks of', () =>
    assert.deepEqual(short(result.unexpected), [
      'shop/Deployment/job > shop/Deployment/cart',
      'shop/Deployment/web > shop/Deployment/job',
    ]));
  test('what is allowed and never used', () => {
    assert.equal(result.allowedPairs, 5);
    assert.equal(result.usedPairs, 2);
    assert.equal(result.unused.length, 3);
  });
});

describe('names of Services in settings', () => {
  const rows: readonly (readonly [value: string, declared: boolean])[] = [
    ['cart', true],
    ['cart:80', true],
    ['http://cart/v1', true],
    ['redis://user:secret@cart:80/0', true],
    ['cart.shop', true],
    ['cart.shop.svc', true],
    ['cart.shop.svc.cluster.local:80', true],
    ['cart.shop.example.com', false],
    ['the cart is full', false],
    ['shopping-cart', false],
    ['cart:81', false],
    ['cart.other', false],
  ];
  for (const [value, found] of rows)
    test(`"${value}" ${found ? 'declares' : 'does not declare'} a connection`, () => {
      const objects = [
        deployment('web', [], [{ name: 'X', value }]),
        deployment('cart', [{ name: 'http', containerPort: 8080 }]),
        service('cart', '10.96.0.10', 'cart', 80, 'http'),
      ];
      const net = networkOf(objects);
      assert.equal(declaredEdges(net).length, found ? 1 : 0);
    });
});
