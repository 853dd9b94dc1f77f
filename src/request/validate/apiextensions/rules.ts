// `x-kubernetes-validations` of one schema: their form first, then, where the schema is sound from here down, their types, prices and use of
// the old value (k8s.io/apiextensions-apiserver validation/validation.go and schema/cel/compilation.go, 1.36).

import { readFieldPath } from '../../../languages/cel/crd/field-path.ts';
import { type CompiledRule, compileRule } from '../../../languages/cel/crd/rule.ts';
import { type Declaration, maxRequestBytes } from '../../../languages/cel/crd/schema.ts';
import type { Environment } from '../../../languages/cel/environment.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, internalError, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { given, objects, text } from '../read.ts';
import { costComplaint, declaredAt, observe, type RuleContext, ruleCostLimit, times } from './rule-context.ts';
import { validations } from './schema-props.ts';
import { shownRule } from './shown.ts';
import { notStructural } from './structural.ts';

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const lineBreak = /[\n\r]/;

/** What is written of the rules, before they are compiled. */
export function validateRuleForm(schema: JsonObject, path: Path, errors: FieldError[]): void {
  for (const [index, rule] of objects(schema[validations]).entries()) {
    const at = path.child(validations).index(index);
    const message = text(rule.message);
    if (text(rule.rule).trim() === '') errors.push(required(at.child('rule'), 'rule is not specified'));
    else if (message !== '' && message.trim() === '') errors.push(invalid(at.child('message'), message, 'must be non-empty if specified'));
    else if (lineBreak.test(message.trim())) errors.push(invalid(at.child('message'), message, 'must not contain line breaks'));
    else if (lineBreak.test(text(rule.rule).trim()) && message.trim() === '')
      errors.push(required(at.child('message'), 'message must be specified if rule contains line breaks'));
    const expression = text(rule.messageExpression);
    if (expression !== '' && expression.trim() === '')
      errors.push(required(at.child('messageExpression'), 'messageExpression must be non-empty if specified'));
    if (given(rule.reason) && !reasons.includes(text(rule.reason))) errors.push(notSupported(at.child('reason'), rule.reason, reasons));
    const place = text(rule.fieldPath);
    if (place === '') continue;
    const refuse = (why: string) => errors.push(invalid(at.child('fieldPath'), place, why));
    if (place.trim() === '') refuse('must be non-empty if specified');
    if (lineBreak.test(place)) refuse('must not contain line breaks');
    if (notStructural(schema) === undefined && !readFieldPath(place, schema).ok) refuse('must be a valid path');
  }
}

/** How rules are judged. */
export interface RuleOptions {
  /** Expressions that were stored before may use what only the newest version knows. */
  readonly stored: Environment;
  readonly fresh: Environment;
  readonly known: ReadonlySet<string>;
  /** The schema did not change: what a rule may cost is not asked again. */
  readonly anyCost: boolean;
}

/** Compiles the rules. `uncorrelatable` is the nearest place above whose old values cannot be told. */
export function validateRules(
  schema: JsonObject,
  path: Path,
  context: RuleContext,
  options: RuleOptions,
  uncorrelatable: Path | undefined,
  errors: FieldError[],
): void {
  const at = path.child(validations);
  const declared = declaredAt(context);
  if (declared.kind === 'failed') {
    const why = 'unable to convert structural schema to CEL declarations';
    errors.push(internalError(at, `internal error: failed to construct type information for ${validations} rules: ${why}`));
    return;
  }
  if (declared.kind === 'undeclared') {
    errors.push(internalError(at, 'failed to convert to declType for CEL validation rules'));
    return;
  }
  const { declaration } = declared;
  for (const [index, rule] of objects(schema[validations]).entries()) {
    const environment = options.known.has(text(rule.rule)) ? options.stored : options.fresh;
    const compiled = compileRule(rule, schema, declaration, environment);
    const here = at.index(index);
    chargeRule(compiled, declaration, here, context, options, errors);
    const shown = shownRule(rule);
    if (compiled.error !== undefined) errors.push(invalid(here.child('rule'), shown, compiled.error));
    if (compiled.messageError !== undefined) errors.push(invalid(here.child('messageExpression'), shown, compiled.messageError));
    else if (compiled.messageProgram !== undefined) chargeMessage(compiled, here.child('messageExpression'), context, options, errors);
    if (compiled.usesOldSelf) {
      const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`;
      if (uncorrelatable !== undefined) errors.push(invalid(here.child('rule'), text(rule.rule), why));
    } else if (given(rule.optionalOldSelf))
      errors.push(invalid(here.child('optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
  }
}

function chargeRule(
  compiled: CompiledRule,
  { minSize }: Declaration,
  here: Path,
  { cardinality, total }: RuleContext,
  { anyCost }: RuleOptions,
  errors: FieldError[],
): void {
  const mostOften = BigInt(Math.floor(maxRequestBytes / (minSize + 1)));
  const cost = times(compiled.maxCost, cardinality ?? mostOften);
  const at = here.child('rule');
  if (!anyCost && cost > ruleCostLimit) errors.push(forbidden(at, costComplaint('estimated rule cost', cost, ruleCostLimit)));
  observe(total, at, cost);
}

/** A message is made once, however many values break the rule. */
function chargeMessage(
  { messageMaxCost: cost }: CompiledRule,
  at: Path,
  { total }: RuleContext,
  { anyCost }: RuleOptions,
  errors: FieldError[],
): void {
  if (!anyCost && cost > ruleCostLimit) errors.push(forbidden(at, costComplaint('estimated messageExpression cost', cost, ruleCostLimit)));
  observe(total, at, cost);
}
