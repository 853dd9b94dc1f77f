// What the rules of a ValidatingAdmissionPolicy say of a request under one parameter (kube-apiserver 1.36, plugin/policy/validating
// Validate): match conditions, validations and their messages on one budget, audit annotations on a fresh one.

import { perCallLimit, runtimeBudget } from '../../languages/cel/cost.ts';
import { plain } from '../../languages/cel/plain.ts';
import { CelError, type Value } from '../../languages/cel/value.ts';
import { why } from '../../languages/cel/why.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AdmissionRequest, ConvertedObjects } from '../admission-request.ts';
import { Activation } from '../cel/activation.ts';
import { evaluateAll, type Result } from '../cel/evaluate.ts';
import { meter } from '../cel/variables.ts';
import type { Cause } from '../compiled.ts';
import type { Matched } from '../match.ts';
import { evaluateMatchConditions } from '../match-conditions.ts';
import { type Rules, trimmed, type Validation } from './compile.ts';

export interface RuleDecision {
  readonly action: 'admit' | 'deny';
  /** The rule could not be evaluated; `action` is what the failurePolicy makes of it. */
  readonly failed: boolean;
  readonly message: string;
  /** Empty for failures. */
  readonly reason: string;
  readonly why?: () => Cause | undefined;
}

export type AnnotationDecision =
  | { readonly action: 'publish'; readonly key: string; readonly value: string }
  | { readonly action: 'exclude'; readonly key: string }
  | { readonly action: 'error'; readonly key: string; readonly message: string };

export interface RuleDecisions {
  readonly decisions: readonly RuleDecision[];
  readonly annotations: readonly AnnotationDecision[];
}

const noAnnotations: readonly never[] = [];
const none: RuleDecisions = { decisions: [], annotations: [] };
/** What every rule that holds says. */
export const admit: RuleDecision = { action: 'admit', failed: false, message: '', reason: '' };

/** What policies say of which every rule holds, by the number of their rules: most policies, most of the time. */
const held = new Map<number, RuleDecisions>();

function allHold(count: number): RuleDecisions {
  const known = held.get(count) ?? { decisions: new Array<RuleDecision>(count).fill(admit), annotations: noAnnotations };
  held.set(count, known);
  return known;
}

function failed({ failurePolicy }: Rules, message: string): RuleDecision {
  return { action: failurePolicy === 'Ignore' ? 'admit' : 'deny', failed: true, message, reason: '' };
}

/** Evaluates the rules once. */
export function decide(
  rules: Rules,
  request: AdmissionRequest,
  matched: Matched,
  objects: ConvertedObjects,
  params: JsonObject | null,
): RuleDecisions {
  const { variables } = rules;
  if (rules.matchConditions.length > 0) {
    const blind = new Activation(request, matched, objects, params, false);
    const answer = evaluateMatchConditions(rules.matchConditions, blind, variables, rules.failurePolicy);
    if (answer.matches === 'error') return { decisions: [failed(rules, answer.message)], annotations: [] };
    if (!answer.matches) return none;
  }
  const activation = activationOf(rules, request, matched, objects, params);
  const { results, remaining, exceeded } = evaluateAll(rules.validations, activation, variables, runtimeBudget);
  if (exceeded !== undefined) return { decisions: [failed(rules, exceeded)], annotations: [] };
  const holds = results.every(({ value }) => value === true);
  const needed = !holds || couldExceed(rules, remaining);
  if (!needed && rules.auditAnnotations.length === 0) return allHold(results.length);
  const messages = needed ? evaluateAll(rules.messages, activation, variables, remaining) : undefined;
  const decisions = rules.validations.map((validation, index): RuleDecision => {
    const { value, error } = results[index] ?? {};
    if (value === true && messages?.exceeded === undefined) return admit;
    if (error !== undefined) return failed(rules, error);
    if (messages?.exceeded !== undefined) return failed(rules, `failed messageExpression: ${messages.exceeded}`);
    return {
      action: 'deny',
      failed: false,
      message: messageOf(validation, messages?.results[index]),
      reason: validation.reason,
      why: () => causeOf(rules, validation, activation),
    };
  });
  return annotate(rules, activation, decisions);
}

function activationOf(
  { variables }: Rules,
  request: AdmissionRequest,
  matched: Matched,
  objects: ConvertedObjects,
  params: JsonObject | null,
): Activation {
  if (variables !== undefined || params !== null) return new Activation(request, matched, objects, params, true);
  objects.activation ??= new Activation(request, matched, objects, null, true);
  return objects.activation;
}

function annotate(rules: Rules, activation: Activation, decisions: readonly RuleDecision[]): RuleDecisions {
  const { auditAnnotations, variables, failurePolicy } = rules;
  if (auditAnnotations.length === 0) return { decisions, annotations: noAnnotations };
  const { results, exceeded } = evaluateAll(auditAnnotations, activation, variables, runtimeBudget);
  if (exceeded !== undefined) return { decisions: [failed(rules, exceeded)], annotations: [] };
  const annotations = auditAnnotations.map(({ key }, index): AnnotationDecision => {
    const { value, error } = results[index] ?? {};
    if (error !== undefined) return failurePolicy === 'Ignore' ? { action: 'exclude', key } : { action: 'error', key, message: error };
    const text = typeof value === 'string' ? trimmed(value) : '';
    return text === '' ? { action: 'exclude', key } : { action: 'publish', key, value: text };
  });
  return { decisions, annotations };
}

/** More than an expression costs when it is stopped at its limit. */
const mostOfOne = perCallLimit * 1.5;

/** Messages are evaluated for rules that hold too, and deny when they run out of budget: where they cannot, nobody will know. */
function couldExceed({ messageCount }: Rules, remaining: number): boolean {
  return messageCount * mostOfOne > remaining;
}

const maxMessage = 5120;

/** The message of a denial: of its expression where that gives one line of text, else the fixed one, else the expression that failed. */
function messageOf({ message }: Validation, written: Result | undefined): string {
  const text = typeof written?.value === 'string' ? trimmed(written.value) : '';
  if (text !== '' && !text.includes('\n') && new TextEncoder().encode(text).length <= maxMessage) return text;
  return message;
}

function causeOf(rules: Rules, { program }: Validation, activation: Activation): Cause | undefined {
  if (program === undefined) return undefined;
  if (rules.variables !== undefined) meter(rules.variables, activation, perCallLimit);
  const cause = why(program, activation, perCallLimit);
  if (cause === undefined) return undefined;
  const shown = (value: Value) => (value instanceof CelError ? { error: value.message } : plain(value));
  return {
    expression: cause.expression,
    value: shown(cause.value),
    parts: cause.parts.map(({ expression, value }) => ({ expression, value: shown(value) })),
  };
}
