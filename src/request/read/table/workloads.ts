// Rows of workloads and what scales or protects them (k8s.io/kubernetes pkg/printers/internalversion, 1.36).

import { dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import {
  ageOf,
  type Cell,
  condition,
  containerCells,
  humanDuration,
  isDeleting,
  isTrue,
  labelsText,
  list,
  nameOf,
  number,
  or,
  type Printer,
  selectorText,
  since,
  text,
} from './cell.ts';
import { podCells, replicas } from './pod.ts';

function template(object: JsonObject): readonly [string, string] {
  return containerCells(list(object, 'spec', 'template', 'spec', 'containers'));
}

function job(object: JsonObject, now: number): readonly Cell[] {
  const succeeded = number(object, 'status', 'succeeded');
  const completions = dig(object, 'spec', 'completions');
  const parallelism = number(object, 'spec', 'parallelism');
  const wanted = typeof completions === 'number' ? String(completions) : parallelism > 1 ? `1 of ${parallelism}` : '1';
  const start = Date.parse(text(object, 'status', 'startTime'));
  const end = Date.parse(text(object, 'status', 'completionTime'));
  const lasted = Number.isNaN(start) ? '' : humanDuration((Number.isNaN(end) ? now : end) - start);
  return [
    nameOf(object),
    jobStatus(object),
    `${succeeded}/${wanted}`,
    lasted,
    ageOf(object, now),
    ...template(object),
    selectorText(dig(object, 'spec', 'selector')),
  ];
}

function jobStatus(object: JsonObject): string {
  const is = (type: string) => isTrue(condition(object, type));
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (isDeleting(object)) return 'Terminating';
  if (is('Suspended')) return 'Suspended';
  if (is('FailureTarget')) return 'FailureTarget';
  return is('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function cronJob(object: JsonObject, now: number): readonly Cell[] {
  const suspend = dig(object, 'spec', 'suspend');
  const last = dig(object, 'status', 'lastScheduleTime');
  return [
    nameOf(object),
    text(object, 'spec', 'schedule'),
    or(text(object, 'spec', 'timeZone'), '<none>'),
    suspend === true ? 'True' : suspend === false ? 'False' : '<unset>',
    list(object, 'status', 'active').length,
    last === undefined ? '<none>' : since(last, now),
    ageOf(object, now),
    ...containerCells(list(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers')),
    selectorText(dig(object, 'spec', 'jobTemplate', 'spec', 'selector')),
  ];
}

function disruptionBudget(object: JsonObject, now: number): readonly Cell[] {
  const amount = (key: string) => or(text(object, 'spec', key), 'N/A');
  return [
    nameOf(object),
    amount('minAvailable'),
    amount('maxUnavailable'),
    number(object, 'status', 'disruptionsAllowed'),
    ageOf(object, now),
  ];
}

function autoscaler(object: JsonObject, now: number): readonly Cell[] {
  return [
    nameOf(object),
    `${text(object, 'spec', 'scaleTargetRef', 'kind')}/${text(object, 'spec', 'scaleTargetRef', 'name')}`,
    metrics(object),
    or(text(object, 'spec', 'minReplicas'), '<unset>'),
    number(object, 'spec', 'maxReplicas'),
    number(object, 'status', 'currentReplicas'),
    ageOf(object, now),
  ];
}

const sources: Readonly<Record<string, string>> = {
  External: 'external',
  Pods: 'pods',
  Object: 'object',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};

function metrics(object: JsonObject): string {
  const specs = list(object, 'spec', 'metrics');
  if (specs.length === 0) return '<none>';
  const all = specs.map((spec, index) => metric(spec, list(object, 'status', 'currentMetrics')[index]));
  return all.length > 2 ? `${all.slice(0, 2).join(', ')} + ${all.length - 2} more...` : all.join(', ');
}

function metric(spec: Json, status: Json | undefined): string {
  const type = text(spec, 'type');
  const key = Object.hasOwn(sources, type) ? (sources[type] ?? '') : '';
  if (key === '') return '<unknown type>';
  const target = (name: string) => text(spec, key, 'target', name);
  const current = (name: string) => (field(status, key) === undefined ? '' : text(status, key, 'current', name));
  const average = target('averageValue');
  if (type === 'Resource' || type === 'ContainerResource') {
    const name = text(spec, key, 'name');
    if (average !== '') return `${name}: ${or(current('averageValue'), '<unknown>')}/${average}`;
    const percent = (found: string, none: string) => (found === '' ? none : `${found}%`);
    return `${name}: ${percent(current('averageUtilization'), '<unknown>')}/${percent(target('averageUtilization'), '<auto>')}`;
  }
  if (type === 'Pods') return `${or(current('averageValue'), '<unknown>')}/${average}`;
  if (average !== '') return `${or(current('averageValue'), '<unknown>')}/${average} (avg)`;
  return `${or(current('value'), '<unknown>')}/${target('value')}`;
}

function controllerRevision(object: JsonObject, now: number): readonly Cell[] {
  const owner = list(object, 'metadata', 'ownerReferences').find((each) => field(each, 'controller') === true);
  const apiVersion = text(owner, 'apiVersion');
  const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
  const name = owner === undefined ? '<none>' : `${`${text(owner, 'kind')}${group}`.toLowerCase()}/${text(owner, 'name')}`;
  return [nameOf(object), name, number(object, 'revision'), ageOf(object, now)];
}

export const workloadPrinters: Readonly<Record<string, Printer>> = {
  '/pods': podCells,
  '/podtemplates': (object) => [
    nameOf(object),
    ...containerCells(list(object, 'template', 'spec', 'containers')),
    labelsText(dig(object, 'template', 'metadata', 'labels')),
  ],
  '/replicationcontrollers': (object, now) => [
    nameOf(object),
    replicas(object),
    number(object, 'status', 'replicas'),
    number(object, 'status', 'readyReplicas'),
    ageOf(object, now),
    ...template(object),
    labelsText(dig(object, 'spec', 'selector')),
  ],
  'apps/replicasets': (object, now) => [
    nameOf(object),
    replicas(object),
    number(object, 'status', 'replicas'),
    number(object, 'status', 'readyReplicas'),
    ageOf(object, now),
    ...template(object),
    selectorText(dig(object, 'spec', 'selector')),
  ],
  'apps/deployments': (object, now) => [
    nameOf(object),
    `${number(object, 'status', 'readyReplicas')}/${replicas(object)}`,
    number(object, 'status', 'updatedReplicas'),
    number(object, 'status', 'availableReplicas'),
    ageOf(object, now),
    ...template(object),
    selectorText(dig(object, 'spec', 'selector'), ''),
  ],
  'apps/statefulsets': (object, now) => [
    nameOf(object),
    `${number(object, 'status', 'readyReplicas')}/${replicas(object)}`,
    ageOf(object, now),
    ...template(object),
  ],
  'apps/daemonsets': (object, now) => [
    nameOf(object),
    ...['desiredNumberScheduled', 'currentNumberScheduled', 'numberReady', 'updatedNumberScheduled', 'numberAvailable'].map((key) =>
      number(object, 'status', key),
    ),
    labelsText(dig(object, 'spec', 'template', 'spec', 'nodeSelector')),
    ageOf(object, now),
    ...template(object),
    selectorText(dig(object, 'spec', 'selector')),
  ],
  'apps/controllerrevisions': controllerRevision,
  'batch/jobs': job,
  'batch/cronjobs': cronJob,
  'policy/poddisruptionbudgets': disruptionBudget,
  'autoscaling/horizontalpodautoscalers': autoscaler,
};
