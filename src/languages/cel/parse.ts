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

class Refused extends Error {
  readonly issue: Issue;
  constructor(issue: Issue) {
    super(issue.message);
    this.issue = issue;
  }
}

/** Reads an expression. `parse('1 + 2', syntax)`. */
export function parse(source: string, syntax: Syntax): { readonly node: Node } | { readonly issue: Issue } {
  const { tokens, issue } = lex(source);
  if (issue !== undefined) return { issue };
  try {
    return { node: new Parser(tokens, syntax).whole() };
  } catch (thrown) {
    if (thrown instanceof Refused) return { issue: thrown.issue };
    throw thrown;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #syntax: Syntax;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], syntax: Syntax) {
    this.#tokens = tokens;
    this.#syntax = syntax;
  }

  whole(): Node {
    const node = this.#expression();
    const rest = this.#peek;
    if (rest.kind !== 'end') {
      // One thing too many is told as such.
      if (this.#tokens[this.#at + 1]?.kind === 'end') this.#refuse(`Syntax error: extraneous input '${rest.text}' expecting <EOF>`, rest);
      this.#unexpected();
    }
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

  #expect(text: string): Token {
    if (!this.#is(text)) {
      // A bracket that only the end of the text can follow is said to be missing.
      if (this.#peek.kind === 'end' && closing.has(text)) this.#refuse(`Syntax error: missing '${text}' at '<EOF>'`, this.#peek);
      this.#unexpected(`, expecting '${text}'`);
    }
    return this.#next();
  }

  #unexpected(rest = ''): never {
    const { text, start, end } = this.#peek;
    throw new Refused({ code: 'cel/syntax', message: `Syntax error: unexpected '${text}'${rest}`, start, end });
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
      if (name.kind === 'end' && !optional) this.#refuse("Syntax error: no viable alternative at input '.'", name);
      this.#unexpected();
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
        return this.#unexpected();
      default:
        return this.#unexpected();
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
    while (!this.#is(']')) {
      if (this.#syntax.optionals && this.#take('?')) optional.add(elements.length);
      elements.push(this.#expression());
      if (!this.#take(',')) break;
    }
    const { end } = this.#expect(']');
    return { kind: 'list', elements, optional, start, end };
  }

  #entries<Key>(key: () => Key): readonly Entry<Key>[] {
    const entries: Entry<Key>[] = [];
    while (!this.#is('}')) {
      const optional = this.#syntax.optionals && this.#take('?');
      const name = key();
      const { start: mark } = this.#expect(':');
      entries.push({ key: name, value: this.#expression(), optional, mark });
      if (!this.#take(',')) break;
    }
    this.#expect('}');
    return entries;
  }

  #mapLiteral(): Node {
    const { start } = this.#expect('{');
    const entries = this.#entries(() => this.#expression());
    return { kind: 'map', entries, start, end: this.#end() };
  }

  /** An identifier, a call without target, or `pkg.Type{…}`. */
  #name(): Node {
    const { start } = this.#peek;
    const leading = this.#take('.') ? '.' : '';
    const token = this.#next();
    if (token.kind !== 'identifier') {
      this.#at--;
      this.#unexpected();
    }
    const { text, end } = token;
    if (leading === '' && text === 'true') return { kind: 'literal', value: true, start, end };
    if (leading === '' && text === 'false') return { kind: 'literal', value: false, start, end };
    if (leading === '' && text === 'null') return { kind: 'literal', value: null, start, end };
    const struct = this.#struct(start, leading + text);
    if (struct !== undefined) return struct;
    if (words.has(text)) this.#refuse(`Syntax error: unexpected '${text}'`, token);
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
        this.#unexpected();
      }
      return token.text;
    });
    return { kind: 'struct', type, fields, start, end: this.#end(), mark };
  }
}

const additions = new Set(['+', '-']);
const multiplications = new Set(['*', '/', '%']);
