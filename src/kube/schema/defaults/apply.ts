// What the API server makes of an object of a built-in kind between reading it and admission: decoded, defaulted, and as it would be written.
// Rules are those of Kubernetes 1.36; a field that another release does not have is not set. Left out: what admission, allocation and the
// registry add (service account tokens, cluster addresses, labels of Jobs, uid, generation), and defaults that read the clock.

import { isObject, type Json, type JsonObject } from '../../../lib/json.ts';
import type { KubeObject } from '../../object.ts';
import { formatQuantity, parseQuantity, roundedToMilli } from '../../quantity.ts';
import type { Release } from '../release.ts';
import type { Schema } from '../schema.ts';
import { decode, encode } from './decode.ts';
import { kindDefaults } from './kinds.ts';
import { podDefaults } from './pods.ts';
import type { DefaultRule, DefaultRules } from './rules.ts';
import { type Struct, set } from './struct.ts';
import { workloadDefaults } from './workloads.ts';

const rules: DefaultRules = { ...podDefaults, ...workloadDefaults, ...kindDefaults };

/**
 * The object with every default filled in, as `kubectl create --dry-run=server` would show it but for what is left out above; undefined
 * where the release does not know the kind. The object must have the right types: hold it against the schema first.
 */
export function withDefaults(object: KubeObject, release: Release): KubeObject | undefined {
  const schema = release.schemaOf(object.apiVersion, object.kind);
  if (schema === undefined) return undefined;
  const decoded = decode(object as Json, schema);
  setDefaults(decoded, schema);
  return encode(decoded, schema) as KubeObject;
}

/** Fills in the defaults of a decoded value, in place. */
export function setDefaults(value: Json, schema: Schema): void {
  if (schema.preserveUnknownFields === true) return;
  if (Array.isArray(value)) {
    for (const item of value) setDefaults(item, schema.items ?? {});
    return;
  }
  if (!isObject(value)) return;
  if (schema.properties === undefined) {
    if (schema.additionalProperties?.format === 'quantity') roundAmounts(value);
    else if (schema.additionalProperties !== undefined)
      for (const item of Object.values(value)) if (item !== undefined) setDefaults(item, schema.additionalProperties);
    return;
  }
  const struct = value as Struct;
  const plan = planOf(schema, schema.properties);
  plan.rule?.(struct);
  for (const { key, field, value: absent, isDeep } of plan.steps) {
    if (absent !== undefined && struct[key] === undefined) struct[key] = absent;
    const inner = isDeep ? struct[key] : undefined;
    if (inner !== undefined) setDefaults(inner, field);
  }
}

/** What there is to do in a struct: its rule, and the fields that have a default or may have some within. */
interface Plan {
  readonly rule: DefaultRule | undefined;
  readonly steps: readonly { readonly key: string; readonly field: Schema; readonly value: Json | undefined; readonly isDeep: boolean }[];
}

type Properties = NonNullable<Schema['properties']>;

const plans = new WeakMap<Properties, Plan>();
/** Whether anything is to be done at or below a struct; of one that is being looked at, not yet. */
const concerned = new WeakMap<Properties, boolean>();

function planOf(schema: Schema, properties: Properties): Plan {
  let plan = plans.get(properties);
  if (plan === undefined) {
    const steps = [...properties].map(([key, field]) => ({ key, field, value: field.default, isDeep: isConcerned(field) }));
    plan = { rule: rules[keyOf(schema)], steps: steps.filter(({ value, isDeep }) => value !== undefined || isDeep) };
    plans.set(properties, plan);
  }
  return plan;
}

function isConcerned(schema: Schema): boolean {
  if (schema.preserveUnknownFields === true) return false;
  if (schema.type === 'array') return schema.items !== undefined && isConcerned(schema.items);
  const { properties, additionalProperties } = schema;
  if (properties === undefined)
    return additionalProperties?.format === 'quantity' || (additionalProperties !== undefined && isConcerned(additionalProperties));
  const known = concerned.get(properties);
  if (known !== undefined) return known;
  concerned.set(properties, false);
  const isOwn =
    rules[keyOf(schema)] !== undefined || [...properties.values()].some((field) => field.default !== undefined || isConcerned(field));
  if (isOwn) concerned.set(properties, true);
  else concerned.delete(properties);
  return isOwn;
}

/** Amounts of resources count in thousandths at the finest. */
function roundAmounts(map: JsonObject): void {
  for (const [key, text] of Object.entries(map)) {
    const read = typeof text === 'string' || typeof text === 'number' ? parseQuantity(text) : undefined;
    if (read?.ok === true && read.value.exponent < -3) set(map as Struct, key, formatQuantity(roundedToMilli(read.value)));
  }
}

/** `core.v1.Container` is `core.Container`. */
function keyOf(schema: Schema): string {
  const [group = '', , kind = ''] = schema.definition?.split('.') ?? [];
  return `${group}.${kind}`;
}
