// The label selector of a query, with the words the server refuses it in (k8s.io/apimachinery/pkg/labels/selector.go, 1.36). The grammar is that
// of kube/selector.ts; this reading goes token by token, since its messages name the token.

import type { Requirement, Selector, SelectorOperator } from '../../kube/selector.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { labelValue, qualifiedName } from '../validate/meta/names.ts';

type TokenKind = 'end' | 'identifier' | '!' | '(' | ')' | ',' | '=' | '==' | '!=' | '<' | '>' | 'in' | 'notin';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const operators: ReadonlyMap<string, SelectorOperator> = new Map([
  ['in', 'In'],
  ['notin', 'NotIn'],
  ['=', 'In'],
  ['==', 'In'],
  ['!=', 'NotIn'],
  ['>', 'Gt'],
  ['<', 'Lt'],
]);

class Refused extends Error {}

/** Reads a selector; the problem is the message of a 400. */
export function readLabelSelector(text: string): Result<Selector, string> {
  const tokens = scan(text);
  let at = 0;
  // Where a value may stand, `in` and `notin` are words like others.
  const peek = (): Token => {
    const token = tokens[at] ?? { kind: 'end', text: '' };
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
  };
  const take = (): Token => {
    const token = peek();
    at++;
    return token;
  };
  const takeOperator = (): Token => tokens[at++] ?? { kind: 'end', text: '' };
  const stop = (token: Token, expected: string): never => {
    throw new Refused(`found '${token.text}', expected: ${expected}`);
  };

  const requirement = (): Requirement => {
    let token = take();
    const isAbsent = token.kind === '!';
    if (isAbsent) token = take();
    if (token.kind !== 'identifier') stop(token, 'identifier');
    const key = token.text;
    checkKey(key);
    const next = peek();
    if (isAbsent) return { key, operator: 'DoesNotExist', values: [] };
    if (next.kind === 'end' || next.kind === ',') return { key, operator: 'Exists', values: [] };
    const operator = takeOperator();
    const found = operators.get(operator.kind);
    if (found === undefined) return stop(operator, 'in, notin, =, ==, !=, gt, lt');
    const values = operator.kind === 'in' || operator.kind === 'notin' ? valueList() : exactValue();
    checkValues(key, found, values);
    return { key, operator: found, values };
  };

  const exactValue = (): readonly string[] => {
    const next = peek();
    if (next.kind === 'end' || next.kind === ',') return [''];
    const token = take();
    return token.kind === 'identifier' ? [token.text] : stop(token, 'identifier');
  };

  const valueList = (): readonly string[] => {
    const open = take();
    if (open.kind !== '(') throw new Refused(`found '${open.text}' expected: '('`);
    const next = peek();
    if (next.kind === ')') {
      take();
      return [''];
    }
    if (next.kind !== 'identifier' && next.kind !== ',') stop(next, "',', ')' or identifier");
    const values = identifiers();
    const close = take();
    if (close.kind !== ')') stop(close, "')'");
    return values;
  };

  const identifiers = (): readonly string[] => {
    const values = new Set<string>();
    for (;;) {
      const token = take();
      if (token.kind === 'identifier') {
        values.add(token.text);
        const next = peek();
        if (next.kind === ')') return [...values].sort();
        if (next.kind !== ',') stop(next, "',' or ')'");
      } else if (token.kind === ',') {
        if (values.size === 0) values.add('');
        const next = peek();
        if (next.kind === ')') return [...values.add('')].sort();
        if (next.kind === ',') {
          take();
          values.add('');
        }
      } else stop(token, "',', or identifier");
    }
  };

  try {
    return ok(requirements(peek, take, stop, requirement));
  } catch (error) {
    if (error instanceof Refused) return failure(error.message);
    throw error;
  }
}

function requirements(
  peek: () => Token,
  take: () => Token,
  stop: (token: Token, expected: string) => never,
  one: () => Requirement,
): Selector {
  const found: Requirement[] = [];
  for (;;) {
    const token = peek();
    if (token.kind === 'end') return found;
    if (token.kind !== 'identifier' && token.kind !== '!') stop(token, "!, identifier, or 'end of string'");
    try {
      found.push(one());
    } catch (error) {
      throw error instanceof Refused ? new Refused(`unable to parse requirement: ${error.message}`) : error;
    }
    const separator = take();
    if (separator.kind === 'end') return found;
    if (separator.kind !== ',') stop(separator, "',' or 'end of string'");
    const next = peek();
    if (next.kind !== 'identifier' && next.kind !== '!') stop(next, "identifier after ','");
  }
}

function checkKey(key: string): void {
  const complaints = qualifiedName(key);
  if (complaints.length > 0) throw new Refused(`<nil>: Invalid value: ${JSON.stringify(key)}: ${complaints.join('; ')}`);
}

function checkValues(key: string, operator: SelectorOperator, values: readonly string[]): void {
  const errors: string[] = [];
  for (const [index, value] of values.entries()) {
    if ((operator === 'Gt' || operator === 'Lt') && !/^[-+]?[0-9]{1,19}$/.test(value))
      errors.push(`values[${index}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
  }
  for (const [index, value] of values.entries()) {
    const complaints = labelValue(value);
    if (complaints.length > 0) errors.push(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${complaints.join('; ')}`);
  }
  if (errors.length === 1) throw new Refused(errors[0]);
  if (errors.length > 1) throw new Refused(`[${errors.join(', ')}]`);
}

function scan(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:(==|!=|[=!(),<>])|([^\s=!(),<>]+))/gy;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, special, word] = match;
    if (special !== undefined) tokens.push({ kind: special as TokenKind, text: special });
    else if (word !== undefined) tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
  }
  return tokens;
}
