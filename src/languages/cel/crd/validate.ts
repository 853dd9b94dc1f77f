// Validation rules of a custom resource, run as the API server runs them (k8s.io/apiextensions-apiserver, schema/cel): every rule of the
// schema on every value it applies to, with one budget for all, messages, reasons, field paths, transition rules and ratcheting.
//
// Left out: structural validation of the schema itself and of values, which is not CEL.

import { asList, field, isObject, type JsonObject } from '../../../lib/json.ts';
import { perCallLimit } from '../cost.ts';
import type { Environment } from '../environment.ts';
import type { Program } from '../program.ts';
import { CelError, Optional, type Value } from '../value.ts';
import { adapt, type Data } from './adapt.ts';
import { atIndex, atKey, type Correlation, isUnchanged, oldItem } from './correlation.ts';
import { escapeName } from './escape.ts';
import { type FieldError, fieldErrorText } from './field-error.ts';
import type { Segment } from './field-path.ts';
import { type CompiledRule, compileRule } from './rule.ts';
import { additional, type Declaration, declare, isEmbedded, properties, withTypeAndMeta } from './schema.ts';

/** The rules of one place in a schema and of the places below it. */
export interface Validator {
  readonly schema: JsonObject;
  readonly isRoot: boolean;
  readonly rules: readonly CompiledRule[];
  /** The rules cannot be typed: the schema says nothing about the value. */
  readonly undeclared: boolean;
  readonly items: Validator | undefined;
  readonly values: Validator | undefined;
  readonly properties: ReadonlyMap<string, Validator>;
  readonly allOf: readonly Validator[];
}

const maxDepth = 100;

/** Compiles all rules of a schema; undefined where it has none. */
export function compileSchema(schema: JsonObject, isRoot: boolean, environment: Environment): Validator | undefined {
  return build(schema, schema, isRoot, declare(schema, isRoot), environment, 0);
}

/** `rules` is the schema, or a part of its `allOf`, whose rules are wanted; `schema` says what the values are. */
function build(
  rules: JsonObject,
  schema: JsonObject,
  isRoot: boolean,
  declaration: Declaration | undefined,
  environment: Environment,
  depth: number,
): Validator | undefined {
  if (depth > maxDepth) return undefined;
  const below = (part: unknown, of: JsonObject, declared: Declaration | undefined) =>
    isObject(part) ? build(part, of, isEmbedded(of), declared, environment, depth + 1) : undefined;
  const given = asList(field(rules, 'x-kubernetes-validations'));
  // Types are named after the place whose rules are compiled.
  const own = given.length === 0 || declaration === undefined ? declaration : (declare(schema, isRoot) ?? declaration);
  const compiled = own === undefined ? [] : given.map((rule) => compileRule(rule, schema, own, environment));
  const items = field(schema, 'items');
  const values = additional(schema);
  const members = new Map<string, Validator>();
  for (const [name, part] of Object.entries(properties(rules) ?? {})) {
    const of = field(properties(schema), name);
    if (!isObject(of)) continue;
    const escaped = escapeName(name);
    const declared = escaped === undefined ? declare(of, isEmbedded(of)) : declaration?.fields?.get(escaped);
    const member = declared === undefined ? undefined : below(part, of, declared);
    if (member !== undefined) members.set(name, member);
  }
  const validator: Validator = {
    schema,
    isRoot,
    rules: compiled,
    undeclared: declaration === undefined && given.length > 0,
    items: isObject(items) ? below(field(rules, 'items'), items, declaration?.element) : undefined,
    values: values === undefined ? undefined : below(additional(rules), values, declaration?.element),
    properties: members,
    allOf: asList(field(rules, 'allOf')).flatMap((part) =>
      isObject(part) ? (build(part, schema, isRoot, declaration, environment, depth + 1) ?? []) : [],
    ),
  };
  const empty = compiled.length === 0 && !validator.undeclared && members.size === 0 && validator.allOf.length === 0;
  return empty && validator.items === undefined && validator.values === undefined ? undefined : validator;
}

export interface ValidationInput {
  readonly value: Data;
  /** The value before an update. */
  readonly old?: Data;
  readonly path?: string;
  readonly budget: number;
  readonly perCallLimit?: number;
  /** Errors of values that did not change become warnings. */
  readonly ratchet?: boolean;
}

export interface ValidationResult {
  readonly errors: readonly FieldError[];
  readonly warnings: readonly string[];
  /** Why message expressions were not used. */
  readonly log: readonly string[];
  /** Below zero where validation stopped for want of budget. */
  readonly remaining: number;
}

interface Ratchet {
  readonly current: Correlation | undefined;
  readonly parent: Correlation | undefined;
}

export function validate(validator: Validator | undefined, input: ValidationInput): ValidationResult {
  const run = new Validation(input);
  const { value, old, path = 'root', ratchet = false } = input;
  const current = ratchet && old !== undefined && validator !== undefined ? { now: value, old, schema: validator.schema } : undefined;
  if (validator !== undefined) run.node(validator, path, value, old, { current, parent: undefined });
  return run;
}

class Validation implements ValidationResult {
  readonly errors: FieldError[] = [];
  readonly warnings: string[] = [];
  readonly log: string[] = [];
  remaining: number;
  readonly #limit: number;

  constructor({ budget, perCallLimit: limit = perCallLimit }: ValidationInput) {
    this.remaining = budget;
    this.#limit = limit;
  }

  node(validator: Validator, path: string, value: Data | undefined, old: Data | undefined, ratchet: Ratchet): void {
    if (value === null || value === undefined || this.remaining < 0) return;
    this.#rules(validator, path, value, old ?? undefined, ratchet);
    for (const part of validator.allOf) this.node(part, path, value, old, { current: undefined, parent: ratchet.parent });
    if (Array.isArray(value)) this.#list(validator, path, value, old, ratchet);
    else if (isObject(value)) this.#map(validator, path, value, old, ratchet);
  }

  #list(validator: Validator, path: string, value: readonly Data[], old: Data | undefined, ratchet: Ratchet): void {
    if (validator.items === undefined) return;
    for (const [index, item] of value.entries()) {
      const next = ratchet.current === undefined ? ratchet : { current: atIndex(ratchet.current, index), parent: ratchet.current };
      this.node(validator.items, `${path}[${index}]`, item, oldItem(validator.schema, old, item), next);
    }
  }

  #map(validator: Validator, path: string, value: JsonObject, old: Data | undefined, ratchet: Ratchet): void {
    const before = (key: string) => field(old, key);
    for (const key of Object.keys(value)) {
      const next = below(ratchet, key);
      if (validator.values !== undefined) this.node(validator.values, `${path}[${key}]`, value[key], before(key), next);
      const member = validator.properties.get(key);
      if (member !== undefined) this.node(member, `${path}.${key}`, value[key], before(key), next);
    }
  }

  #rules(validator: Validator, path: string, value: Data, old: Data | undefined, ratchet: Ratchet): void {
    const kind = String(field(validator.schema, 'type') ?? '');
    const refuse = (detail: string) => this.errors.push({ type: 'FieldValueInvalid', field: path, value: kind, detail });
    if (validator.undeclared) refuse('rule compiler initialization error: failed to convert to declType for CEL validation rules');
    if (validator.rules.length === 0) return;
    if (this.remaining <= 0) {
      this.#stop(refuse, outOfBudget);
      return;
    }
    const schema = validator.isRoot ? withTypeAndMeta(validator.schema) : validator.schema;
    const self = adapt(schema, value);
    const oldSelf = old === undefined ? undefined : adapt(schema, old);
    for (const rule of validator.rules) {
      if (this.remaining < 0) return;
      if (rule.error !== undefined) refuse(`rule compile error: ${rule.error}`);
      if (rule.program === undefined || (rule.usesOldSelf && old === undefined && !rule.optionalOldSelf)) continue;
      const variables = bindings(self, oldSelf, rule.optionalOldSelf);
      const failed = this.#evaluate(rule, rule.program, variables, refuse);
      if (!failed) continue;
      this.#failed(rule, validator, path, value, variables, ratchet);
    }
  }

  #stop(refuse: (detail: string) => unknown, detail: string): void {
    refuse(detail);
    this.remaining = -1;
  }

  /** True where the rule is broken; errors of evaluation are reported here. */
  #evaluate(
    rule: CompiledRule,
    program: Program,
    variables: Readonly<Record<string, Value>>,
    refuse: (detail: string) => unknown,
  ): boolean {
    const { value, cost, exceeded } = program.evaluate(variables, this.#limit);
    const shown = rule.message === '' ? rule.rule.trim() : rule.message;
    if (cost > this.remaining) {
      this.#stop(refuse, outOfBudget);
      return false;
    }
    this.remaining -= cost;
    if (!(value instanceof CelError)) return value !== true;
    if (exceeded)
      this.#stop(refuse, `'${value.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown}`);
    else if (value.message.startsWith('no such overload'))
      refuse(`'${value.message}': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`);
    else refuse(`${value.message} evaluating rule: ${shown}`);
    return false;
  }

  #failed(
    rule: CompiledRule,
    validator: Validator,
    path: string,
    value: Data,
    variables: Readonly<Record<string, Value>>,
    ratchet: Ratchet,
  ): void {
    const at = joinPath(path, rule.fieldPath);
    const report = (error: FieldError): void => {
      if (!rule.usesOldSelf && isUnchanged(ratchet.current ?? ratchet.parent)) this.warnings.push(fieldErrorText(error));
      else this.errors.push(error);
    };
    const written = rule.messageProgram === undefined ? undefined : this.#message(rule.messageProgram, variables);
    if (written?.stop !== undefined) {
      report({ type: 'FieldValueInvalid', field: at, value: String(field(validator.schema, 'type')), detail: written.stop });
      this.remaining = -1;
      return;
    }
    const detail = written?.text ?? (rule.message === '' ? `failed rule: ${rule.rule.trim()}` : rule.message);
    const kind = field(validator.schema, 'type');
    const type = rule.reason === undefined ? 'FieldValueInvalid' : (reasons[rule.reason] ?? 'FieldValueInvalid');
    report({ type, field: at, detail, ...(kind === 'object' || kind === 'array' ? {} : { value }) });
  }

  #message(program: Program, variables: Readonly<Record<string, Value>>): { readonly text?: string; readonly stop?: string } {
    const { value, cost, exceeded } = program.evaluate(variables, this.#limit);
    if (cost > this.remaining)
      return { stop: 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run' };
    if (exceeded)
      return {
        stop: `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${JSON.stringify(program.source)}`,
      };
    this.remaining -= cost;
    const unused = (why: string) => {
      this.log.push(why);
      return {};
    };
    if (value instanceof CelError) return unused(`messageExpression evaluation failed due to: ${value.message}`);
    const text = typeof value === 'string' ? value.trim() : undefined;
    if (text === undefined) return unused('messageExpression failed to convert to string');
    if (new TextEncoder().encode(text).length > maxMessage) return unused(`messageExpression beyond allowable length of ${maxMessage}`);
    if (text.includes('\n')) return unused('messageExpression should not contain line breaks');
    return text === '' ? unused('messageExpression should evaluate to a non-empty string') : { text };
  }
}

const maxMessage = 5120;
const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run';
const reasons: Readonly<Record<string, FieldError['type']>> = {
  FieldValueForbidden: 'FieldValueForbidden',
  FieldValueRequired: 'FieldValueRequired',
  FieldValueDuplicate: 'FieldValueDuplicate',
  FieldValueInvalid: 'FieldValueInvalid',
};

function bindings(self: Value, oldSelf: Value | undefined, optional: boolean): Readonly<Record<string, Value>> {
  if (optional) return { self, oldSelf: oldSelf === undefined ? Optional.none : new Optional(oldSelf) };
  return oldSelf === undefined ? { self } : { self, oldSelf };
}

/** Type and version of the resource itself never ratchet. */
function below(ratchet: Ratchet, key: string): Ratchet {
  const { current, parent } = ratchet;
  if (current === undefined) return ratchet;
  if (parent === undefined && (key === 'apiVersion' || key === 'kind')) return { current: undefined, parent: undefined };
  return { current: atKey(current, key), parent: current };
}

function joinPath(path: string, segments: readonly Segment[]): string {
  return segments.reduce((text, { name, isKey }) => (isKey ? `${text}[${name}]` : `${text}.${name}`), path);
}
