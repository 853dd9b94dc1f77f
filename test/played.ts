// A world with played controllers for a test, and requests of its administrator.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setImmediate as moment } from 'node:timers/promises';
import type { KubeObject } from '../src/kube/object.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { write } from '../src/request/write/write.ts';
import { type Clock, systemClock } from '../src/server/simulate/clock.ts';
import { startControllers } from '../src/server/simulate/controllers.ts';
import { startPlay } from '../src/server/simulate/play/play.ts';
import { makeWorld, type World } from '../src/server/simulate/world.ts';

const room = { cpu: '8', memory: '16Gi', pods: '20' };
/** A node with room for most things. */
export const node: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a', uid: 'a', labels: { 'kubernetes.io/hostname': 'a' } },
  status: { allocatable: room, capacity: room },
};

export async function played(t: TestContext, objects: readonly KubeObject[] = [node], clock: Clock = systemClock): Promise<World> {
  const ended: (() => void)[] = [];
  const world = await makeWorld(
    objects,
    (made) => {
      const { settle, stop } = startControllers(made, '');
      ended.push(stop);
      return { settle };
    },
    { clock },
  );
  ended.push(startPlay(world));
  t.after(() => {
    for (const end of ended) end();
  });
  return world;
}

/** Asks, and lets controllers do what is to be done then. */
export async function ask(world: World, method: string, path: string, value: JsonObject): Promise<void> {
  const user = { name: 'admin', groups: ['system:masters'] };
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const answer = write({ method, path, query: {}, user, contentType, body: { kind: 'json', value } }, world.writing());
  assert.equal(answer.refusal?.message, undefined);
  for (let turn = 0; turn < 20; turn++) await moment();
}

/** Objects of the namespace `default`. */
export function listed(
  { store }: World,
  group: string,
  resource: string,
  _namespace: string | undefined = 'default',
): readonly JsonObject[] {
  return store.list({ group, resource }, 'default');
}
