// What played controllers do when a time comes: the clock is moved by hand.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as moment } from 'node:timers/promises';
import { ask, listed, node, played } from '../../../../test/played.ts';
import { asList, dig, field, type JsonObject } from '../../../lib/json.ts';
import type { Clock } from '../clock.ts';
import type { World } from '../world.ts';

interface Moved extends Clock {
  readonly go: (seconds: number) => Promise<void>;
}

function clockAt(start: string): Moved {
  let now = Date.parse(start);
  const alarms = new Map<object, { readonly time: number; readonly act: () => void }>();
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await moment();
  };
  return {
    now: () => now,
    at(time, act) {
      const alarm = { time, act };
      alarms.set(alarm, alarm);
      return () => alarms.delete(alarm);
    },
    async go(seconds) {
      const end = now + seconds * 1000;
      for (;;) {
        const [next] = [...alarms.values()].filter(({ time }) => time <= end).sort((a, b) => a.time - b.time);
        if (next === undefined) break;
        alarms.delete(next);
        now = Math.max(now, next.time);
        next.act();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

const list = listed;
const names = (world: World, group: string, resource: string) => list(world, group, resource).map((each) => dig(each, 'metadata', 'name'));
const said = (world: World) => list(world, '', 'events').map((each) => `${field(each, 'reason')}: ${field(each, 'message')}`);
const jobs = '/apis/batch/v1/namespaces/default/jobs';
const large = { resources: { requests: { cpu: '900' } } };
const ending = (more: JsonObject = {}): JsonObject => ({
  template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i', ...more }] } },
});
const cronJob = (spec: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'c' },
  spec: { jobTemplate: { spec: ending(more) }, ...spec },
});
const cronJobs = '/apis/batch/v1/namespaces/default/cronjobs';
const minuteOf = (time: string) => Date.parse(time) / 60_000;

describe('a CronJob', () => {
  test('makes a Job each hour, named for its minute, and keeps three', async (t) => {
    const clock = clockAt('2026-05-01T09:30:00Z');
    const world = await played(t, [node], clock);
    await ask(world, 'POST', cronJobs, cronJob({ schedule: '@hourly' }));
    await clock.go(1700);
    assert.deepEqual(names(world, 'batch', 'jobs'), []);
    await clock.go(200);
    assert.deepEqual(names(world, 'batch', 'jobs'), [`c-${minuteOf('2026-05-01T10:00:00Z')}`]);
    await clock.go(5 * 3600);
    assert.deepEqual(
      names(world, 'batch', 'jobs'),
      [13, 14, 15].map((hour) => `c-${minuteOf(`2026-05-01T${hour}:00:00Z`)}`),
    );
    const [found] = list(world, 'batch', 'cronjobs');
    assert.equal(dig(found, 'status', 'lastScheduleTime'), '2026-05-01T15:00:00Z');
    assert.equal(dig(found, 'status', 'active'), undefined);
  });

  test('says in the time of its zone when its Job was due', async (t) => {
    const clock = clockAt('2026-05-01T00:30:00Z');
    const world = await played(t, [node], clock);
    await ask(world, 'POST', cronJobs, cronJob({ schedule: '0 9 * * *', timeZone: 'Asia/Kolkata' }));
    await clock.go(4 * 3600);
    const [job] = list(world, 'batch', 'jobs');
    assert.equal(dig(job, 'metadata', 'annotations', 'batch.kubernetes.io/cronjob-scheduled-timestamp'), '2026-05-01T09:00:00+05:30');
  });

  test('that is suspended makes none, and catches up with the last one', async (t) => {
    const clock = clockAt('2026-05-01T09:30:00Z');
    const world = await played(t, [node], clock);
    await ask(world, 'POST', cronJobs, cronJob({ schedule: '0 * * * *', suspend: true }));
    await clock.go(3 * 3600);
    assert.deepEqual(names(world, 'batch', 'jobs'), []);
    await ask(world, 'PATCH', `${cronJobs}/c`, { spec: { suspend: false } });
    assert.deepEqual(names(world, 'batch', 'jobs'), [`c-${minuteOf('2026-05-01T12:00:00Z')}`]);
  });

  test('whose deadline is over says that it missed its time', async (t) => {
    const clock = clockAt('2026-05-01T09:30:00Z');
    const world = await played(t, [node], clock);
    await ask(world, 'POST', cronJobs, cronJob({ schedule: '0 * * * *', suspend: true, startingDeadlineSeconds: 60 }));
    await clock.go(3 * 3600);
    await ask(world, 'PATCH', `${cronJobs}/c`, { spec: { suspend: false } });
    assert.deepEqual(names(world, 'batch', 'jobs'), []);
  });

  for (const [policy, jobNames, word] of [
    ['Allow', ['10', '11'], 'SuccessfulCreate'],
    ['Forbid', ['10'], 'JobAlreadyActive'],
    ['Replace', ['11'], 'SuccessfulDelete'],
  ] as const)
    test(`of the policy ${policy} whose Job is still under way`, async (t) => {
      const clock = clockAt('2026-05-01T09:30:00Z');
      const world = await played(t, [node], clock);
      await ask(world, 'POST', cronJobs, cronJob({ schedule: '0 * * * *', concurrencyPolicy: policy }, large));
      await clock.go(2 * 3600);
      assert.deepEqual(
        names(world, 'batch', 'jobs'),
        jobNames.map((hour) => `c-${minuteOf(`2026-05-01T${hour}:00:00Z`)}`),
      );
      assert.ok(said(world).some((each) => each.startsWith(word)));
    });
});

test('a Job that has ended goes when its time to live is over, with its pods', async (t) => {
  const clock = clockAt('2026-05-01T09:30:00Z');
  const world = await played(t, [node], clock);
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { ...ending(), ttlSecondsAfterFinished: 600 } };
  await ask(world, 'POST', jobs, job);
  await clock.go(500);
  assert.deepEqual(names(world, 'batch', 'jobs'), ['j']);
  await clock.go(200);
  assert.deepEqual([...names(world, 'batch', 'jobs'), ...names(world, '', 'pods')], []);
});

test('a pod leaves a tainted node when it bears the taint no longer', async (t) => {
  const clock = clockAt('2026-05-01T09:30:00Z');
  const world = await played(t, [node], clock);
  const tolerations = [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }];
  const spec = { containers: [{ name: 'c', image: 'i' }], tolerations };
  await ask(world, 'POST', '/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
  await ask(world, 'PATCH', '/api/v1/nodes/a', { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } });
  await clock.go(290);
  assert.deepEqual(names(world, '', 'pods'), ['p']);
  await clock.go(20);
  assert.deepEqual(names(world, '', 'pods'), []);
  assert.deepEqual(said(world).slice(-1), ['TaintManagerEviction: Marking for deletion Pod default/p']);
});

test('a Deployment that does not get on says so when its deadline is over', async (t) => {
  const clock = clockAt('2026-05-01T09:30:00Z');
  const world = await played(t, [node], clock);
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i', ...large }] } };
  const spec = { selector: { matchLabels: { a: 'b' } }, template, progressDeadlineSeconds: 600 };
  await ask(world, 'POST', '/apis/apps/v1/namespaces/default/deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec,
  });
  const reason = () =>
    field(
      asList(dig(list(world, 'apps', 'deployments')[0], 'status', 'conditions')).find((each) => field(each, 'type') === 'Progressing'),
      'reason',
    );
  assert.equal(reason(), 'ReplicaSetUpdated');
  await clock.go(700);
  assert.equal(reason(), 'ProgressDeadlineExceeded');
});
