// Tokens to a syntax tree, by precedence climbing, with Kubernetes' additions to the grammar: optional selection (`a.?b`, `a[?i]`) and
// optional elements (`[?e]`, `{?k: v}`), when the environment has them. Macros are expanded as they are met. Chains of `&&` and `||` become
// balanced trees as in cel-go, so that estimated costs agree. Nesting is limited: text is hostile.

import type { Call, Entry, Issue, Node } from './ast.ts';
import { Cursor, expressions, Refused } from './cursor.ts';
import { lex } from './lex.ts';
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
/** Reads an expression. `parse('1 + 2', syntax)`. */
export function parse(source: string, syntax: Syntax): { readonly node: Node } | { readonly issues: readonly Issue[] } {
  const { tokens, issues, isWhole } = lex(source);
  if (!isWhole) return { issues };
  try {
    const node = new Parser(new Cursor(source, tokens), syntax).whole();
    return issues.length === 0 ? { node } : { issues };
  } catch (thrown) {
    if (thrown instanceof Refused) return { issues: [...issues, thrown.issue] };
    throw thrown;
  }
}

class Parser {
  readonly #cursor: Cursor;
  readonly #syntax: Syntax;
  #depth = 0;

  constructor(cursor: Cursor, syntax: Syntax) {
    this.#cursor = cursor;
    this.#syntax = syntax;
  }

  whole(): Node {
    const node = this.#expression();
    // One thing too many is told as such.
    if (this.#cursor.peek.kind !== 'end') this.#cursor.mismatched('<EOF>', this.#cursor.following.kind === 'end');
    return node;
  }

  #expression(): Node {
    if (++this.#depth > maxNesting)
      this.#cursor.refuse(`expression recursion limit exceeded: ${maxNesting}`, this.#cursor.peek, 'cel/limit');
    const condition = this.#logical('||', () => this.#logical('&&', () => this.#relation()));
    let node = condition;
    if (this.#cursor.take('?')) {
      const mark = this.#cursor.taken;
      const yes = this.#logical('||', () => this.#logical('&&', () => this.#relation()));
      this.#cursor.expect(':');
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
    while (this.#cursor.take(operator)) {
      marks.push(this.#cursor.taken);
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
    for (
      let length = 0;
      operators.has(this.#cursor.peek.text) && (this.#cursor.peek.kind === 'symbol' || this.#cursor.peek.text === 'in');
      length++
    ) {
      if (length >= maxChain) this.#cursor.refuse('max recursion depth exceeded', this.#cursor.peek, 'cel/limit');
      const { text: operator, start } = this.#cursor.next();
      node = this.#call(operator === 'in' ? '@in' : `_${operator}_`, [node, operand()], start);
    }
    return node;
  }

  #relation(): Node {
    return this.#binary(relations, () => this.#binary(additions, () => this.#binary(multiplications, () => this.#unary())));
  }

  #unary(): Node {
    const { start, text, kind } = this.#cursor.peek;
    if (kind !== 'symbol' || (text !== '!' && text !== '-')) return this.#member();
    let count = 0;
    while (this.#cursor.take(text)) count++;
    if (text === '!' && this.#cursor.peek.kind === 'end') this.#cursor.mismatched(expressions([]), true);
    const following = this.#cursor.peek.kind;
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
      if (length >= maxChain) this.#cursor.refuse('max recursion depth exceeded', this.#cursor.peek, 'cel/limit');
      if (this.#cursor.take('.')) node = this.#selection(node);
      else if (this.#cursor.take('[')) node = this.#index(node);
      else return node;
    }
  }

  #selection(operand: Node): Node {
    const { start } = operand;
    const mark = this.#cursor.taken;
    const optional = this.#syntax.optionals && this.#cursor.take('?');
    const name = this.#cursor.next();
    if (name.kind !== 'identifier' && name.kind !== 'quoted') {
      this.#cursor.at--;
      this.#cursor.noAlternative(`.${optional ? '?' : ''}${name.kind === 'end' ? '' : this.#cursor.shown(name)}`);
    }
    if (name.kind === 'identifier' && words.has(name.text))
      this.#cursor.refuse(`Syntax error: mismatched input '${name.text}' expecting IDENTIFIER`, name);
    if (optional) {
      const field: Node = { kind: 'literal', value: name.text, start: name.start, end: name.end };
      return { kind: 'call', name: '_?._', args: [operand, field], start, end: name.end, mark };
    }
    if (name.kind === 'identifier' && this.#cursor.take('(')) {
      const open = this.#cursor.taken;
      const args = this.#list(')');
      return this.#expanded({ kind: 'call', name: name.text, target: operand, args, start, end: this.#cursor.end(), mark: open });
    }
    return { kind: 'select', operand, field: name.text, testOnly: false, start, end: name.end, mark };
  }

  #index(operand: Node): Node {
    const mark = this.#cursor.taken;
    const optional = this.#syntax.optionals && this.#cursor.take('?');
    if (!optional && !this.#cursor.begins(this.#cursor.peek)) this.#cursor.noExpression(this.#mark);
    const index = this.#expression();
    const { end } = this.#cursor.expect(']');
    return { kind: 'call', name: optional ? '_[?_]' : '_[_]', args: [operand, index], start: operand.start, end, mark };
  }

  #expanded(call: Call): Node {
    const expanded = expandMacro(this.#syntax.macros, call);
    if ('message' in expanded) throw new Refused(expanded);
    return expanded;
  }

  #list(close: string, trailingComma = false): readonly Node[] {
    const items: Node[] = [];
    if (this.#cursor.take(close)) return items;
    if (!this.#cursor.begins(this.#cursor.peek)) this.#cursor.noExpression([close]);
    do {
      if (trailingComma && items.length > 0 && this.#cursor.is(close)) break;
      items.push(this.#expression());
    } while (this.#cursor.take(','));
    this.#cursor.expect(close);
    return items;
  }

  #primary(): Node {
    const token = this.#cursor.peek;
    const { start, end, text } = token;
    switch (token.kind) {
      case 'string':
        this.#cursor.at++;
        return { kind: 'literal', value: text, start, end };
      case 'bytes':
        this.#cursor.at++;
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
        return this.#cursor.noExpression();
      default:
        return this.#cursor.noExpression();
    }
  }

  #number(negativeFrom?: number): Node {
    const token = this.#cursor.next();
    const place = { start: negativeFrom ?? token.start, end: token.end };
    const minus = negativeFrom === undefined ? '' : '-';
    if (token.kind === 'double') {
      const value = Number(minus + token.text);
      if (!Number.isFinite(value)) this.#cursor.refuse('invalid double literal', place);
      return { kind: 'literal', value: double(value), ...place };
    }
    const amount = BigInt(token.text.replace(/[uU]$/, ''));
    const value = token.kind === 'uint' ? uint(amount) : integer(minus === '' ? amount : -amount);
    if (value === undefined) this.#cursor.refuse(`invalid ${token.kind} literal`, place);
    return { kind: 'literal', value, ...place };
  }

  #parenthesised(): Node {
    this.#cursor.expect('(');
    const node = this.#expression();
    this.#cursor.expect(')');
    return node;
  }

  #listLiteral(): Node {
    const { start } = this.#cursor.expect('[');
    const elements: Node[] = [];
    const optional = new Set<number>();
    let trails = this.#isLone(']');
    for (; !this.#cursor.is(']'); trails = true) {
      if (this.#syntax.optionals && this.#cursor.take('?')) optional.add(elements.length);
      else if (trails && !this.#cursor.begins(this.#cursor.peek)) break;
      else if (!this.#cursor.begins(this.#cursor.peek)) this.#cursor.noExpression([']', ',', ...this.#mark]);
      elements.push(this.#expression());
      if (!this.#cursor.take(',')) {
        trails = false;
        break;
      }
    }
    const { end } = this.#cursor.expect(']', elements.length > 0 && !trails ? ',' : '');
    return { kind: 'list', elements, optional, start, end };
  }

  #entries<Key>(key: () => Key): readonly Entry<Key>[] {
    const entries: Entry<Key>[] = [];
    let trails = this.#isLone('}');
    for (; !this.#cursor.is('}'); trails = true) {
      const optional = this.#syntax.optionals && this.#cursor.take('?');
      if (trails && !optional && this.#cursor.peek.kind === 'end') break;
      const name = key();
      const { start: mark } = this.#cursor.expect(':');
      entries.push({ key: name, value: this.#expression(), optional, mark });
      if (!this.#cursor.take(',')) {
        trails = false;
        break;
      }
    }
    this.#cursor.expect('}', entries.length > 0 && !trails ? ',' : '');
    return entries;
  }

  /** Takes a comma that stands alone before the end: the grammar lets it. */
  #isLone(close: string): boolean {
    return this.#cursor.following.kind === 'symbol' && this.#cursor.following.text === close && this.#cursor.take(',');
  }

  /** What marks an optional element, where there are such. */
  get #mark(): readonly string[] {
    return this.#syntax.optionals ? ['?'] : [];
  }

  #mapLiteral(): Node {
    const { start } = this.#cursor.expect('{');
    const entries = this.#entries(() => {
      if (!this.#cursor.begins(this.#cursor.peek)) this.#cursor.noExpression(['}', ',', ...this.#mark]);
      return this.#expression();
    });
    return { kind: 'map', entries, start, end: this.#cursor.end() };
  }

  /** An identifier, a call without target, or `pkg.Type{…}`. */
  #name(): Node {
    const { start } = this.#cursor.peek;
    const leading = this.#cursor.take('.') ? '.' : '';
    const token = this.#cursor.next();
    if (token.kind !== 'identifier') {
      this.#cursor.at--;
      this.#cursor.noAlternative(`.${token.kind === 'end' ? '' : this.#cursor.shown(token)}`);
    }
    const { text, end } = token;
    if (leading === '' && text === 'true') return { kind: 'literal', value: true, start, end };
    if (leading === '' && text === 'false') return { kind: 'literal', value: false, start, end };
    if (leading === '' && text === 'null') return { kind: 'literal', value: null, start, end };
    const struct = this.#struct(start, leading + text);
    if (struct !== undefined) return struct;
    if (words.has(text)) {
      this.#cursor.at--;
      this.#cursor.noExpression();
    }
    if (reserved.has(text)) this.#cursor.refuse(`reserved identifier: ${text}`, token);
    if (!this.#cursor.take('(')) return { kind: 'ident', name: leading + text, start: token.start, end };
    const mark = this.#cursor.taken;
    const args = this.#list(')');
    return this.#expanded({ kind: 'call', name: leading + text, args, start, end: this.#cursor.end(), mark });
  }

  /** Looks ahead over `.name` parts: only with a `{` at the end is it a message. */
  #struct(start: number, first: string): Node | undefined {
    const back = this.#cursor.at;
    let type = first;
    while (this.#cursor.is('.') && this.#cursor.following.kind === 'identifier') {
      type += `.${this.#cursor.following.text}`;
      this.#cursor.at += 2;
    }
    if (!this.#cursor.take('{')) {
      this.#cursor.at = back;
      return undefined;
    }
    const mark = this.#cursor.taken;
    const fields = this.#entries(() => {
      const token = this.#cursor.next();
      if (token.kind !== 'identifier' && token.kind !== 'quoted') {
        this.#cursor.at--;
        const mark = this.#syntax.optionals ? ", '?'" : '';
        this.#cursor.mismatched(`{'}', ','${mark}, IDENTIFIER, ESC_IDENTIFIER}`, this.#cursor.following.kind === 'identifier');
      }
      return token.text;
    });
    return { kind: 'struct', type, fields, start, end: this.#cursor.end(), mark };
  }
}

const additions = new Set(['+', '-']);
const multiplications = new Set(['*', '/', '%']);
