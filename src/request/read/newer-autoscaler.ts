// HorizontalPodAutoscalers of autoscaling/v1 as autoscaling/v2 has them: what v1 has no fields for stands in annotations
// (pkg/apis/autoscaling/v1/conversion.go of Kubernetes 1.36).

import { asList, asObject, asString, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';

/** An object of autoscaling/v1 with the fields of autoscaling/v2. */
export function newerAutoscaler(object: JsonObject): JsonObject {
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
  const behavior = newerBehavior(stored('behavior'));
  const conditions = stored('conditions');
  const rest = Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith(prefix)));
  return {
    ...object,
    metadata: withAnnotations({ ...metadata, annotations: rest }, {}),
    spec: { ...spec, ...(metrics.length === 0 ? {} : { metrics }), ...(behavior === undefined ? {} : { behavior }) },
    status: {
      ...status,
      ...(current.length === 0 ? {} : { currentMetrics: current }),
      ...(conditions === undefined ? {} : { conditions }),
    },
  };
}

/** `behavior` from the internal type, which is written with its Go names and with nulls. */
function newerBehavior(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item: Json) => newerBehavior(item) ?? null);
  if (!isObject(value)) return value;
  const fields: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const inner = item === null ? undefined : newerBehavior(item);
    if (inner !== undefined) fields.push([`${key[0]?.toLowerCase() ?? ''}${key.slice(1)}`, inner]);
  }
  return Object.fromEntries(fields);
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
