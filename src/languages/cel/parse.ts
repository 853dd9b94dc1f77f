// Tokens to a syntax tree, by precedence climbing, with Kubernetes' additions to the grammar: optional selection (`a.?b`, `a[?i]`) and
// optional elements (`[?e]`, `{?k: v}`), when the environment has them. Macros are expanded as they are met. Chains of `&&` and `||` become
// balanced trees as in cel-go, so that estimated costs agree. Nesting is limited: text is hostile.

import type { Call, Entry, Issue, Node } from './ast.ts';
import { lex, type Token } from './lex.ts';
import { expandMacro, type Macro } from './macros.ts';
import { double, integer, uint } from './value.ts';

export interface Syntax {
  readonly macros: readonly Macro[];
  /** Optional selection and optional elements. */
  readonly optionals: boolean;
}

/** cel-go refuses expressions nested deeper. */
const maxNesting = 250;
/** Longest chain of `+`, `.`, `[]` … without a bracket: bounds the depth of the tree. */
const maxChain = 249;

const reserved = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(' '),
);
const relations = new Set(['<', '<=', '>=', '>', '==', '!=', 'in']);
const words = new Set(['in', 'true', 'false', 'null']);
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

class Refused extends Error {
  readonly issue: Issue;
  constructor(issue: Issue) {
    super(issue.message);
    this.issue = issue;
  }
}

/** Reads an expression. `parse('1 + 2', syntax)`. */
export function parse(source: string, syntax: Syntax): { readonly node: Node } | { readonly issues: readonly Issue[] } {
  const { tokens, issues, isWhole } = lex(source);
  if (!isWhole) return { issues };
  try {
    const node = new Parser(source, tokens, syntax).whole();
    return issues.length === 0 ? { node } : { issues };
  } catch (thrown) {
    if (thrown instanceof Refused) return { issues: [...issues, thrown.issue] };
    throw thrown;
  }
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #syntax: Syntax;
  #at = 0;
  #depth = 0;

  constructor(source: string, tokens: readonly Token[], syntax: Syntax) {
    this.#source = source;
    this.#tokens = tokens;
    this.#syntax = syntax;
  }

  whole(): Node {
    const node = this.#expression();
    // One thing too many is told as such.
    if (this.#peek.kind !== 'end') this.#mismatched('<EOF>', this.#following.kind === 'end');
    return node;
  }

  get #peek(): Token {
    return this.#tokens[this.#at] ?? (this.#tokens.at(-1) as Token);
  }

  #next(): Token {
    const token = this.#peek;
    this.#at++;
    return token;
  }

  #is(text: string): boolean {
    return (this.#peek.kind === 'symbol' || this.#peek.kind === 'identifier') && this.#peek.text === text;
  }

  #take(text: string): boolean {
    const found = this.#is(text);
    if (found) this.#at++;
    return found;
  }

  /** `before` is what could stand there too. */
  #expect(text: string, before = ''): Token {
    if (this.#is(text)) return this.#next();
    const isMissing = before === '' && (closing.has(text) ? this.#peek.kind === 'end' : this.#begins(this.#peek));
    if (isMissing) this.#refuse(`Syntax error: missing '${text}' at '${this.#shown(this.#peek)}'`, this.#peek);
    const isExtra =
      this.#following.kind === 'symbol' && (this.#following.text === text || (before !== '' && this.#following.text === before));
    return this.#mismatched(before === '' ? `'${text}'` : `{'${text}', '${before}'}`, isExtra);
  }

  /** The words of ANTLR: a token that would fit were it not there is extraneous, any other mismatched. */
  #mismatched(expected: string, isExtra: boolean): never {
    const what = `${isExtra ? 'extraneous' : 'mismatched'} input '${this.#shown(this.#peek)}'`;
    return this.#refuse(`Syntax error: ${what} expecting ${expected}`, this.#peek);
  }

  /** What should begin an expression; `also` are symbols that could stand there too. */
  #noExpression(also: readonly string[] = []): never {
    const fits = this.#begins(this.#following) || (this.#following.kind === 'symbol' && also.includes(this.#following.text));
    return this.#mismatched(expressions(also), fits);
  }

  #noAlternative(input: string): never {
    return this.#refuse(`Syntax error: no viable alternative at input '${input}'`, this.#peek);
  }

  get #following(): Token {
    return this.#tokens[this.#at + 1] ?? (this.#tokens.at(-1) as Token);
  }

  /** True for a token that an expression may begin with. */
  #begins({ kind, text }: Token): boolean {
    if (kind === 'symbol') return starts.has(text);
    return kind !== 'end' && kind !== 'quoted' && !(kind === 'identifier' && text === 'in');
  }

  /** A token as it is written. */
  #shown({ kind, text, start, end }: Token): string {
    if (kind === 'end') return '<EOF>';
    const written = kind === 'string' || kind === 'bytes' || kind === 'quoted' ? this.#source.slice(start, end) : text;
    return written.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  }

  #refuse(message: string, place: { readonly start: number; readonly end: number }, code: Issue['code'] = 'cel/syntax'): never {
    throw new Refused({ code, message, start: place.start, end: place.end });
  }

  #expression(): Node {
    if (++this.#depth > maxNesting) this.#refuse(`expression recursion limit exceeded: ${maxNesting}`, this.#peek, 'cel/limit');
    const condition = this.#logical('||', () => this.#logical('&&', () => this.#relation()));
    let node = condition;
    if (this.#take('?')) {
      const mark = this.#taken;
      const yes = this.#logical('||', () => this.#logical('&&', () => this.#relation()));
      this.#expect(':');
      const no = this.#expression();
      node = this.#call('_?_:_', [condition, yes, no], mark);
    }
    this.#depth--;
    return node;
  }

  #call(name: string, args: readonly [Node, ...Node[]], mark: number): Call {
    return { kind: 'call', name, args, start: args[0].start, end: (args.at(-1) ?? args[0]).end, mark };
  }

  #logical(operator: '||' | '&&', operand: () => Node): Node {
    const terms = [operand()];
    const marks: number[] = [];
    while (this.#take(operator)) {
      marks.push(this.#taken);
      terms.push(operand());
    }
    const balanced = (low: number, high: number): Node => {
      const middle = (low + high + 1) >> 1;
      const left = middle === low ? terms[middle] : balanced(low, middle - 1);
      const right = middle === high ? terms[middle + 1] : balanced(middle + 1, high);
      return this.#call(`_${operator}_`, [left as Node, right as Node], marks[middle] ?? 0);
    };
    return terms.length === 1 ? (terms[0] as Node) : balanced(0, terms.length - 2);
  }

  #binary(operators: ReadonlySet<string>, operand: () => Node): Node {
    let node = operand();
    for (let length = 0; operators.has(this.#peek.text) && (this.#peek.kind === 'symbol' || this.#peek.text === 'in'); length++) {
      if (length >= maxChain) this.#refuse('max recursion depth exceeded', this.#peek, 'cel/limit');
      const { text: operator, start } = this.#next();
      node = this.#call(operator === 'in' ? '@in' : `_${operator}_`, [node, operand()], start);
    }
    return node;
  }

  #relation(): Node {
    return this.#binary(relations, () => this.#binary(additions, () => this.#binary(multiplications, () => this.#unary())));
  }

  #unary(): Node {
    const { start, text, kind } = this.#peek;
    if (kind !== 'symbol' || (text !== '!' && text !== '-')) return this.#member();
    let count = 0;
    while (this.#take(text)) count++;
    if (text === '!' && this.#peek.kind === 'end') this.#mismatched(expressions([]), true);
    const following = this.#peek.kind;
    if (text === '-' && (following === 'int' || following === 'double')) {
      // The last minus belongs to the number.
      const literal = this.#member(start);
      return (count - 1) % 2 === 0 ? literal : { kind: 'call', name: '-_', args: [literal], start, end: literal.end };
    }
    const operand = this.#member();
    if (count % 2 === 0) return operand;
    return { kind: 'call', name: text === '!' ? '!_' : '-_', args: [operand], start, end: operand.end };
  }

  #member(negativeFrom?: number): Node {
    let node = negativeFrom === undefined ? this.#primary() : this.#number(negativeFrom);
    for (let length = 0; ; length++) {
      if (length >= maxChain) this.#refuse('max recursion depth exceeded', this.#peek, 'cel/limit');
      if (this.#take('.')) node = this.#selection(node);
      else if (this.#take('[')) node = this.#index(node);
      else return node;
    }
  }

  #selection(operand: Node): Node {
    const { start } = operand;
    const mark = this.#taken;
    const optional = this.#syntax.optionals && this.#take('?');
    const name = this.#next();
    if (name.kind !== 'identifier' && name.kind !== 'quoted') {
      this.#at--;
      this.#noAlternative(`.${optional ? '?' : ''}${name.kind === 'end' ? '' : this.#shown(name)}`);
    }
    if (name.kind === 'identifier' && words.has(name.text))
      this.#refuse(`Syntax error: mismatched input '${name.text}' expecting IDENTIFIER`, name);
    if (optional) {
      const field: Node = { kind: 'literal', value: name.text, start: name.start, end: name.end };
      return { kind: 'call', name: '_?._', args: [operand, field], start, end: name.end, mark };
    }
    if (name.kind === 'identifier' && this.#take('(')) {
      const open = this.#taken;
      const args = this.#list(')');
      return this.#expanded({ kind: 'call', name: name.text, target: operand, args, start, end: this.#end(), mark: open });
    }
    return { kind: 'select', operand, field: name.text, testOnly: false, start, end: name.end, mark };
  }

  #index(operand: Node): Node {
    const mark = this.#taken;
    const optional = this.#syntax.optionals && this.#take('?');
    if (!optional && !this.#begins(this.#peek)) this.#noExpression(this.#mark);
    const index = this.#expression();
    const { end } = this.#expect(']');
    return { kind: 'call', name: optional ? '_[?_]' : '_[_]', args: [operand, index], start: operand.start, end, mark };
  }

  /** Where the token stands that was taken last. */
  get #taken(): number {
    return this.#tokens[this.#at - 1]?.start ?? 0;
  }

  #end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  #expanded(call: Call): Node {
    const expanded = expandMacro(this.#syntax.macros, call);
    if ('message' in expanded) throw new Refused(expanded);
    return expanded;
  }

  #list(close: string, trailingComma = false): readonly Node[] {
    const items: Node[] = [];
    if (this.#take(close)) return items;
    if (!this.#begins(this.#peek)) this.#noExpression([close]);
    do {
      if (trailingComma && items.length > 0 && this.#is(close)) break;
      items.push(this.#expression());
    } while (this.#take(','));
    this.#expect(close);
    return items;
  }

  #primary(): Node {
    const token = this.#peek;
    const { start, end, text } = token;
    switch (token.kind) {
      case 'string':
        this.#at++;
        return { kind: 'literal', value: text, start, end };
      case 'bytes':
        this.#at++;
        return { kind: 'literal', value: token.bytes ?? new Uint8Array(), start, end };
      case 'int':
      case 'uint':
      case 'double':
        return this.#number();
      case 'identifier':
        return this.#name();
      case 'symbol':
        if (text === '.') return this.#name();
        if (text === '(') return this.#parenthesised();
        if (text === '[') return this.#listLiteral();
        if (text === '{') return this.#mapLiteral();
        return this.#noExpression();
      default:
        return this.#noExpression();
    }
  }

  #number(negativeFrom?: number): Node {
    const token = this.#next();
    const place = { start: negativeFrom ?? token.start, end: token.end };
    const minus = negativeFrom === undefined ? '' : '-';
    if (token.kind === 'double') {
      const value = Number(minus + token.text);
      if (!Number.isFinite(value)) this.#refuse('invalid double literal', place);
      return { kind: 'literal', value: double(value), ...place };
    }
    const amount = BigInt(token.text.replace(/[uU]$/, ''));
    const value = token.kind === 'uint' ? uint(amount) : integer(minus === '' ? amount : -amount);
    if (value === undefined) this.#refuse(`invalid ${token.kind} literal`, place);
    return { kind: 'literal', value, ...place };
  }

  #parenthesised(): Node {
    this.#expect('(');
    const node = this.#expression();
    this.#expect(')');
    return node;
  }

  #listLiteral(): Node {
    const { start } = this.#expect('[');
    const elements: Node[] = [];
    const optional = new Set<number>();
    let trails = this.#isLone(']');
    for (; !this.#is(']'); trails = true) {
      if (this.#syntax.optionals && this.#take('?')) optional.add(elements.length);
      else if (trails && !this.#begins(this.#peek)) break;
      else if (!this.#begins(this.#peek)) this.#noExpression([']', ',', ...this.#mark]);
      elements.push(this.#expression());
      if (!this.#take(',')) {
        trails = false;
        break;
      }
    }
    const { end } = this.#expect(']', elements.length > 0 && !trails ? ',' : '');
    return { kind: 'list', elements, optional, start, end };
  }

  #entries<Key>(key: () => Key): readonly Entry<Key>[] {
    const entries: Entry<Key>[] = [];
    let trails = this.#isLone('}');
    for (; !this.#is('}'); trails = true) {
      const optional = this.#syntax.optionals && this.#take('?');
      if (trails && !optional && this.#peek.kind === 'end') break;
      const name = key();
      const { start: mark } = this.#expect(':');
      entries.push({ key: name, value: this.#expression(), optional, mark });
      if (!this.#take(',')) {
        trails = false;
        break;
      }
    }
    this.#expect('}', entries.length > 0 && !trails ? ',' : '');
    return entries;
  }

  /** Takes a comma that stands alone before the end: the grammar lets it. */
  #isLone(close: string): boolean {
    return this.#following.kind === 'symbol' && this.#following.text === close && this.#take(',');
  }

  /** What marks an optional element, where there are such. */
  get #mark(): readonly string[] {
    return this.#syntax.optionals ? ['?'] : [];
  }

  #mapLiteral(): Node {
    const { start } = this.#expect('{');
    const entries = this.#entries(() => {
      if (!this.#begins(this.#peek)) this.#noExpression(['}', ',', ...this.#mark]);
      return this.#expression();
    });
    return { kind: 'map', entries, start, end: this.#end() };
  }

  /** An identifier, a call without target, or `pkg.Type{…}`. */
  #name(): Node {
    const { start } = this.#peek;
    const leading = this.#take('.') ? '.' : '';
    const token = this.#next();
    if (token.kind !== 'identifier') {
      this.#at--;
      this.#noAlternative(`.${token.kind === 'end' ? '' : this.#shown(token)}`);
    }
    const { text, end } = token;
    if (leading === '' && text === 'true') return { kind: 'literal', value: true, start, end };
    if (leading === '' && text === 'false') return { kind: 'literal', value: false, start, end };
    if (leading === '' && text === 'null') return { kind: 'literal', value: null, start, end };
    const struct = this.#struct(start, leading + text);
    if (struct !== undefined) return struct;
    if (words.has(text)) {
      this.#at--;
      this.#noExpression();
    }
    if (reserved.has(text)) this.#refuse(`reserved identifier: ${text}`, token);
    if (!this.#take('(')) return { kind: 'ident', name: leading + text, start: token.start, end };
    const mark = this.#taken;
    const args = this.#list(')');
    return this.#expanded({ kind: 'call', name: leading + text, args, start, end: this.#end(), mark });
  }

  /** Looks ahead over `.name` parts: only with a `{` at the end is it a message. */
  #struct(start: number, first: string): Node | undefined {
    const back = this.#at;
    let type = first;
    while (this.#is('.') && this.#tokens[this.#at + 1]?.kind === 'identifier') {
      type += `.${this.#tokens[this.#at + 1]?.text}`;
      this.#at += 2;
    }
    if (!this.#take('{')) {
      this.#at = back;
      return undefined;
    }
    const mark = this.#taken;
    const fields = this.#entries(() => {
      const token = this.#next();
      if (token.kind !== 'identifier' && token.kind !== 'quoted') {
        this.#at--;
        const mark = this.#syntax.optionals ? ", '?'" : '';
        this.#mismatched(`{'}', ','${mark}, IDENTIFIER, ESC_IDENTIFIER}`, this.#following.kind === 'identifier');
      }
      return token.text;
    });
    return { kind: 'struct', type, fields, start, end: this.#end(), mark };
  }
}

const additions = new Set(['+', '-']);
const multiplications = new Set(['*', '/', '%']);

/** What may begin an expression, or stand in its place, in the words of ANTLR. */
function expressions(also: readonly string[]): string {
  const expected = startOrder.filter((each) => starts.has(each) || also.includes(each));
  return `{${expected.map((each) => (/^[A-Z_]+$/.test(each) ? each : `'${each}'`)).join(', ')}}`;
}
