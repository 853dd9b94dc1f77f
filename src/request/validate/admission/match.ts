// What policies match, and under which conditions: MatchResources and MatchCondition (kubernetes pkg/apis/admissionregistration/validation,
// 1.36). New expressions are compiled with the functions of the release before the server's, so that a rollback can still run them;
// those that are stored already with all there are.

import type { Environment } from '../../../languages/cel/environment.ts';
import type { Type } from '../../../languages/cel/type.ts';
import { types } from '../../../languages/cel/type.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { admissionEnvironment } from '../../../policy/cel/environment.ts';
import { compileExpression } from '../../../policy/cel/expression.ts';
import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain, validateLabelSelector } from '../meta/labels.ts';
import { qualifiedName } from '../meta/names.ts';
import { given, object, objects, text } from '../read.ts';
import { validateNamedRule } from './rules.ts';

export const failurePolicies = ['Fail', 'Ignore'];
export const matchPolicies = ['Equivalent', 'Exact'];

/** A field that must be there and be one of a few words. */
export function requireOneOf(value: Json | undefined, words: readonly string[], path: Path, errors: FieldError[]): void {
  if (!given(value)) errors.push(required(path));
  else if (!words.includes(text(value))) errors.push(notSupported(path, text(value), words));
}

/** `matchConstraints` and `matchResources`; absent is fine. */
export function validateMatchResources(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const match = object(value);
  if (match === undefined) return;
  requireOneOf(match.matchPolicy, matchPolicies, path.child('matchPolicy'), errors);
  for (const selector of ['namespaceSelector', 'objectSelector'])
    if (given(match[selector])) validateLabelSelector(match[selector], path.child(selector), errors);
    else errors.push(required(path.child(selector)));
  for (const list of ['resourceRules', 'excludeResourceRules'])
    for (const [index, rule] of objects(match[list]).entries()) validateNamedRule(rule, path.child(list).index(index), errors);
}

/** How the expressions of one object are compiled. */
export interface Expressions {
  /** The minor of the server: `36`. */
  readonly minor: number;
  readonly params: boolean;
  /** Expressions that are stored already. */
  readonly stored: ReadonlySet<string>;
}

export function environmentFor({ minor, params, stored }: Expressions, source: string, authorizer: boolean, mutation = false): Environment {
  return admissionEnvironment(stored.has(source) ? undefined : minor - 1, { params, authorizer, mutation });
}

/** Reports an expression that does not compile or is of another type. */
export function validateExpression(
  source: string,
  environment: Environment,
  wanted: readonly Type[],
  path: Path,
  errors: FieldError[],
  shown = source,
): void {
  const { error } = compileExpression(source, environment, wanted);
  if (error !== undefined) errors.push(invalid(path, shown, error));
}

const mostConditions = 64;

export function validateMatchConditions(
  conditions: readonly JsonObject[],
  expressions: Expressions,
  path: Path,
  errors: FieldError[],
): void {
  if (conditions.length > mostConditions) errors.push(tooMany(path, conditions.length, mostConditions));
  const seen = new Set<string>();
  for (const [index, condition] of conditions.entries()) {
    const at = path.index(index);
    const written = text(condition.expression);
    const source = written.trim();
    if (source === '') errors.push(required(at.child('expression')));
    else {
      const stored = expressions.stored.has(source) ? new Set([source]) : new Set<string>();
      validateExpression(source, environmentFor({ ...expressions, stored }, source, true), [types.bool], at.child('expression'), errors);
    }
    const name = text(condition.name);
    if (name === '') {
      errors.push(required(at.child('name')));
      continue;
    }
    complain(name, qualifiedName(name), at.child('name'), errors);
    if (seen.has(name)) errors.push(duplicate(at.child('name'), name));
    seen.add(name);
  }
}
