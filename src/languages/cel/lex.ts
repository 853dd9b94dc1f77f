// Text to tokens, as the grammar of cel-spec has them. String and bytes literals are decoded here; a wrong escape is an issue at its
// place. Numbers keep their text: whether `9223372036854775808` fits is known only where its sign is.

import type { Issue } from './ast.ts';

export type TokenKind = 'identifier' | 'quoted' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly bytes?: Uint8Array;
}

/** Longest expression that is read, in UTF-16 units: cel-go's own limit. */
export const maxLength = 100_000;

const blank = /[ \t\r\n\f]+|\/\/[^\n\r]*/y;
const number = /0x[0-9a-fA-F]+[uU]?|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+[uU]?/y;
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const quotedIdentifier = /`([A-Za-z0-9_.\-/ ]+)`/y;
const opening = /([bB]?[rR]?|[rR][bB])("""|'''|"|')/y;
const symbol = /==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]{}=]/y;

/** cel-go gives up after so many. */
const mostIssues = 100;

function tooMany(start: number): Issue {
  return { code: 'cel/syntax', message: `Syntax error: More than ${mostIssues} syntax errors`, start, end: start + 1 };
}

/** The tokens of an expression, the last of them `end`, and what in it is none. `isWhole` is false where reading ended early. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly issues: readonly Issue[];
  readonly isWhole: boolean;
}

export function lex(source: string): Lexed {
  const tokens: Token[] = [];
  const issues: Issue[] = [];
  const fail = (message: string, start: number): Lexed => {
    issues.push({ code: 'cel/syntax', message, start, end: start + 1 });
    return { tokens, issues, isWhole: false };
  };
  /** What is no token is told and passed over. */
  const skip = (start: number, end: number): void => {
    const text = source.slice(start, end).replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
    issues.push({ code: 'cel/syntax', message: `Syntax error: token recognition error at: '${text}'`, start, end });
    at = end;
  };
  let at = 0;
  const matched = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  if (source.length > maxLength)
    return {
      tokens,
      issues: [{ code: 'cel/limit', message: `expression is longer than ${maxLength} characters`, start: 0, end: 0 }],
      isWhole: false,
    };
  for (;;) {
    for (let gap = matched(blank); gap !== null; gap = matched(blank)) at += gap[0].length;
    if (at >= source.length) break;
    const start = at;
    const open = matched(opening);
    if (open !== null) {
      const literal = stringLiteral(source, start + open[0].length, (open[1] ?? '').toLowerCase(), open[2] ?? '"');
      if ('ends' in literal) {
        skip(start, literal.ends);
        continue;
      }
      if ('message' in literal) return fail(literal.message, literal.at);
      tokens.push({
        kind: literal.bytes === undefined ? 'string' : 'bytes',
        text: literal.text,
        start,
        end: literal.end,
        ...(literal.bytes && { bytes: literal.bytes }),
      });
      at = literal.end;
      continue;
    }
    const name = matched(identifier);
    const digits = name === null ? matched(number) : null;
    const quoted = matched(quotedIdentifier);
    const token = name ?? digits ?? quoted ?? matched(symbol);
    if (token === null || token[0] === '=') {
      const character = String.fromCodePoint(source.codePointAt(start) ?? 0);
      // Half an operator takes what follows it with it.
      skip(start, Math.min(source.length, start + character.length + ('=&|'.includes(character) ? 1 : 0)));
      if (issues.length > mostIssues) return { tokens, issues: issues.with(-1, tooMany(start)), isWhole: false };
      continue;
    }
    at += token[0].length;
    const kind = name !== null ? 'identifier' : digits !== null ? numberKind(token[0]) : quoted !== null ? 'quoted' : 'symbol';
    tokens.push({ kind, text: quoted?.[1] ?? token[0], start, end: at });
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: source.length, end: source.length });
  return { tokens, issues, isWhole: true };
}

function numberKind(text: string): TokenKind {
  if (/[uU]$/.test(text)) return 'uint';
  return !text.startsWith('0x') && /[.eE]/.test(text) ? 'double' : 'int';
}

/** A text, one that nothing ends, or one that has something wrong in it. */
type Decoded =
  | { readonly text: string; readonly bytes?: Uint8Array; readonly end: number }
  | { readonly ends: number }
  | { readonly message: string; readonly at: number };

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
};
const escapeSequence = /\\(?:([abfnrtv\\'"`?])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y;

function stringLiteral(source: string, from: number, prefix: string, quote: string): Decoded {
  const raw = prefix.includes('r');
  const binary = prefix.includes('b');
  const bytes: number[] = [];
  let text = '';
  const push = (piece: string, byte?: number) => {
    if (!binary) text += piece;
    else if (byte !== undefined) bytes.push(byte);
    else for (const value of new TextEncoder().encode(piece)) bytes.push(value);
  };
  let at = from;
  while (!source.startsWith(quote, at)) {
    const character = source[at];
    if (character === undefined) return { ends: source.length };
    if (quote.length === 1 && (character === '\n' || character === '\r')) return { ends: at + 1 };
    if (character !== '\\' || raw) {
      const whole = String.fromCodePoint(source.codePointAt(at) ?? 0);
      // In triple-quoted text, line ends count as one newline.
      if (whole === '\r' && quote.length === 3) {
        push('\n');
        at += source[at + 1] === '\n' ? 2 : 1;
        continue;
      }
      push(whole);
      at += whole.length;
      continue;
    }
    escapeSequence.lastIndex = at;
    const match = escapeSequence.exec(source);
    if (match === null) return { message: 'Syntax error: token recognition error: unknown escape', at };
    const [all, simple, hex, short, long, octal] = match;
    if (simple !== undefined) push(simpleEscapes[simple] ?? '');
    else if (hex !== undefined || octal !== undefined) {
      const code = hex === undefined ? Number.parseInt(octal ?? '0', 8) : Number.parseInt(hex, 16);
      push(String.fromCharCode(code), code);
    } else {
      const code = Number.parseInt(short ?? long ?? '0', 16);
      if (binary || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return { message: 'invalid escape of a character', at };
      push(String.fromCodePoint(code));
    }
    at += all.length;
  }
  return { text, end: at + quote.length, ...(binary && { bytes: Uint8Array.from(bytes) }) };
}
