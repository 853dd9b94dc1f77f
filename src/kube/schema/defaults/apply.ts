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
  const plan = planOf(schema);
  if (plan !== undefined) carryOut(plan, value);
}

/** What there is to do in values of a type. */
type Plan = { readonly kind: 'amounts' } | { readonly kind: 'items' | 'values'; readonly of: Plan } | StructPlan;

interface StructPlan {
  readonly kind: 'struct';
  readonly rule: DefaultRule | undefined;
  readonly steps: readonly Step[];
}

/** A field that has a default, or may have some within. */
interface Step {
  readonly key: string;
  readonly value: Json | undefined;
  readonly inner: Plan | undefined;
}

function carryOut(plan: Plan, value: Json): void {
  if (typeof value !== 'object' || value === null) return;
  if (plan.kind === 'items') {
    if (Array.isArray(value)) for (const item of value) carryOut(plan.of, item);
    return;
  }
  if (!isObject(value)) return;
  if (plan.kind === 'struct') fillStruct(plan, value as Struct);
  else if (plan.kind === 'amounts') roundAmounts(value);
  else for (const item of Object.values(value)) if (item !== undefined) carryOut(plan.of, item);
}

function fillStruct({ rule, steps }: StructPlan, struct: Struct): void {
  rule?.(struct);
  for (const { key, value, inner } of steps) {
    let item = struct[key];
    if (item === undefined && value !== undefined) {
      item = value;
      struct[key] = value;
    }
    if (item !== undefined && inner !== undefined) carryOut(inner, item);
  }
}

type Properties = NonNullable<Schema['properties']>;

const plans = new WeakMap<Schema, Plan | 'nothing'>();
const structs = new WeakMap<Properties, Plan | undefined>();

function planOf(schema: Schema): Plan | undefined {
  let plan = plans.get(schema);
  if (plan === undefined) {
    plan = made(schema) ?? 'nothing';
    plans.set(schema, plan);
  }
  return plan === 'nothing' ? undefined : plan;
}

function made(schema: Schema): Plan | undefined {
  if (!isConcerned(schema)) return undefined;
  const { type, items, properties, additionalProperties } = schema;
  if (type === 'array') return inAll('items', items);
  if (properties === undefined)
    return additionalProperties?.format === 'quantity' ? { kind: 'amounts' } : inAll('values', additionalProperties);
  const known = structs.get(properties);
  if (known !== undefined) return known;
  const steps: Step[] = [];
  const plan: Plan = { kind: 'struct', rule: rules[keyOf(schema)], steps };
  // Known before its fields are looked at: types may contain themselves.
  structs.set(properties, plan);
  for (const [key, field] of properties) {
    const inner = planOf(field);
    if (field.default !== undefined || inner !== undefined) steps.push({ key, value: field.default, inner });
  }
  return plan;
}

function inAll(kind: 'items' | 'values', schema: Schema | undefined): Plan | undefined {
  const of = schema === undefined ? undefined : planOf(schema);
  return of === undefined ? undefined : { kind, of };
}

/** Whether anything is to be done at or below a struct; of one that is being looked at, not yet. */
const concerned = new WeakMap<Properties, boolean>();

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
