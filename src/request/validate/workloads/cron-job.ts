// CronJobs (kubernetes pkg/apis/batch/validation, 1.36). Time zones are those that the runtime of this program knows.

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { dnsLabel } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateNonNegatives } from '../numbers.ts';
import type { PodOptions } from '../pod/options.ts';
import { templateOptions } from '../pod/template.ts';
import { podNameWarning } from '../pod/warnings.ts';
import { byteLength, given, metadataOf, object, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';
import { scheduleComplaint } from './cron-schedule.ts';
import { jobMetadata, jobSpecWarnings, validateJobTemplate } from './job.ts';
import { shownSelector } from './selector.ts';

const path = fieldPath('spec');
const policies = ['Allow', 'Forbid', 'Replace'];

function isTimeZone(name: string): boolean {
  if (name === '' || name === 'UTC' || name === 'Local') return true;
  if (/^[-+0-9]/.test(name)) return false;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    // Names of files: the server's are told apart by case, those of the runtime are not.
    return known === name || (known.toLowerCase() !== name.toLowerCase() && /[A-Z]/.test(name));
  } catch {
    return false;
  }
}

function validateTimeZone(spec: JsonObject, errors: FieldError[]): void {
  if (!given(spec.timeZone)) return;
  const zone = text(spec.timeZone);
  const refuse = (why: string) => errors.push(invalid(path.child('timeZone'), zone, why));
  if (zone === '') {
    refuse('timeZone must be nil or non-empty string');
    return;
  }
  if (zone.split('/').some((part) => part === '.' || part === '..' || part.startsWith('-') || !/^[A-Za-z.\-_0-9+]{1,14}$/.test(part))) {
    refuse(`unknown time zone ${zone}`);
    return;
  }
  if (zone.toLowerCase() === 'local') refuse('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  if (!isTimeZone(zone)) refuse(`unknown time zone ${zone}`);
}

function validateSchedule(spec: JsonObject, old: JsonObject | undefined, errors: FieldError[]): void {
  const at = path.child('schedule');
  const schedule = text(spec.schedule);
  if (schedule === '') {
    errors.push(required(at));
    return;
  }
  const complaint = scheduleComplaint(schedule, isTimeZone);
  if (complaint !== undefined) errors.push(invalid(at, schedule, complaint));
  if (!schedule.includes('TZ')) return;
  const hadZone = text(old?.schedule).includes('TZ');
  if (!hadZone) errors.push(invalid(at, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  else if (given(spec.timeZone)) errors.push(invalid(at, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
}

function validateSpec(spec: JsonObject, old: JsonObject | undefined, errors: FieldError[], options: PodOptions): void {
  validateSchedule(spec, old, errors);
  validateNonNegatives(spec, ['startingDeadlineSeconds'], path, errors);
  if (old === undefined || given(old.timeZone) !== given(spec.timeZone) || text(old.timeZone) !== text(spec.timeZone))
    validateTimeZone(spec, errors);
  const policy = text(spec.concurrencyPolicy);
  if (policy === '') errors.push(required(path.child('concurrencyPolicy')));
  else if (!policies.includes(policy)) errors.push(notSupported(path.child('concurrencyPolicy'), policy, policies));
  const job = struct(struct(spec.jobTemplate).spec);
  validateTemplate(job, path.child('jobTemplate', 'spec'), errors, options);
  validateNonNegatives(spec, ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'], path, errors);
}

function validateTemplate(job: JsonObject, at: Path, errors: FieldError[], options: PodOptions): void {
  validateJobTemplate(job, at, errors, options);
  if (given(job.selector)) errors.push(invalid(at.child('selector'), shownSelector(job.selector), '`selector` will be auto-generated'));
  if (job.manualSelector === true) errors.push(notSupported(at.child('manualSelector'), true, ['nil', 'false']));
}

export const cronJob: Validator = {
  create: (cron, context) => {
    const errors: FieldError[] = [];
    validateMetadata(cron, jobMetadata, errors);
    validateSpec(struct(cron.spec), undefined, errors, templateOptions(context));
    const name = text(metadataOf(cron).name);
    if (byteLength(name) > 52) errors.push(invalid('metadata.name', name, 'must be no more than 52 characters'));
    return errors;
  },
  update: (cron, old, context, subresource) => {
    if (subresource === 'status') return [];
    const errors: FieldError[] = [];
    validateMetadataUpdate(cron, old, errors);
    const before = struct(old.spec);
    const oldTemplate = object(object(object(before.jobTemplate)?.spec)?.template);
    validateSpec(struct(cron.spec), before, errors, templateOptions(context, oldTemplate));
    return errors;
  },
  warnings: (cron, old, _context, subresource) => {
    if (subresource !== '') return [];
    const spec = struct(cron.spec);
    const job = () => jobSpecWarnings(struct(struct(spec.jobTemplate).spec), path.child('jobTemplate', 'spec'));
    if (old === undefined) return [...podNameWarning(dnsLabel(text(metadataOf(cron).name))), ...job()];
    const zone = text(spec.schedule).includes('TZ')
      ? [
          'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
        ]
      : [];
    return [...(metadataOf(cron).generation === metadataOf(old).generation ? [] : job()), ...zone];
  },
};
