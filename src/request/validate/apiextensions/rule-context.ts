// Where a rule stands, for its type and its price: how often its value may occur in one object, and what the rules of the whole schema may
// cost together (k8s.io/apiextensions-apiserver validation/cel_validation.go, 1.36). Numbers are unsigned and stop at 2^64-1.

import { escapeName } from '../../../languages/cel/crd/escape.ts';
import { type Declaration, declare } from '../../../languages/cel/crd/schema.ts';
import { maximum } from '../../../languages/cel/range.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { Path } from '../../fields/path.ts';
import { given, number, size, text } from '../read.ts';
import { isEmbedded, validations } from './schema-props.ts';

export const ruleCostLimit = 10_000_000n;
export const schemaCostLimit = 100_000_000n;

export interface TotalCost {
  total: bigint;
  /** The dearest four that cost a hundredth of the limit or more. */
  dearest: readonly { readonly path: Path; readonly cost: bigint }[];
}

type Step = { readonly property: string } | 'items' | 'values';

export interface RuleContext {
  readonly schema: JsonObject | undefined;
  readonly parent: RuleContext | undefined;
  readonly step: Step | undefined;
  /** Rules stand here or above. */
  readonly inScope: boolean;
  /** How many values of the schema an object may hold; undefined where nothing bounds them. */
  readonly cardinality: bigint | undefined;
  readonly total: TotalCost;
  /** The type of the value, found when a rule asks for it. */
  declared?: Declared;
}

/** A type, or why there is none: nothing is known of the value, or of what it is part of. */
export type Declared =
  | { readonly kind: 'known'; readonly declaration: Declaration }
  | { readonly kind: 'undeclared' }
  | { readonly kind: 'failed' };

export function rootContext(schema: JsonObject): RuleContext {
  const total: TotalCost = { total: 0n, dearest: [] };
  return { schema, parent: undefined, step: undefined, inScope: size(schema[validations]) > 0, cardinality: 1n, total };
}

export function childContext(parent: RuleContext | undefined, schema: JsonObject | undefined, step: Step): RuleContext | undefined {
  if (parent === undefined) return undefined;
  const most = parent.schema === undefined ? undefined : maxElements(parent.schema);
  const inScope = parent.inScope || (schema !== undefined && size(schema[validations]) > 0);
  const cardinality = parent.cardinality === undefined || most === undefined ? undefined : times(parent.cardinality, most);
  return { schema, parent, step, inScope, cardinality, total: parent.total };
}

export function times(cost: bigint, count: bigint): bigint {
  const product = cost * count;
  return product > maximum ? maximum : product;
}

function maxElements(schema: JsonObject): bigint | undefined {
  const bound = (limit: number | undefined) => (limit === undefined ? undefined : BigInt(Math.max(0, Math.trunc(limit))));
  switch (text(schema.type)) {
    case 'object':
      return given(schema.additionalProperties) ? bound(number(schema.maxProperties)) : 1n;
    case 'array':
      return bound(number(schema.maxItems));
    default:
      return 1n;
  }
}

/** The type of a place in the scope of rules. */
export function declaredAt(context: RuleContext): Declared {
  context.declared ??= find(context);
  return context.declared;
}

function find({ parent, step, schema }: RuleContext): Declared {
  if (parent?.inScope === true) {
    const above = declaredAt(parent);
    if (above.kind === 'failed') return above;
    const within = above.kind === 'known' && step !== undefined ? part(above.declaration, step, parent.schema) : undefined;
    if (within !== undefined) return within.kind === 'known' ? named(within.declaration, schema) : within;
  }
  const declaration = schema === undefined ? undefined : declare(schema, parent === undefined || isEmbedded(schema));
  return declaration === undefined ? { kind: 'failed' } : { kind: 'known', declaration };
}

/** Types are named after the place whose rules are compiled. */
function named(declaration: Declaration, schema: JsonObject | undefined): Declared {
  const own = schema === undefined || size(schema[validations]) === 0 ? undefined : declare(schema, isEmbedded(schema));
  return { kind: 'known', declaration: own ?? declaration };
}

function part(declaration: Declaration, step: Step, schema: JsonObject | undefined): Declared | undefined {
  if (typeof step === 'object') {
    const name = escapeName(step.property);
    const known = name === undefined ? undefined : declaration.fields?.get(name);
    return known === undefined ? undefined : { kind: 'known', declaration: known };
  }
  if (step === 'values' && !given(schema?.additionalProperties)) return undefined;
  return declaration.element === undefined ? { kind: 'undeclared' } : { kind: 'known', declaration: declaration.element };
}

/** Adds the cost of one expression to that of the schema. */
export function observe(total: TotalCost, path: Path, cost: bigint): void {
  total.total = total.total + cost > maximum ? maximum : total.total + cost;
  if (cost < schemaCostLimit / 100n) return;
  const all = [...total.dearest, { path, cost }];
  total.dearest = all.sort((a, b) => (a.cost > b.cost ? -1 : a.cost < b.cost ? 1 : 0)).slice(0, 4);
}

/** `estimated rule cost exceeds budget by factor of 2.3x (…)`. */
export function costComplaint(name: string, cost: bigint, limit: bigint): string {
  const excess = Number(cost) / Number(limit);
  const factor = excess > 100 ? 'more than 100x' : `${excess.toFixed(excess < 1.5 ? 6 : 1)}x`;
  const advice = 'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared';
  return `${name} exceeds budget by factor of ${factor} (${advice})`;
}
