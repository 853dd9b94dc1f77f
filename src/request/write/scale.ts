// The Scale of an object that has replicas (autoscaling/v1, Kubernetes 1.36): built-in kinds have them where all have, custom ones where their
// definition says. Reads, writes and admission show the same.

import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { Target } from '../target.ts';

export const scaleVersion = 'autoscaling/v1';

/** Where replicas stand in an object, as paths of names. */
export interface ScalePlaces {
  readonly apiVersion: string;
  readonly spec: readonly string[];
  readonly status: readonly string[];
  readonly selector: readonly string[] | undefined;
}

const builtIn: Omit<ScalePlaces, 'apiVersion'> = {
  spec: ['spec', 'replicas'],
  status: ['status', 'replicas'],
  selector: ['spec', 'selector'],
};

/** Of custom kinds the definition says where. */
export function placesOf({ type, apiVersion, version }: Pick<Target, 'type' | 'apiVersion' | 'version'>): ScalePlaces {
  if (type.kind === 'built-in') return builtInPlaces(apiVersion);
  const written = asList(field(type.definition.spec, 'versions')).find((each) => field(each, 'name') === version);
  return customPlaces(apiVersion, dig(written, 'subresources', 'scale'));
}

export function builtInPlaces(apiVersion: string): ScalePlaces {
  return { apiVersion, ...builtIn };
}

/** The places that `subresources.scale` of a definition names. */
export function customPlaces(apiVersion: string, scale: Json | undefined): ScalePlaces {
  const path = (key: string) => (asString(field(scale, key)) ?? '').split('.').filter((name) => name !== '');
  const selector = path('labelSelectorPath');
  return {
    apiVersion,
    spec: path('specReplicasPath'),
    status: path('statusReplicasPath'),
    selector: selector.length === 0 ? undefined : selector,
  };
}

/** The scale of an object. */
export function scaleOf(object: JsonObject, { spec, status, selector }: ScalePlaces): JsonObject {
  const metadata = asObject(object.metadata);
  const kept: Record<string, Json> = {};
  for (const key of ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp']) {
    const value = metadata[key];
    if (value !== undefined) kept[key] = value;
  }
  const wanted = asNumber(dig(object, ...spec));
  const text = selectorText(selector === undefined ? undefined : dig(object, ...selector));
  return {
    kind: 'Scale',
    apiVersion: scaleVersion,
    metadata: kept,
    spec: wanted === undefined || wanted === 0 ? {} : { replicas: wanted },
    status: { replicas: asNumber(dig(object, ...status)) ?? 0, ...(text === '' ? {} : { selector: text }) },
  };
}

function selectorText(selector: Json | undefined): string {
  if (typeof selector === 'string') return selector;
  const source = asObject(selector);
  const isPlain = source.matchLabels === undefined && source.matchExpressions === undefined;
  const labels = asObject(isPlain ? source : source.matchLabels);
  const parts: [key: string, part: string][] = Object.keys(labels).map((key) => [key, `${key}=${String(labels[key])}`]);
  for (const each of asList(source.matchExpressions)) {
    const key = asString(field(each, 'key')) ?? '';
    const values = asList(field(each, 'values')).map(String).sort().join(',');
    const words: Readonly<Record<string, string>> = {
      In: `${key} in (${values})`,
      NotIn: `${key} notin (${values})`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    parts.push([key, words[asString(field(each, 'operator')) ?? ''] ?? key]);
  }
  return parts
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, part]) => part)
    .join(',');
}
