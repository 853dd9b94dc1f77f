// Random clusters, and random flows between what is in them: the policies that come of it refuse none of the flows, and let nothing else through,
// port by port. Workloads that share their labels count as one, since no policy can tell them apart.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../kube/object.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { observer } from '../flows/observe.ts';
import type { FlowRecord } from '../flows/record.ts';
import { network } from '../network.ts';
import { groupsOf } from './groups.ts';
import { plan } from './plan.ts';

const label = fc.record(
  { app: fc.constantFrom('web', 'api', 'db'), tier: fc.constantFrom('front', 'back'), 'pod-template-hash': fc.constantFrom('a1', 'b2') },
  { requiredKeys: [] },
);
const pod = fc.record({
  namespace: fc.constantFrom('a', 'b', 'c'),
  labels: label,
  http: fc.option(fc.constantFrom(80, 8080), { nil: undefined }),
});
const port = fc.constantFrom(80, 8080, 5432);
const protocol = fc.constantFrom<'TCP' | 'UDP' | 'SCTP'>('TCP', 'UDP', 'SCTP');
const end = fc.nat({ max: 9 });
const outside = fc.constantFrom('8.8.8.8', '1.1.1.1', '93.184.215.14', '2606:4700::1111');
const flow = fc.record({ from: end, to: end, out: fc.option(outside, { nil: undefined }), into: fc.boolean(), protocol, port });
const story = fc.record({
  pods: fc.array(pod, { minLength: 2, maxLength: 7 }),
  flows: fc.array(flow, { maxLength: 10 }),
  dialect: fc.constantFrom<'kubernetes' | 'cilium'>('kubernetes', 'cilium'),
});

test('generated policies refuse no flow that was seen and let nothing else through', () => {
  fc.assert(
    fc.property(story, ({ pods, flows, dialect }) => {
      const objects = pods.map(({ namespace, labels, http }, index) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `p${index}`, namespace, labels },
        spec: { containers: [{ name: 'c', ports: http === undefined ? [] : [{ name: 'http', containerPort: http }] }] },
        status: { podIP: `10.1.0.${index + 1}`, startTime: '2026-01-01T00:00:00Z' },
      })) as unknown as readonly KubeObject[];
      const net = network(snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) }));
      const watch = observer(net);
      const address = (index: number) => `10.1.0.${(index % pods.length) + 1}`;
      for (const { from, to, out, into, protocol: own, port: at } of flows) {
        const ends = out === undefined ? [address(from), address(to)] : into ? [out, address(to)] : [address(from), out];
        const record: FlowRecord = {
          source: { address: ends[0] ?? '' },
          destination: { address: ends[1] ?? '' },
          protocol: own,
          port: at,
          verdict: 'allowed',
          reply: false,
          count: 1,
        };
        watch.add({ kind: 'flows', flows: [record] }, 'sensor', { file: 'f', line: 1 });
      }
      const observed = watch.result();
      const made = plan(net, observed, [], { dialect, namespaces: [], dns: false, replace: false });
      assert.deepEqual(made.replay.denied, []);
      assert.deepEqual(made.replay.undecided, []);

      const groups = groupsOf(net);
      const key = (index: number) => {
        const workload = net.workloads.find(({ name }) => name === `p${index}`);
        const group = workload === undefined ? undefined : groups.of(workload)[0];
        return group?.workloads.map(({ name }) => name).join();
      };
      const seen = new Set(
        flows
          .filter(({ out }) => out === undefined)
          .filter(({ from, to }) => from % pods.length !== to % pods.length)
          .map(({ from, to, protocol: own, port: at }) => `${key(from % pods.length)} ${key(to % pods.length)} ${own} ${at}`),
      );
      const { after } = made;
      const endpoint = (index: number) => after.workloads.find(({ name }) => name === `p${index}`)?.endpoints[0];
      for (let from = 0; from < pods.length; from++)
        for (let to = 0; to < pods.length; to++) {
          const [source, target] = [endpoint(from), endpoint(to)];
          if (from === to || source === undefined || target === undefined) continue;
          const ports = after.allowed(after.places.placeOf(source), after.places.placeOf(target));
          for (const own of ['TCP', 'UDP', 'SCTP'] as const)
            for (const at of [79, 80, 81, 8080, 5432, 443])
              assert.equal(
                after.ports.has(ports, own, at),
                seen.has(`${key(from)} ${key(to)} ${own} ${at}`),
                `p${from} to p${to} ${own} ${at}`,
              );
        }
    }),
    { numRuns: 300 },
  );
});

test('the same input gives the same policies, whatever the order of the flows', () => {
  fc.assert(
    fc.property(story, fc.integer(), ({ pods, flows }, seed) => {
      const objects = pods.map(({ namespace, labels }, index) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `p${index}`, namespace, labels },
        spec: { containers: [] },
        status: { podIP: `10.1.0.${index + 1}` },
      })) as unknown as readonly KubeObject[];
      const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
      const made = (list: typeof flows) => {
        const net = network(state);
        const watch = observer(net);
        for (const { from, to, protocol: own, port: at } of list)
          watch.add(
            {
              kind: 'flows',
              flows: [
                {
                  source: { address: `10.1.0.${(from % pods.length) + 1}` },
                  destination: { address: `10.1.0.${(to % pods.length) + 1}` },
                  protocol: own,
                  port: at,
                  verdict: 'allowed',
                  reply: false,
                  count: 1,
                },
              ],
            },
            'sensor',
            { file: 'f', line: 1 },
          );
        return JSON.stringify(
          plan(net, watch.result(), [], { dialect: 'kubernetes', namespaces: [], dns: true, replace: false }).policies.map(
            ({ object }) => object,
          ),
        );
      };
      const shuffled = [...flows].sort((a, b) => ((a.from * 31 + a.port + seed) % 7) - ((b.from * 31 + b.port + seed) % 7));
      assert.equal(made(flows), made(shuffled));
    }),
    { numRuns: 100 },
  );
});
