// The state of the scanner: where it reads, how deep it is indented, and the queue of tokens it has made.
// The queue is a set of plain arrays, begun anew whenever the grammar has caught up: a token costs no object.

import { isBreak } from './characters.ts';

/** Kinds of tokens, as in libyaml; scalars by their style. */
export const token = {
  end: 0,
  versionDirective: 1,
  tagDirective: 2,
  documentStart: 3,
  documentEnd: 4,
  blockSequence: 5,
  blockMapping: 6,
  blockEnd: 7,
  flowSequence: 8,
  flowSequenceEnd: 9,
  flowMapping: 10,
  flowMappingEnd: 11,
  blockEntry: 12,
  flowEntry: 13,
  key: 14,
  value: 15,
  alias: 16,
  anchor: 17,
  tag: 18,
  plain: 19,
  single: 20,
  double: 21,
  literal: 22,
  folded: 23,
} as const;

/** A token that may turn out to be a key, one for every flow level; `token` is -1 where there is none. */
export interface Candidate {
  token: number;
  required: boolean;
  start: number;
  line: number;
  column: number;
}

export interface Scanner {
  /** The text with a NUL behind it, to read characters from. kubectl's line reader ends the last line where the file does not. */
  readonly text: string;
  /** The text itself, to slice values from. */
  readonly source: string;
  position: number;
  line: number;
  lineStart: number;
  indent: number;
  readonly indents: number[];
  /** Depth of flow collections. */
  flow: number;
  /** Whether a key may begin here without `?`. */
  keyAllowed: boolean;
  readonly candidates: Candidate[];
  /** The queue: index of the next token the grammar takes, and of the next one made. What lies outside is left over. */
  head: number;
  tail: number;
  readonly kinds: number[];
  readonly starts: number[];
  readonly ends: number[];
  readonly texts: string[];
  /** Per token: the virtual tokens before it (bits), and in steps of `levelUnit` the flow level, plus one, whose candidate it is. */
  readonly marks: number[];
  /** Mark of the token that is made next. */
  nextMark: number;
  failure: { readonly message: string; readonly offset: number } | undefined;
}

export const keyBefore = 1;
export const mappingBefore = 2;
export const levelUnit = 4;

export function newCandidate(): Candidate {
  return { token: -1, required: false, start: 0, line: 0, column: 0 };
}

export function scanner(source: string): Scanner {
  const start = source.charCodeAt(0) === 0xfeff ? 1 : 0;
  return {
    text: source.endsWith('\n') ? `${source}\0` : `${source}\n\0`,
    source,
    position: start,
    line: 0,
    lineStart: start,
    indent: -1,
    indents: [],
    flow: 0,
    keyAllowed: true,
    candidates: [newCandidate()],
    head: 0,
    tail: 0,
    kinds: [],
    starts: [],
    ends: [],
    texts: [],
    marks: [],
    nextMark: 0,
    failure: undefined,
  };
}

/** Puts a token at the end of the queue. Gives true: a token was made. */
export function push(s: Scanner, kind: number, start: number, end: number, text: string): true {
  if (s.head === s.tail) {
    s.head = 0;
    s.tail = 0;
  }
  const index = s.tail++;
  s.kinds[index] = kind;
  s.starts[index] = start;
  s.ends[index] = end;
  s.texts[index] = text;
  s.marks[index] = s.nextMark;
  s.nextMark = 0;
  return true;
}

/** Notes the first failure and goes to the end of the text, so that every loop ends. Gives false: no token was made. */
export function fail(s: Scanner, message: string, offset: number): false {
  s.failure ??= { message, offset: Math.min(offset, s.source.length) };
  s.position = s.text.length - 1;
  s.nextMark = 0;
  for (const candidate of s.candidates) candidate.token = -1;
  return false;
}

/** Steps over a line break; CR LF is one. */
export function skipBreak(s: Scanner): void {
  const code = s.text.charCodeAt(s.position);
  if (!isBreak(code)) return;
  s.position += code === 13 && s.text.charCodeAt(s.position + 1) === 10 ? 2 : 1;
  s.line++;
  s.lineStart = s.position;
}

/** Steps over a line break and says what it means inside a scalar: LS and PS stand for themselves, all others for a newline. */
export function readBreak(s: Scanner): string {
  const code = s.text.charCodeAt(s.position);
  skipBreak(s);
  return code === 0x2028 ? '\u2028' : code === 0x2029 ? '\u2029' : '\n';
}
