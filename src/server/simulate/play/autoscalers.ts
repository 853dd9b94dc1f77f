// Autoscalers, played in a cluster whose metrics nobody measures: sizes beyond their limits are brought back, and all else ends in what the
// controller says when it can compute nothing (pkg/controller/podautoscaler, 1.36). Each is looked at when something changes.

import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import type { ServedResource } from '../../../request/read/catalog.ts';
import { selectorDump } from '../../../request/read/table/others.ts';
import { controllerAccount } from '../../../request/write/accounts.ts';
import { write } from '../../../request/write/write.ts';
import { deletable } from '../chores/objects.ts';
import { timestamp } from '../world.ts';
import { keep, type Stage, timeOf } from './stage.ts';

const autoscalers = { group: 'autoscaling', resource: 'horizontalpodautoscalers' };
const component = 'horizontal-pod-autoscaler';
const unmeasured =
  'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';

interface Outcome {
  readonly conditions: readonly Said[];
  readonly current?: number;
  readonly desired?: number;
  readonly metrics?: number;
  readonly isScaled?: boolean;
}
type Said = readonly [type: string, is: boolean, reason: string, message: string];

/** How often the controller looks at an autoscaler, and how long it waits before it does for the first time (`--horizontal-pod-autoscaler-sync-period`). */
export const autoscalerPeriod = 15_000;

export function playAutoscaler(stage: Stage, autoscaler: JsonObject): void {
  const first = (timeOf(dig(autoscaler, 'metadata', 'creationTimestamp')) ?? 0) + stage.autoscalerPeriod;
  if (stage.world.clock.now() < first) {
    stage.again(first);
    return;
  }
  const { conditions, current, desired, metrics, isScaled } = outcomeOf(stage, autoscaler);
  const before = asObject(autoscaler.status);
  const now = timestamp(stage.world.clock.now());
  const kept = conditions.reduce((list, each) => renewed(list, each, now), asList(before.conditions));
  keep(stage, autoscalers, autoscaler, {
    ...(isScaled === true ? { lastScaleTime: now } : before.lastScaleTime === undefined ? {} : { lastScaleTime: before.lastScaleTime }),
    conditions: [...kept],
    currentMetrics:
      metrics === undefined
        ? (before.currentMetrics ?? null)
        : metrics === 0
          ? null
          : Array.from({ length: metrics }, () => ({ type: '' })),
    ...(current === undefined || current === 0 ? {} : { currentReplicas: current }),
    desiredReplicas: desired ?? asNumber(before.desiredReplicas) ?? 0,
  });
}

function renewed(list: readonly Json[], [type, is, reason, message]: Said, now: string): readonly Json[] {
  const status = is ? 'True' : 'False';
  const before = list.find((each) => field(each, 'type') === type);
  const since = field(before, 'status') === status ? asString(field(before, 'lastTransitionTime')) : undefined;
  const said = { type, status, lastTransitionTime: since ?? now, reason, message };
  return before === undefined ? [...list, said] : list.map((each) => (each === before ? said : each));
}

function outcomeOf(stage: Stage, autoscaler: JsonObject): Outcome {
  const target = asObject(dig(autoscaler, 'spec', 'scaleTargetRef'));
  const found = scaleOf(stage, target);
  const say = (reason: string, message: string, type: 'Normal' | 'Warning' = 'Warning') =>
    stage.recorder.once(autoscaler, { component, type, reason, message });
  if ('why' in found) {
    say('FailedGetScale', found.why);
    const message = `the HPA controller was unable to get the target's current scale: ${found.why}`;
    return { conditions: [['AbleToScale', false, 'FailedGetScale', message]] };
  }
  const able: Said = ['AbleToScale', true, 'SucceededGetScale', "the HPA controller was able to get the target's current scale"];
  const current = asNumber(dig(found.scale, 'spec', 'replicas')) ?? 0;
  const least = asNumber(dig(autoscaler, 'spec', 'minReplicas')) ?? 1;
  const most = asNumber(dig(autoscaler, 'spec', 'maxReplicas')) ?? 0;
  if (current === 0) {
    const why = 'scaling is disabled since the replica count of the target is zero';
    return { conditions: [able, ['ScalingActive', false, 'ScalingDisabled', why]], current, desired: 0, metrics: 0 };
  }
  if (current >= least && current <= most) return unmeasurable(stage, autoscaler, able, current);
  const desired = current > most ? most : least;
  const reason = `Current number of replicas ${current > most ? 'above Spec.MaxReplicas' : 'below Spec.MinReplicas'}`;
  const refused = rescale(stage, found.path, found.scale, desired);
  if (refused !== undefined) {
    say('FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${refused}`);
    const message = `the HPA controller was unable to update the target scale: ${refused}`;
    return { conditions: [['AbleToScale', false, 'FailedUpdateScale', message]], current };
  }
  say('SuccessfulRescale', `New size: ${desired}; reason: ${reason}`, 'Normal');
  const message = `the HPA controller was able to update the target scale to ${desired}`;
  return { conditions: [['AbleToScale', true, 'SucceededRescale', message]], current, desired, metrics: 0, isScaled: true };
}

interface Scale {
  readonly path: string;
  readonly scale: JsonObject;
}

/** Where the target has its size, and which; or why it cannot be had. */
function scaleOf({ world, namespace }: Stage, target: JsonObject): Scale | { readonly why: string } {
  const [version = '', group = ''] = (asString(target.apiVersion) ?? '').split('/').toReversed();
  const isTarget = (each: ServedResource) => each.group === group && each.kind === target.kind;
  const served = deletable(world).namespaced.find(isTarget);
  const [kind, name] = [asString(target.kind) ?? '', asString(target.name) ?? ''];
  if (served === undefined) return { why: `no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}` };
  const root = group === '' ? '/api' : `/apis/${group}`;
  const path = `${root}/${served.version ?? version}/namespaces/${namespace}/${served.resource}/${encodeURIComponent(name)}/scale`;
  const object = world.store.get({ group, resource: served.resource }, namespace, name);
  const qualified = group === '' ? served.resource : `${served.resource}.${group}`;
  if (object === undefined) return { why: `${qualified} ${JSON.stringify(name)} not found` };
  return { path, scale: object };
}

function rescale({ world }: Stage, path: string, object: JsonObject, replicas: number): string | undefined {
  const { name = '', namespace = '' } = asObject(object.metadata);
  const value = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name, namespace }, spec: { replicas } };
  const user = controllerAccount('horizontal-pod-autoscaler');
  const userAgent = 'kube-controller-manager/v1.36.3';
  return write({ method: 'PUT', path, query: {}, user, userAgent, body: { kind: 'json', value } }, world.writing()).refusal?.message;
}

/** The sizes are within their limits, and nobody can say which is the best. */
function unmeasurable(stage: Stage, autoscaler: JsonObject, able: Said, current: number): Outcome {
  const metrics = asList(dig(autoscaler, 'spec', 'metrics'));
  const [first] = metrics;
  const of = failureOf(stage, first ?? null);
  const say = (reason: string, message: string) => stage.recorder.once(autoscaler, { component, type: 'Warning', reason, message });
  say(of.reason, of.error);
  say(
    'FailedComputeMetricsReplicas',
    `invalid metrics (${metrics.length} invalid out of ${metrics.length}), first error is: failed to get ${of.metric} value: ${of.within ?? ''}${of.error}`,
  );
  const message = `the HPA was unable to compute the replica count: ${of.error}`;
  return { conditions: [able, ['ScalingActive', false, of.reason, message]], current, metrics: metrics.length };
}

interface Failure {
  readonly reason: string;
  readonly metric: string;
  readonly error: string;
  /** What else stands before the error where all metrics are told of. */
  readonly within?: string;
}

const custom = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';

/** How asking for a metric fails. */
function failureOf({ namespace }: Stage, metric: Json): Failure {
  const type = asString(field(metric, 'type')) ?? '';
  const source = field(metric, `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`);
  const name = asString(field(source, 'name')) ?? asString(dig(source, 'metric', 'name')) ?? '';
  const reason = `FailedGet${type}Metric`;
  const targetType = dig(source, 'target', 'type');
  switch (type) {
    case 'Resource':
    case 'ContainerResource': {
      const what = targetType === 'Utilization' ? 'utilization' : 'usage';
      const error = `failed to get ${name} ${what}: unable to get metrics for resource ${name}: ${unmeasured}`;
      const of = type === 'Resource' ? `${name} resource metric` : `${field(source, 'container')} container metric`;
      return { reason, metric: of, error };
    }
    case 'External': {
      const selector = field(dig(source, 'metric'), 'selector');
      const shown = selector === undefined ? 'nil' : selectorDump(selector);
      const missing = `the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`;
      const fetched = `unable to fetch metrics from external metrics API: ${missing}`;
      const error = `unable to get external metric ${namespace}/${name}/${shown}: ${fetched}`;
      const of = targetType === 'AverageValue' ? `${name} external metric` : `external metric ${name}`;
      return { reason, metric: `${name} external metric`, error, within: `failed to get ${of}: ` };
    }
    case 'Object': {
      // The words are in the order in which the controller has them.
      const { kind = '', name: object = '' } = asObject(field(source, 'describedObject'));
      const error = `unable to get metric ${name}: ${kind} on ${namespace} ${object}/${custom}`;
      return {
        reason,
        metric: 'object metric',
        error,
        within: targetType === 'AverageValue' ? `failed to get ${name} object metric: ` : '',
      };
    }
    default:
      return { reason, metric: 'pods metric', error: `unable to get metric ${name}: ${custom}` };
  }
}
