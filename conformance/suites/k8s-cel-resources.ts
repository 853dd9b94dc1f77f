// The part of k8s-cel about custom resources: validation rules, their costs, messages, paths, ratcheting, and the escaping of names.

import { runtimeBudget } from '../../src/languages/cel/cost.ts';
import { escapeName, unescapeName } from '../../src/languages/cel/crd/escape.ts';
import { fieldErrorText } from '../../src/languages/cel/crd/field-error.ts';
import { readFieldPath } from '../../src/languages/cel/crd/field-path.ts';
import { compileRule } from '../../src/languages/cel/crd/rule.ts';
import { declare } from '../../src/languages/cel/crd/schema.ts';
import { compileSchema, type ValidationResult, validate } from '../../src/languages/cel/crd/validate.ts';
import { kubernetesEnvironment } from '../../src/languages/cel/kubernetes.ts';
import { asList, field, type JsonObject } from '../../src/lib/json.ts';
import { type Case, type Judge, matches } from './k8s-cel-case.ts';

const environment = kubernetesEnvironment();

/** The schema with the case's rule put on its root. */
function ruled({ schema = {}, expr, message, messageExpression, optionalOldSelf }: Case): JsonObject {
  if (expr === undefined) return schema;
  const rule = {
    rule: expr,
    ...(message !== undefined && { message }),
    ...(messageExpression !== undefined && { messageExpression }),
    ...(optionalOldSelf !== undefined && { optionalOldSelf }),
  };
  return { ...schema, 'x-kubernetes-validations': [...asList(field(schema, 'x-kubernetes-validations')), rule] };
}

function validated(each: Case, ratchet = false): ValidationResult {
  const { vars = {}, isRoot = false, costBudget = runtimeBudget, perCallLimit } = each;
  const validator = compileSchema(ruled(each), isRoot, environment);
  return validate(validator, {
    value: vars.self ?? null,
    ...(vars.oldSelf !== undefined && { old: vars.oldSelf }),
    budget: costBudget,
    ...(perCallLimit !== undefined && { perCallLimit }),
    ratchet,
  });
}

const texts = ({ errors }: ValidationResult): readonly string[] => errors.map(fieldErrorText);

const rule: Judge = (each) => {
  const { expect, costBudget = runtimeBudget } = each;
  const result = validated(each);
  const written = texts(result);
  const valid = expect.valid === true ? written.length === 0 : written.length > 0 && written.every((text) => matches(text, expect));
  const cost = expect.cost === undefined || costBudget - result.remaining === expect.cost;
  return valid && cost ? undefined : `cost ${costBudget - result.remaining}, ${written.join(' | ') || 'valid'}`;
};

/** One to one, in any order. */
function paired(written: readonly string[], wanted: readonly string[]): boolean {
  const left = [...written];
  for (const text of wanted) {
    const at = left.findIndex((error) => error.includes(text));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

const errors =
  (ratchet: boolean): Judge =>
  (each) => {
    const result = validated(each, ratchet);
    const wanted = (each.expect.errors ?? []).filter((error) => typeof error === 'string');
    const { warnings } = each.expect;
    const same = paired(texts(result), wanted) && (warnings === undefined || JSON.stringify(warnings) === JSON.stringify(result.warnings));
    return same ? undefined : `${texts(result).join(' | ')} warnings ${result.warnings.join(' | ')}`;
  };

const reasons: Judge = (each) => {
  const written = validated(each).errors.map((error) => `${error.type} ${error.field}`);
  const wanted = (each.expect.errors ?? []).map((error) => (typeof error === 'string' ? error : `${error.type} ${error.field}`));
  return JSON.stringify(written.sort()) === JSON.stringify(wanted.sort()) ? undefined : written.join(' | ');
};

const message: Judge = (each) => {
  const { expect } = each;
  const result = validated(each);
  const text = texts(result).every((error) => matches(error, expect)) && result.errors.length > 0;
  const log = expect.log === undefined || result.log.some((line) => line.includes(expect.log ?? ''));
  const remaining = expect.remainingBudget === undefined || result.remaining === expect.remainingBudget;
  return text && log && remaining
    ? undefined
    : `${texts(result).join(' | ')}; log ${result.log.join(' | ')}; remaining ${result.remaining}`;
};

const fieldPath: Judge = ({ fieldPath: path = '', schema = {}, expect }) => {
  const read = readFieldPath(path, schema);
  if (!read.ok) return expect.error !== undefined && matches(read.problem, expect) ? undefined : read.problem;
  const names = read.value.map(({ name }) => name);
  return expect.valid === true && (expect.path === undefined || names.join('/') === expect.path.join('/')) ? undefined : names.join('/');
};

const compiled: Judge = ({ expr = '', schema = {}, expect, messageExpression, message: text, optionalOldSelf }) => {
  const declaration = declare(schema, false);
  if (declaration === undefined) return expect.valid === false ? undefined : 'not declared';
  const made = { rule: expr, message: text, messageExpression, optionalOldSelf };
  const result = compileRule(JSON.parse(JSON.stringify(made)), schema, declaration, environment);
  if (expect.messageExpressionError !== undefined)
    return matches(result.messageError ?? '', { error: expect.messageExpressionError, match: expect.match ?? 'contains' })
      ? undefined
      : String(result.messageError);
  if (expect.valid === false) return result.error !== undefined && matches(result.error, expect) ? undefined : String(result.error);
  if (result.error !== undefined) return result.error;
  return expect.usesOldSelf === undefined || expect.usesOldSelf === result.usesOldSelf ? undefined : `usesOldSelf ${result.usesOldSelf}`;
};

/** Every rule of the schema, with where it stands. */
function maxCost(schema: JsonObject): bigint | string {
  const validator = compileSchema(schema, false, environment);
  const rules = validator === undefined ? [] : all(validator);
  const error = rules.find((each) => each.error !== undefined)?.error;
  if (error !== undefined) return error;
  let most = 0n;
  for (const each of rules) if (each.maxCost > most) most = each.maxCost;
  return most;
}

type Validator = NonNullable<ReturnType<typeof compileSchema>>;

function all(validator: Validator): Validator['rules'] {
  const below = [validator.items, validator.values, ...validator.properties.values(), ...validator.allOf];
  return [...validator.rules, ...below.flatMap((part) => (part === undefined ? [] : all(part)))];
}

const estimate: Judge = (each) => {
  const cost = maxCost(ruled(each));
  if (typeof cost === 'string') return cost;
  const { max, atLeast } = each.expect.estimatedCost ?? {};
  const holds = max !== undefined ? cost === BigInt(max) : cost >= BigInt(atLeast ?? 0);
  return holds ? undefined : String(cost);
};

const escaping: Judge = ({ id, name = '', escaped, expect }) => {
  if (escaped !== undefined) return unescapeName(escaped) === undefined ? undefined : unescapeName(escaped);
  if (expect.unescapable === true) return escapeName(name) === undefined ? undefined : escapeName(name);
  if (expect.escaped !== undefined)
    return escapeName(name) === expect.escaped && unescapeName(expect.escaped) === name ? undefined : escapeName(name);
  return id;
};

export const customResources: Readonly<Record<string, Judge>> = {
  'crd-rule': rule,
  'crd-cost': rule,
  'crd-schema': errors(false),
  'crd-optional-old-self': errors(false),
  'crd-ratcheting': errors(true),
  'crd-reason': reasons,
  'crd-message': message,
  'crd-field-path': fieldPath,
  'crd-compile': compiled,
  'crd-cost-estimate': estimate,
  escaping,
};
