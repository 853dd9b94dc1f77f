// Where a parser stands among the tokens, and the words in which it says that something else should stand there: those of ANTLR, as cel-go
// reports them.

import type { Issue } from './ast.ts';
import type { Token } from './lex.ts';

const closing = new Set([')', ']', '}']);
/** What an expression begins with, and what else may stand there, in the order of the grammar's tokens. */
const starts = new Set([
  '[',
  '{',
  '(',
  '.',
  '-',
  '!',
  'true',
  'false',
  'null',
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
]);
const startOrder = ['[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?', ...[...starts].slice(6)];

/** What ends a parser: one issue. */
export class Refused extends Error {
  readonly issue: Issue;
  constructor(issue: Issue) {
    super(issue.message);
    this.issue = issue;
  }
}

export class Cursor {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  /** Index of the token that comes next. */
  at = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.#source = source;
    this.#tokens = tokens;
  }

  get peek(): Token {
    return this.#tokens[this.at] ?? (this.#tokens.at(-1) as Token);
  }

  next(): Token {
    const token = this.peek;
    this.at++;
    return token;
  }

  is(text: string): boolean {
    return (this.peek.kind === 'symbol' || this.peek.kind === 'identifier') && this.peek.text === text;
  }

  take(text: string): boolean {
    const found = this.is(text);
    if (found) this.at++;
    return found;
  }

  /** `before` is what could stand there too. */
  expect(text: string, before = ''): Token {
    if (this.is(text)) return this.next();
    const isMissing = before === '' && (closing.has(text) ? this.peek.kind === 'end' : this.begins(this.peek));
    if (isMissing) this.refuse(`Syntax error: missing '${text}' at '${this.shown(this.peek)}'`, this.peek);
    const isExtra = this.following.kind === 'symbol' && (this.following.text === text || (before !== '' && this.following.text === before));
    return this.mismatched(before === '' ? `'${text}'` : `{'${text}', '${before}'}`, isExtra);
  }

  /** The words of ANTLR: a token that would fit were it not there is extraneous, any other mismatched. */
  mismatched(expected: string, isExtra: boolean): never {
    const what = `${isExtra ? 'extraneous' : 'mismatched'} input '${this.shown(this.peek)}'`;
    return this.refuse(`Syntax error: ${what} expecting ${expected}`, this.peek);
  }

  /** What should begin an expression; `also` are symbols that could stand there too. */
  noExpression(also: readonly string[] = []): never {
    const fits = this.begins(this.following) || (this.following.kind === 'symbol' && also.includes(this.following.text));
    return this.mismatched(expressions(also), fits);
  }

  noAlternative(input: string): never {
    return this.refuse(`Syntax error: no viable alternative at input '${input}'`, this.peek);
  }

  get following(): Token {
    return this.#tokens[this.at + 1] ?? (this.#tokens.at(-1) as Token);
  }

  /** True for a token that an expression may begin with. */
  begins({ kind, text }: Token): boolean {
    if (kind === 'symbol') return starts.has(text);
    return kind !== 'end' && kind !== 'quoted' && !(kind === 'identifier' && text === 'in');
  }

  /** A token as it is written. */
  shown({ kind, text, start, end }: Token): string {
    if (kind === 'end') return '<EOF>';
    const written = kind === 'string' || kind === 'bytes' || kind === 'quoted' ? this.#source.slice(start, end) : text;
    return written.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  }

  refuse(message: string, place: { readonly start: number; readonly end: number }, code: Issue['code'] = 'cel/syntax'): never {
    throw new Refused({ code, message, start: place.start, end: place.end });
  }

  /** Where the token stands that was taken last. */
  get taken(): number {
    return this.#tokens[this.at - 1]?.start ?? 0;
  }

  end(): number {
    return this.#tokens[this.at - 1]?.end ?? 0;
  }
}

/** What may begin an expression, or stand in its place, in the words of ANTLR. */
export function expressions(also: readonly string[]): string {
  const expected = startOrder.filter((each) => starts.has(each) || also.includes(each));
  return `{${expected.map((each) => (/^[A-Z_]+$/.test(each) ? each : `'${each}'`)).join(', ')}}`;
}
