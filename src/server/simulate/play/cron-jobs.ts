// CronJobs, played: a Job for each time of the schedule, named for its minute, unless the CronJob is suspended, too late, or has one under way
// that may not be (pkg/controller/cronjob, 1.36). Where neither names a time zone it is UTC.

import { nameOf, uidOf } from '../../../kube/metadata.ts';
import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import { deleteAs } from '../chores/objects.ts';
import { timestamp } from '../world.ts';
import type { Happening } from './events.ts';
import { jobKind, outcomeOf } from './jobs.ts';
import { dueTimes, type Schedule, scheduleOf } from './schedule.ts';
import { keep, make, ownerReference, type Stage, timeOf } from './stage.ts';
import { type Zone, zoneOf } from './time-zone.ts';

const resource = { group: 'batch', resource: 'cronjobs' };
/** The controller looks a little after the time. */
const late = 100;

export function playCronJob(stage: Stage, cronJob: JsonObject): void {
  const own = jobsOf(stage, cronJob);
  let active = asList(dig(cronJob, 'status', 'active'));
  const without = (job: JsonObject) => active.filter((each) => field(each, 'uid') !== uidOf(job));
  for (const job of surplus(cronJob, own)) if (drop(stage, cronJob, job)) active = without(job);
  let last = timeOf(dig(cronJob, 'status', 'lastSuccessfulTime'));
  for (const job of own) {
    const outcome = outcomeOf(job);
    const isKnown = active.some((each) => field(each, 'uid') === uidOf(job));
    if (outcome === undefined) {
      if (!isKnown)
        say(stage, cronJob, 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${nameOf(job)}`, 'Warning');
      continue;
    }
    if (isKnown) say(stage, cronJob, 'SawCompletedJob', `Saw completed job: ${nameOf(job)}, condition: ${outcome}`);
    active = without(job);
    const end = timeOf(dig(job, 'status', 'completionTime'));
    if (outcome === 'Complete' && end !== undefined) last = Math.max(last ?? end, end);
  }
  const there = new Set(own.map(uidOf));
  for (const each of active)
    if (!there.has(asString(field(each, 'uid')) ?? ''))
      say(stage, cronJob, 'MissingJob', `Active job went missing: ${field(each, 'name')}`);
  active = active.filter((each) => there.has(asString(field(each, 'uid')) ?? ''));
  const started = start(stage, cronJob, active);
  const scheduled = started?.time ?? timeOf(dig(cronJob, 'status', 'lastScheduleTime'));
  active = started?.active ?? active;
  keep(stage, resource, stage.world.store.get(resource, stage.namespace, nameOf(cronJob)) ?? cronJob, {
    ...(active.length === 0 ? {} : { active: [...active] }),
    ...(scheduled === undefined ? {} : { lastScheduleTime: timestamp(scheduled) }),
    ...(last === undefined ? {} : { lastSuccessfulTime: timestamp(last) }),
  });
}

function jobsOf({ world, namespace }: Stage, cronJob: JsonObject): readonly JsonObject[] {
  const isOwner = (each: Json) => field(each, 'controller') === true && field(each, 'name') === nameOf(cronJob);
  return world.store.list(jobKind, namespace).filter((job) => asList(dig(job, 'metadata', 'ownerReferences')).some(isOwner));
}

function say({ recorder }: Stage, cronJob: JsonObject, reason: string, message: string, type: Happening['type'] = 'Normal'): void {
  recorder.note(cronJob, { component: 'cronjob-controller', type, reason, message });
}

/** Jobs that have ended beyond the history that is kept, the oldest of each outcome. */
function surplus(cronJob: JsonObject, own: readonly JsonObject[]): readonly JsonObject[] {
  const startOf = (job: JsonObject) => timeOf(dig(job, 'status', 'startTime')) ?? Number.POSITIVE_INFINITY;
  const kept = { Complete: 'successfulJobsHistoryLimit', Failed: 'failedJobsHistoryLimit' } as const;
  return (['Complete', 'Failed'] as const).flatMap((outcome) => {
    const ended = own.filter((job) => outcomeOf(job) === outcome);
    const limit = asNumber(dig(cronJob, 'spec', kept[outcome])) ?? ended.length;
    const oldest = [...ended].sort((a, b) => startOf(a) - startOf(b) || (nameOf(a) < nameOf(b) ? -1 : 1));
    return oldest.slice(0, Math.max(0, ended.length - limit));
  });
}

function drop(stage: Stage, cronJob: JsonObject, job: JsonObject): boolean {
  const why = deleteAs(stage.world, 'cronjob-controller', jobKind, job);
  if (why === undefined) say(stage, cronJob, 'SuccessfulDelete', `Deleted job ${nameOf(job)}`);
  else say(stage, cronJob, 'FailedDelete', `Deleted job: ${why}`, 'Warning');
  return why === undefined;
}

interface Started {
  readonly time: number;
  readonly active: readonly Json[];
}

/** Starts the Job that is due, and sees to it that the next one will be; undefined where there is none. */
function start(stage: Stage, cronJob: JsonObject, active: readonly Json[]): Started | undefined {
  const found = scheduleIn(stage, cronJob);
  if (found === undefined) return undefined;
  const { schedule, zone } = found;
  const now = stage.world.clock.now();
  const deadline = asNumber(dig(cronJob, 'spec', 'startingDeadlineSeconds'));
  const last = timeOf(dig(cronJob, 'status', 'lastScheduleTime'));
  const since = last ?? timeOf(dig(cronJob, 'metadata', 'creationTimestamp')) ?? now;
  const { latest, tooMany, never } = dueTimes(schedule, deadline === undefined ? since : Math.max(since, now - deadline * 1000), now);
  if (never) {
    const text = asString(dig(cronJob, 'spec', 'schedule')) ?? '';
    say(
      stage,
      cronJob,
      'InvalidSchedule',
      `invalid schedule: ${text} : time difference between two schedules is less than 1 second`,
      'Warning',
    );
    return undefined;
  }
  const next = schedule.next(dueTimes(schedule, since, now).latest ?? (latest === undefined ? since : now));
  if (next !== undefined) stage.again(Math.max(next, now) + late);
  if (latest === undefined) return undefined;
  if (tooMany) {
    const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    say(stage, cronJob, 'TooManyMissedTimes', `too many missed start times. ${advice}`, 'Warning');
  }
  if (deadline !== undefined && latest + deadline * 1000 < now) {
    say(stage, cronJob, 'MissSchedule', `Missed scheduled time to start a job: ${mailDate(latest)}`, 'Warning');
    return undefined;
  }
  const name = `${nameOf(cronJob)}-${Math.floor(latest / 60_000)}`;
  if (last === latest || active.some((each) => field(each, 'name') === name)) return undefined;
  const policy = dig(cronJob, 'spec', 'concurrencyPolicy');
  if (policy === 'Forbid' && active.length > 0) {
    const why = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    say(stage, cronJob, 'JobAlreadyActive', why);
    return undefined;
  }
  const left = policy === 'Replace' ? replaced(stage, cronJob, active) : active;
  const made = makeJob(stage, cronJob, name, shownIn(zone, latest));
  return made === undefined ? undefined : { time: latest, active: [...left, made] };
}

/** When it is due; undefined where it waits, or nobody can say. */
function scheduleIn(stage: Stage, cronJob: JsonObject): { readonly schedule: Schedule; readonly zone: Zone } | undefined {
  const { schedule: text, suspend, timeZone } = asObject(cronJob.spec);
  const zoneName = asString(timeZone) ?? 'UTC';
  const zone = zoneOf(zoneName);
  if (zone === undefined) {
    say(stage, cronJob, 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(zoneName)}: unknown time zone ${zoneName}`, 'Warning');
    return undefined;
  }
  if (suspend === true) return undefined;
  const written = asString(text) ?? '';
  if (written.includes('TZ')) {
    const page = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';
    const why = `CRON_TZ or TZ used in schedule ${JSON.stringify(written)} is not officially supported, see ${page} for more details`;
    say(stage, cronJob, 'UnsupportedSchedule', why, 'Warning');
  }
  const schedule = scheduleOf(written, zoneName);
  return schedule === undefined ? undefined : { schedule, zone };
}

function replaced(stage: Stage, cronJob: JsonObject, active: readonly Json[]): readonly Json[] {
  return active.filter((each) => {
    const job = stage.world.store.get(jobKind, stage.namespace, asString(field(each, 'name')) ?? '');
    return job !== undefined && !drop(stage, cronJob, job);
  });
}

/** The reference to a new Job of the template. */
function makeJob(stage: Stage, cronJob: JsonObject, name: string, scheduled: string): Json | undefined {
  const template = asObject(dig(cronJob, 'spec', 'jobTemplate'));
  const { labels, annotations } = asObject(template.metadata);
  const metadata = {
    name,
    ...(labels === undefined ? {} : { labels }),
    annotations: { ...asObject(annotations), 'batch.kubernetes.io/cronjob-scheduled-timestamp': scheduled },
    ownerReferences: [ownerReference(cronJob)],
  };
  const value = { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: asObject(template.spec) };
  const made = make(stage, 'cronjob-controller', 'batch/v1', 'jobs', value);
  const job = stage.world.store.get(jobKind, stage.namespace, name);
  if ('why' in made || job === undefined) {
    if ('why' in made && job === undefined) say(stage, cronJob, 'FailedCreate', `Error creating job: ${made.why}`, 'Warning');
    return undefined;
  }
  say(stage, cronJob, 'SuccessfulCreate', `Created job ${name}`);
  const { namespace = '', uid = '', resourceVersion = '' } = asObject(job.metadata);
  return { apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid, resourceVersion };
}

/** RFC 3339 with what the clocks of the zone show. */
function shownIn(zone: Zone, time: number): string {
  const { offset } = zone.read(time);
  const local = timestamp(time + offset).slice(0, -1);
  return `${local}${offset === 0 ? 'Z' : offsetText(offset)}`;
}

function offsetText(offset: number): string {
  const minutes = Math.abs(Math.round(offset / 60_000));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** As Go's RFC1123Z: `Mon, 02 Jan 2006 15:04:05 +0000`. */
function mailDate(time: number): string {
  return new Date(time).toUTCString().replace('GMT', '+0000');
}
