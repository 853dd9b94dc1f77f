// Stored objects in the version a client asks for. One version is stored; of built-in kinds only events and autoscalers are served in two, whose
// fields differ; custom resources change their apiVersion and lose what the version does not know. Those that a webhook converts are in their
// version before they come here (`conversion/shown.ts`).
// Events: pkg/apis/events/v1/conversion.go; autoscalers: pkg/apis/autoscaling/v1/conversion.go (1.36).

import { apiVersionOf } from '../../kube/object.ts';
import { dropNulls, pruneUnknown } from '../../kube/schema/complete.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { structuralSchema } from '../../kube/schema/structural.ts';
import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { ServedResource } from './catalog.ts';
import { newerAutoscaler } from './newer-autoscaler.ts';

/** The object as the resource's version shows it, `kind` and `apiVersion` first where it is built in. */
export function inVersion(resource: ServedResource, object: JsonObject): JsonObject {
  return kept(shownObjects, resource, object, converted);
}

/** Stored objects do not change: what one is shown as is made once. */
function kept(
  cache: WeakMap<JsonObject, Map<string, JsonObject>>,
  resource: ServedResource,
  object: JsonObject,
  make: (resource: ServedResource, object: JsonObject) => JsonObject,
): JsonObject {
  const id = `${resource.group}/${resource.version}`;
  let known = cache.get(object);
  if (known === undefined) {
    known = new Map();
    cache.set(object, known);
  }
  let shown = known.get(id);
  if (shown === undefined) {
    shown = make(resource, object);
    known.set(id, shown);
  }
  return shown;
}

const shownObjects = new WeakMap<JsonObject, Map<string, JsonObject>>();
const shownItems = new WeakMap<JsonObject, Map<string, JsonObject>>();

function converted(resource: ServedResource, object: JsonObject): JsonObject {
  const { group, version, kind, custom } = resource;
  const apiVersion = apiVersionOf({ group, version });
  if (custom !== undefined) return object.apiVersion === apiVersion ? object : fitted({ ...object, apiVersion }, custom.version.schema);
  const { kind: _kind, apiVersion: stored, ...rest } = object;
  const fields = stored === apiVersion ? rest : otherVersion(kind, stored, apiVersion, rest);
  return { kind, apiVersion, ...fields };
}

const schemas = new WeakMap<JsonObject, Schema>();

/** A custom resource without the fields that the schema of a version does not know. */
function fitted(object: JsonObject, source: Json | undefined): JsonObject {
  if (!isObject(source)) return object;
  let schema = schemas.get(source);
  if (schema === undefined) {
    schema = structuralSchema(source);
    schemas.set(source, schema);
  }
  return dropNulls(pruneUnknown(object, schema).value, schema) as JsonObject;
}

/** An item of a list: built-in ones do not say what they are. */
export function asItem(resource: ServedResource, object: JsonObject): JsonObject {
  return kept(shownItems, resource, object, item);
}

function item(resource: ServedResource, object: JsonObject): JsonObject {
  const shown = inVersion(resource, object);
  if (resource.custom !== undefined) return shown;
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = shown;
  return rest;
}

/** The fields of an object of a built-in kind as another version of it has them. */
export function otherVersion(kind: string, from: Json | undefined, to: string, object: JsonObject): JsonObject {
  if (kind === 'Event') return to === 'v1' ? renamed(object, newToOld) : renamed(object, oldToNew);
  if (kind === 'HorizontalPodAutoscaler' && from === 'autoscaling/v2') return olderAutoscaler(object);
  if (kind === 'HorizontalPodAutoscaler') return newerAutoscaler(object);
  return object;
}

const oldToNew: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
};
const newToOld = Object.fromEntries(Object.entries(oldToNew).map(([a, b]) => [b, a]));

function renamed(object: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [Object.hasOwn(names, key) ? (names[key] ?? key) : key, value]));
}

const annotation = 'autoscaling.alpha.kubernetes.io';

/** What v1 cannot say goes into annotations, as the server writes them. */
function olderAutoscaler(object: JsonObject): JsonObject {
  const { metrics, behavior, ...spec } = asObject(object.spec);
  const { currentMetrics, conditions, ...status } = asObject(object.status);
  const isCpu = (metric: Json) => field(metric, 'type') === 'Resource' && dig(metric, 'resource', 'name') === 'cpu';
  const target = asList(metrics).find((each) => isCpu(each) && dig(each, 'resource', 'target', 'averageUtilization') !== undefined);
  const current = asList(currentMetrics).find(
    (each) => isCpu(each) && dig(each, 'resource', 'current', 'averageUtilization') !== undefined,
  );
  const others = asList(metrics).filter((each) => each !== target);
  const added: Record<string, Json> = {};
  if (others.length > 0) added[`${annotation}/metrics`] = JSON.stringify(others.map(olderMetric));
  if (asList(currentMetrics).length > 0) added[`${annotation}/current-metrics`] = JSON.stringify(asList(currentMetrics).map(olderMetric));
  if (asList(conditions).length > 0) added[`${annotation}/conditions`] = JSON.stringify(conditions);
  if (behavior !== undefined) added[`${annotation}/behavior`] = JSON.stringify(olderBehavior(asObject(behavior)));
  const metadata = asObject(object.metadata);
  const annotations = { ...asObject(metadata.annotations), ...added };
  const utilization = dig(target, 'resource', 'target', 'averageUtilization');
  const measured = dig(current, 'resource', 'current', 'averageUtilization');
  return {
    ...object,
    metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations },
    spec: { ...spec, ...(utilization === undefined ? {} : { targetCPUUtilizationPercentage: utilization }) },
    status: { ...status, ...(measured === undefined ? {} : { currentCPUUtilizationPercentage: measured }) },
  };
}

/** `behavior` as the internal type is written: with its Go names. */
function olderBehavior(behavior: JsonObject): Json {
  const rules = (key: string): Json => {
    const given = field(behavior, key);
    if (!isObject(given)) return null;
    const policies = asList(given.policies).map((each) => ({
      Type: field(each, 'type') ?? '',
      Value: field(each, 'value') ?? 0,
      PeriodSeconds: field(each, 'periodSeconds') ?? 0,
    }));
    return {
      StabilizationWindowSeconds: given.stabilizationWindowSeconds ?? null,
      SelectPolicy: given.selectPolicy ?? null,
      Policies: given.policies === undefined ? null : policies,
      Tolerance: given.tolerance ?? null,
    };
  };
  return { ScaleUp: rules('scaleUp'), ScaleDown: rules('scaleDown') };
}

function olderMetric(metric: Json): Json {
  const type = asString(field(metric, 'type')) ?? '';
  const key = type.charAt(0).toLowerCase() + type.slice(1);
  const source = asObject(field(metric, key));
  const target = field(source, 'target');
  const current = field(source, 'current');
  const side = target === undefined ? 'current' : 'target';
  const { averageUtilization, averageValue, value } = asObject(target ?? current);
  const named = isObject(source.metric)
    ? {
        metricName: source.metric.name,
        ...(source.metric.selector === undefined ? {} : { [type === 'External' ? 'metricSelector' : 'selector']: source.metric.selector }),
      }
    : {};
  const values =
    type === 'Resource' || type === 'ContainerResource'
      ? {
          ...(averageUtilization === undefined ? {} : { [`${side}AverageUtilization`]: averageUtilization }),
          ...(averageValue === undefined ? {} : { [`${side}AverageValue`]: averageValue }),
        }
      : {
          ...(value === undefined ? {} : { [`${side}Value`]: value }),
          ...(averageValue === undefined ? {} : { [type === 'Object' ? 'averageValue' : `${side}AverageValue`]: averageValue }),
        };
  const name = source.name === undefined ? {} : { name: source.name };
  const container = source.container === undefined ? {} : { container: source.container };
  const described = source.describedObject === undefined ? {} : { target: source.describedObject };
  return { type, [key]: { ...described, ...name, ...named, ...values, ...container } };
}
