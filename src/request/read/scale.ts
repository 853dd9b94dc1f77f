// The Scale of an object that has replicas (autoscaling/v1), of built-in kinds and of custom ones by the paths of their definition.

import { asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { internal } from '../status.ts';
import type { ServedResource } from './catalog.ts';
import { selectorText } from './table/cell.ts';
import { jsonPath } from './table/json-path.ts';

export function scaleOf(resource: ServedResource, object: JsonObject): JsonObject | Refusal {
  return resource.custom === undefined ? builtInScale(resource, object) : customScale(resource, object);
}

function metadata(object: JsonObject): JsonObject {
  const all = asObject(object.metadata);
  const kept = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp'];
  return Object.fromEntries(kept.filter((key) => all[key] !== undefined).map((key) => [key, all[key]]));
}

function scale(object: JsonObject, specReplicas: number, replicas: number, selector: string): JsonObject {
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: metadata(object),
    spec: specReplicas === 0 ? {} : { replicas: specReplicas },
    status: { replicas, ...(selector === '' ? {} : { selector }) },
  };
}

function builtInScale({ resource }: ServedResource, object: JsonObject): JsonObject {
  const selector = dig(object, 'spec', 'selector');
  const isMap = resource === 'replicationcontrollers';
  const text = isMap ? selectorText({ matchLabels: asObject(selector) }, '') : selectorText(selector, '');
  return scale(object, asNumber(dig(object, 'spec', 'replicas')) ?? 0, asNumber(dig(object, 'status', 'replicas')) ?? 0, text);
}

function customScale({ custom }: ServedResource, object: JsonObject): JsonObject | Refusal {
  const paths = custom?.version.scale;
  const at = (key: string): Json | undefined => {
    const path = asString(field(paths, key));
    return path === undefined ? undefined : jsonPath(path, object)[0];
  };
  const specPath = asString(field(paths, 'specReplicasPath')) ?? '';
  const specReplicas = at('specReplicasPath');
  if (specReplicas === undefined) return internal(`the spec replicas field ${JSON.stringify(specPath)} does not exist`);
  return scale(object, asNumber(specReplicas) ?? 0, asNumber(at('statusReplicasPath')) ?? 0, asString(at('labelSelectorPath')) ?? '');
}
