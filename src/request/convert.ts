// Between the served versions of a kind. Most kinds have the same fields in all of them; HorizontalPodAutoscaler has not (autoscaling/v1 keeps
// what it cannot say in annotations, pkg/apis/autoscaling/v1/conversion.go of Kubernetes 1.36). Custom resources are converted by changing
// apiVersion and dropping what the version does not know; conversion webhooks are not called.

import { pruneUnknown } from '../kube/schema/complete.ts';
import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject } from '../lib/json.ts';
import { customType, type Target } from './target.ts';

/** The object in another API version of its kind; undefined where the kind is not served in it. */
export function convertTo(object: JsonObject, apiVersion: string, target: Target): JsonObject | undefined {
  if (object.apiVersion === apiVersion) return object;
  if (target.type.kind === 'custom') {
    const type = customType(target.type.definition, apiVersion.split('/')[1] ?? '');
    if (type === undefined || !apiVersion.startsWith(`${target.group}/`)) return undefined;
    const converted = { ...object, apiVersion };
    const { schema, preservesUnknownFields } = type.version;
    return preservesUnknownFields ? converted : (pruneUnknown(converted, schema).value as JsonObject);
  }
  if (target.kind === 'HorizontalPodAutoscaler') return apiVersion === 'autoscaling/v1' ? toFirst(object) : toSecond(object);
  return { ...object, apiVersion };
}

const prefix = 'autoscaling.alpha.kubernetes.io/';

/** To autoscaling/v1: the target of CPU utilization is a field, everything else an annotation. */
function toFirst(object: JsonObject): JsonObject {
  const { metrics, behavior, ...spec } = asObject(object.spec);
  const { currentMetrics, conditions, ...status } = asObject(object.status);
  const annotations: Record<string, Json> = {};
  const isUtilization = (metric: Json) =>
    field(metric, 'type') === 'Resource' &&
    dig(metric, 'resource', 'name') === 'cpu' &&
    dig(metric, 'resource', 'target', 'averageUtilization') !== undefined;
  const own = asList(metrics).find(isUtilization);
  const others = asList(metrics).filter((metric) => metric !== own);
  if (others.length > 0) annotations[`${prefix}metrics`] = JSON.stringify(others.map(firstMetric));
  if (behavior !== undefined) annotations[`${prefix}behavior`] = JSON.stringify(behavior);
  const current = asList(currentMetrics).find(
    (metric) => dig(metric, 'resource', 'name') === 'cpu' && dig(metric, 'resource', 'current', 'averageUtilization') !== undefined,
  );
  if (asList(currentMetrics).length > 0) annotations[`${prefix}current-metrics`] = JSON.stringify(asList(currentMetrics).map(firstStatus));
  if (asList(conditions).length > 0) annotations[`${prefix}conditions`] = JSON.stringify(conditions);
  const utilization = dig(own, 'resource', 'target', 'averageUtilization');
  const currentUtilization = dig(current, 'resource', 'current', 'averageUtilization');
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(asObject(object.metadata), annotations),
    spec: { ...spec, ...(utilization === undefined ? {} : { targetCPUUtilizationPercentage: utilization }) },
    status: {
      currentReplicas: 0,
      ...status,
      ...(currentUtilization === undefined ? {} : { currentCPUUtilizationPercentage: currentUtilization }),
    },
  };
}

/** A metric as autoscaling/v1 writes it into the annotation: targets side by side instead of one of a type. */
function firstMetric(metric: Json): Json {
  const type = asString(field(metric, 'type')) ?? '';
  const key = `${type[0]?.toLowerCase() ?? ''}${type.slice(1)}`;
  const source = asObject(field(metric, key));
  const target = asObject(source.target);
  switch (type) {
    case 'Resource':
    case 'ContainerResource': {
      const { target: _target, ...rest } = source;
      return {
        type,
        [key]: { ...rest, ...renamed(target, { averageUtilization: 'targetAverageUtilization', averageValue: 'targetAverageValue' }) },
      };
    }
    case 'Pods':
      return { type, pods: { metricName: dig(source, 'metric', 'name'), ...selectorOf(source), targetAverageValue: target.averageValue } };
    case 'Object':
      return {
        type,
        object: {
          target: source.describedObject,
          metricName: dig(source, 'metric', 'name'),
          targetValue: target.value ?? '0',
          ...selectorOf(source),
          ...renamed(target, { averageValue: 'averageValue' }),
        },
      };
    case 'External': {
      const selector = dig(source, 'metric', 'selector');
      return {
        type,
        external: {
          metricName: dig(source, 'metric', 'name'),
          ...(selector === undefined ? {} : { metricSelector: selector }),
          ...renamed(target, { value: 'targetValue', averageValue: 'targetAverageValue' }),
        },
      };
    }
    default:
      return metric;
  }
}

function firstStatus(metric: Json): Json {
  const type = asString(field(metric, 'type')) ?? '';
  if (type !== 'Resource') return metric;
  const { current, ...rest } = asObject(field(metric, 'resource'));
  return {
    type,
    resource: {
      ...rest,
      ...renamed(asObject(current), { averageUtilization: 'currentAverageUtilization', averageValue: 'currentAverageValue' }),
    },
  };
}

function selectorOf(source: JsonObject): JsonObject {
  const selector = dig(source, 'metric', 'selector');
  return selector === undefined ? {} : { selector };
}

function renamed(source: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(names).flatMap(([from, to]) => (source[from] === undefined ? [] : [[to, source[from]]])));
}

/** To autoscaling/v2. */
function toSecond(object: JsonObject): JsonObject {
  const { targetCPUUtilizationPercentage, ...spec } = asObject(object.spec);
  const { currentCPUUtilizationPercentage, ...status } = asObject(object.status);
  const metadata = asObject(object.metadata);
  const annotations = asObject(metadata.annotations);
  const stored = (name: string): Json | undefined => {
    const text = annotations[`${prefix}${name}`];
    if (typeof text !== 'string') return undefined;
    try {
      return JSON.parse(text) as Json;
    } catch {
      return undefined;
    }
  };
  const resource = (averageUtilization: Json) => ({ type: 'Utilization', averageUtilization });
  const metrics: Json[] = asList(stored('metrics')).map(secondMetric);
  if (targetCPUUtilizationPercentage !== undefined)
    metrics.push({ type: 'Resource', resource: { name: 'cpu', target: resource(targetCPUUtilizationPercentage) } });
  const current: Json[] =
    currentCPUUtilizationPercentage === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: currentCPUUtilizationPercentage } } }];
  const behavior = stored('behavior');
  const conditions = stored('conditions');
  const rest = Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith(prefix)));
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations({ ...metadata, annotations: rest }, {}),
    spec: { ...spec, ...(metrics.length === 0 ? {} : { metrics }), ...(behavior === undefined ? {} : { behavior }) },
    status: { ...status, currentMetrics: current.length === 0 ? null : current, ...(conditions === undefined ? {} : { conditions }) },
  };
}

function secondMetric(metric: Json): Json {
  const type = asString(field(metric, 'type')) ?? '';
  const key = `${type[0]?.toLowerCase() ?? ''}${type.slice(1)}`;
  const source = asObject(field(metric, key));
  const named = (selector: Json | undefined) => ({ name: source.metricName, ...(selector === undefined ? {} : { selector }) });
  switch (type) {
    case 'Resource':
    case 'ContainerResource': {
      const { targetAverageUtilization, targetAverageValue, ...rest } = source;
      const target =
        targetAverageUtilization === undefined
          ? { type: 'AverageValue', averageValue: targetAverageValue }
          : { type: 'Utilization', averageUtilization: targetAverageUtilization };
      return { type, [key]: { ...rest, target } };
    }
    case 'Pods':
      return { type, pods: { metric: named(source.selector), target: { type: 'AverageValue', averageValue: source.targetAverageValue } } };
    case 'Object': {
      const target =
        source.averageValue === undefined
          ? { type: 'Value', value: source.targetValue }
          : { type: 'AverageValue', averageValue: source.averageValue };
      return { type, object: { describedObject: source.target, target, metric: named(source.selector) } };
    }
    case 'External': {
      const target =
        source.targetValue === undefined
          ? { type: 'AverageValue', averageValue: source.targetAverageValue }
          : { type: 'Value', value: source.targetValue };
      return { type, external: { metric: named(source.metricSelector), target } };
    }
    default:
      return metric;
  }
}

function withAnnotations(metadata: JsonObject, added: JsonObject): JsonObject {
  const { annotations: before, ...rest } = metadata;
  const annotations = { ...(isObject(before) ? before : {}), ...added };
  return Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
}
