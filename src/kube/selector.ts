// Label selectors, from objects (`matchLabels`, `matchExpressions`) and from texts (`a in (b,c),!d,e!=f`), as k8s.io/apimachinery/pkg/labels
// of 1.36: NotIn and != also match objects that lack the key; a selector that is absent matches nothing, an empty one everything.

import { asObject, asString, field, isObject, type Json } from '../lib/json.ts';
import { failure, ok, type Result } from '../lib/result.ts';
import { isLabelValue, isQualifiedName } from './names.ts';

export type SelectorOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';

export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  /** For In and NotIn the allowed or excluded values, for Gt and Lt one whole number. */
  readonly values: readonly string[];
}

/** All requirements must hold; none at all means everything. */
export type Selector = readonly Requirement[];

export type Labels = Readonly<Record<string, string>>;

/** True where the labels meet every requirement. */
export function matches(selector: Selector, labels: Labels): boolean {
  for (const requirement of selector) if (!meets(requirement, labels)) return false;
  return true;
}

function meets({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const own = value === undefined ? undefined : integer(value);
      const bound = integer(values[0] ?? '');
      if (own === undefined || bound === undefined) return false;
      return operator === 'Gt' ? own > bound : own < bound;
    }
  }
}

function integer(text: string): bigint | undefined {
  if (!/^[-+]?[0-9]{1,19}$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/**
 * The selector of a `labelSelector` field. Absent or null matches nothing: undefined stands for that. A failure says what is wrong; the API
 * server refuses such a selector, so that what it would match has no answer.
 */
export function labelSelector(value: Json | undefined): Result<Selector | undefined, string> {
  if (value === undefined || value === null) return ok(undefined);
  if (!isObject(value)) return failure('the selector is no mapping');
  const selector: Requirement[] = [];
  for (const [key, wanted] of Object.entries(asObject(value.matchLabels))) {
    if (wanted !== null && typeof wanted !== 'string') return failure(`the value of label "${key}" is no string`);
    selector.push({ key, operator: 'In', values: [wanted ?? ''] });
  }
  const expressions = value.matchExpressions;
  if (expressions !== undefined && expressions !== null && !Array.isArray(expressions)) return failure('matchExpressions is no list');
  for (const expression of (expressions ?? []) as readonly Json[]) {
    const operator = asString(field(expression, 'operator'));
    if (operator !== 'In' && operator !== 'NotIn' && operator !== 'Exists' && operator !== 'DoesNotExist')
      return failure(`"${String(operator)}" is no operator of a label selector`);
    const values = field(expression, 'values');
    if (values !== undefined && values !== null && !Array.isArray(values)) return failure('values of an expression is no list');
    const texts = ((values ?? []) as readonly Json[]).map((item) => item ?? '');
    if (!texts.every((item): item is string => typeof item === 'string')) return failure('values of an expression are no strings');
    selector.push({ key: asString(field(expression, 'key')) ?? '', operator, values: texts });
  }
  for (const requirement of selector) {
    const wrong = complaint(requirement);
    if (wrong !== undefined) return failure(wrong);
  }
  return ok(selector);
}

/** What the API server would refuse about a requirement. */
export function complaint({ key, operator, values }: Requirement): string | undefined {
  if (!isQualifiedName(key)) return `"${key}" is no label key`;
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) return `${operator} needs values`;
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) return `${operator} takes no values`;
  if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) return `${operator} needs one value`;
    if (integer(values[0] ?? '') === undefined) return `"${values[0]}" is no whole number`;
  }
  for (const value of values) if (!isLabelValue(value)) return `"${value}" is no label value`;
  return undefined;
}

type Token = { readonly kind: 'word' | 'symbol' | 'end'; readonly text: string };

const token = /[ \t\r\n]*(?:(==|!=|[=!(),<>])|([^=!(),<> \t\r\n]+))/y;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[1] !== undefined) tokens.push({ kind: 'symbol', text: match[1] });
    else tokens.push({ kind: 'word', text: match[2] ?? '' });
  }
  return [...tokens, { kind: 'end', text: '' }];
}

/** Reads the text form. `parseSelector('a in (b, c), !d')`. The empty text selects everything. */
export function parseSelector(text: string): Result<Selector, string> {
  const tokens = tokensOf(text);
  const selector: Requirement[] = [];
  let next = 0;
  const take = (): Token => tokens[Math.min(next++, tokens.length - 1)] ?? { kind: 'end', text: '' };
  const peek = (): Token => tokens[Math.min(next, tokens.length - 1)] ?? { kind: 'end', text: '' };
  const isSymbol = (found: Token, symbol: string) => found.kind === 'symbol' && found.text === symbol;
  const ends = (found: Token) => found.kind === 'end' || isSymbol(found, ',');
  const unexpected = (found: Token, wanted: string) => failure(`found "${found.text}", expected ${wanted}`);

  while (peek().kind !== 'end') {
    const negated = isSymbol(peek(), '!');
    if (negated) take();
    const key = take();
    if (key.kind !== 'word') return unexpected(key, 'a label key');
    let requirement: Requirement;
    if (negated || ends(peek())) {
      requirement = { key: key.text, operator: negated ? 'DoesNotExist' : 'Exists', values: [] };
    } else {
      const operator = take();
      if (operator.text === 'in' || operator.text === 'notin') {
        if (!isSymbol(take(), '(')) return failure(`expected "(" after "${operator.text}"`);
        const values = new Set<string>();
        let last = '';
        for (;;) {
          const found = take();
          if (found.kind === 'word') {
            if (last === 'word') return unexpected(found, '"," or ")"');
            values.add(found.text);
            last = 'word';
          } else if (isSymbol(found, ',') || isSymbol(found, ')')) {
            if (last !== 'word') values.add('');
            last = ',';
            if (found.text === ')') break;
          } else return unexpected(found, '"," or ")"');
        }
        requirement = { key: key.text, operator: operator.text === 'in' ? 'In' : 'NotIn', values: [...values].sort() };
      } else {
        const kind = binaryOperators[operator.text];
        if (operator.kind !== 'symbol' || kind === undefined) return unexpected(operator, 'an operator');
        const value = ends(peek()) ? { kind: 'word', text: '' } : take();
        if (value.kind !== 'word') return failure(`found "${value.text}", expected a value`);
        requirement = { key: key.text, operator: kind, values: [value.text] };
      }
    }
    const wrong = complaint(requirement);
    if (wrong !== undefined) return failure(wrong);
    selector.push(requirement);
    const separator = take();
    if (separator.kind === 'end') break;
    if (!isSymbol(separator, ',')) return unexpected(separator, '"," or the end');
    if (peek().kind !== 'word' && !isSymbol(peek(), '!')) return unexpected(peek(), 'a requirement after ","');
  }
  return ok(selector.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)));
}

const binaryOperators: Readonly<Record<string, SelectorOperator | undefined>> = {
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
};

/** The text form of a selector; `parseSelector` reads it back. */
export function formatSelector(selector: Selector): string {
  return selector.map(formatRequirement).join(',');
}

function formatRequirement({ key, operator, values }: Requirement): string {
  const list = [...values].sort().join(',');
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${list}` : `${key} in (${list})`;
    case 'NotIn':
      return values.length === 1 ? `${key}!=${list}` : `${key} notin (${list})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'Gt':
      return `${key}>${list}`;
    case 'Lt':
      return `${key}<${list}`;
  }
}
