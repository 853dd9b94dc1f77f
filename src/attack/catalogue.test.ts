import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assumedFacts, resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { build } from './build.ts';
import type { Edge } from './edge.ts';
import { edges } from './edges/index.ts';
import { applied, type Repair } from './repair.ts';

/** The objects of an edge's example, and nothing else. */
function exampleOf({ example }: Edge): Snapshot {
  const resources = example.objects.map((object) => resource(object, { kind: 'memory' }));
  return snapshot({ resources, facts: assumedFacts(example.kubernetesVersion) });
}

function found(of: Snapshot): readonly string[] {
  const graph = build(of, edges);
  return [...new Set(graph.arcs.filter(({ role }) => role === 'edge').map(({ edge }) => edge))].sort();
}

/** Edges that everything in a graph brings along: what a token of kube-system is good for, what is at the end of a hub. */
const consequences = ['escalate-role', 'cp-node', 'node-tokens', 'etcd-direct'];

describe('the catalogue of edges', () => {
  for (const edge of edges) {
    test(`${edge.id}: its example has exactly this edge`, () => {
      const wanted = [edge.id, ...(edge.example.also ?? [])];
      const others = found(exampleOf(edge)).filter((id) => !consequences.includes(id) || wanted.includes(id));
      assert.deepEqual(others, wanted.sort());
    });

    if (edge.example.notRepairedHere !== true)
      test(`${edge.id}: its repair takes it away`, () => {
        let now = exampleOf(edge);
        for (let round = 0; round < 4 && found(now).includes(edge.id); round++) {
          const repair = repairOf(now, edge);
          assert.ok(repair, 'no repair is offered');
          now = applied(now, [repair]);
        }
        assert.ok(!found(now).includes(edge.id));
      });
  }

  test('ids are unique, techniques are ids of ATT&CK', () => {
    assert.equal(new Set(edges.map(({ id }) => id)).size, edges.length);
    assert.deepEqual(
      edges.filter(({ technique }) => !/^T[0-9]{4}(\.[0-9]{3})?$/.test(technique.attack)),
      [],
    );
  });
});

/** The first change that takes an instance of the edge away: its own, or one of what leads up to it. */
function repairOf(of: Snapshot, edge: Edge): Repair | undefined {
  const graph = build(of, edges);
  const queue = graph.arcs.flatMap((arc) => (arc.role === 'edge' && arc.edge === edge.id ? [arc] : []));
  const seen = new Set(queue);
  for (const arc of queue) {
    const [repair] = arc.repairs;
    if (repair !== undefined) return repair;
    for (const before of graph.arcs)
      if (before.to === arc.from && !seen.has(before)) {
        seen.add(before);
        queue.push(before);
      }
  }
  return undefined;
}
