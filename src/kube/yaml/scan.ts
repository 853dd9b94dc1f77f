// A YAML text cut into tokens exactly as Kubernetes' reader cuts it: libyaml's scanner as ported in go.yaml.in/yaml/v2 2.4, which is YAML 1.1.
// Where it differs from YAML 1.2: U+0085, U+2028 and U+2029 end lines; a comment needs no space before it behind a quote or a bracket; flow
// collections know no indentation; keys without `?` are at most 1024 characters long and on one line.
// A key is known as one only at its `:`, so a token that may turn out to be a key is held back until that is settled. Tokens are made on
// demand: text behind the end of a document is not looked at, as there.
// Left out: a BOM inside a document stays a character of it; a document that begins with `[]` or `{}` and goes on with nonsense is refused
// (there the nonsense is ignored); characters beyond U+FFFF count twice towards the 1024 of a key.

import { isBreak, isBreakOrEnd, isDocumentMarker, isSpaceOrEnd } from './characters.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-property.ts';
import { scanBlockScalar, scanPlain, scanQuoted } from './scan-scalar.ts';
import { fail, keyBefore, levelUnit, mappingBefore, newCandidate, push, type Scanner, skipBreak, token } from './token.ts';

const maxKeyLength = 1024;
const noColon = 'a key needs ":" and a space behind it, on the same line';

/** The kind of the next token. */
export function peek(s: Scanner): number {
  while (s.head === s.tail || maybeKey(s)) fetch(s);
  const mark = s.marks[s.head] as number;
  if ((mark & mappingBefore) !== 0) return token.blockMapping;
  if ((mark & keyBefore) !== 0) return token.key;
  return s.kinds[s.head] as number;
}

/** Goes on to the token behind the one just looked at. */
export function skip(s: Scanner): void {
  const mark = s.marks[s.head] as number;
  if ((mark & mappingBefore) !== 0) s.marks[s.head] = mark & ~mappingBefore;
  else if ((mark & keyBefore) !== 0) s.marks[s.head] = mark & ~keyBefore;
  else s.head++;
}

/** Where the token just looked at begins; a virtual token begins with the key behind it. */
export function tokenStart(s: Scanner): number {
  return s.starts[s.head] as number;
}

/** Where the token just looked at ends; a virtual token is empty. */
export function tokenEnd(s: Scanner): number {
  const virtual = ((s.marks[s.head] as number) & (keyBefore | mappingBefore)) !== 0;
  return (virtual ? s.starts[s.head] : s.ends[s.head]) as number;
}

/** The text of the token just looked at. */
export function tokenText(s: Scanner): string {
  return s.texts[s.head] as string;
}

/** Whether it is still open if the next token is a key. */
function maybeKey(s: Scanner): boolean {
  const level = ((s.marks[s.head] as number) / levelUnit) | 0;
  return level !== 0 && isLive(s, level - 1);
}

/** Makes the next token, with the ends of blocks before it. */
function fetch(s: Scanner): boolean {
  toNextToken(s);
  const column = s.position - s.lineStart;
  unroll(s, column);
  const { text, position } = s;
  const code = text.charCodeAt(position);
  if (column === 0) {
    if (code === 37) return fetchDirective(s);
    if (isDocumentMarker(text, position)) return fetchMarker(s, code === 45 ? token.documentStart : token.documentEnd);
  }
  switch (code) {
    case 0:
      return fetchEnd(s);
    case 91: // [
      return openFlow(s, token.flowSequence);
    case 123: // {
      return openFlow(s, token.flowMapping);
    case 93: // ]
      return closeFlow(s, token.flowSequenceEnd);
    case 125: // }
      return closeFlow(s, token.flowMappingEnd);
    case 44: // ,
      if (!dropKey(s)) return false;
      s.keyAllowed = true;
      return fetchIndicator(s, token.flowEntry);
    case 45: // -
      return isSpaceOrEnd(text.charCodeAt(position + 1)) ? fetchEntry(s) : fetchPlain(s);
    case 63: // ?
      return s.flow > 0 || isSpaceOrEnd(text.charCodeAt(position + 1)) ? fetchKey(s) : fetchPlain(s);
    case 58: // :
      return s.flow > 0 || isSpaceOrEnd(text.charCodeAt(position + 1)) ? fetchValue(s) : fetchPlain(s);
    case 42: // *
    case 38: // &
      if (!beginNode(s)) return false;
      return scanAnchor(s, code === 42 ? token.alias : token.anchor);
    case 33: // !
      if (!beginNode(s)) return false;
      return scanTag(s);
    case 124: // |
    case 62: // >
      if (s.flow > 0) break;
      if (!dropKey(s)) return false;
      s.keyAllowed = true;
      return scanBlockScalar(s, code === 124);
    case 39: // '
    case 34: // "
      if (!beginNode(s)) return false;
      return scanQuoted(s, code === 39);
    case 9:
      return fail(s, 'a tab cannot indent', position);
    case 37: // %
    case 64: // @
    case 96: // `
      break;
    default:
      return fetchPlain(s);
  }
  return fail(s, `"${String.fromCharCode(code)}" cannot begin a value; the value needs quotes`, position);
}

function fetchPlain(s: Scanner): boolean {
  return beginNode(s) && scanPlain(s);
}

/** What begins here may be a key; behind it none can begin. False after a failure. */
function beginNode(s: Scanner): boolean {
  const good = saveKey(s);
  s.keyAllowed = false;
  return good;
}

/** Steps over blanks, comments and line breaks. A tab is blank where no key can begin without `?`, and in flow collections. */
function toNextToken(s: Scanner): void {
  const { text } = s;
  for (;;) {
    const tabs = s.flow > 0 || !s.keyAllowed;
    let position = s.position;
    let code = text.charCodeAt(position);
    while (code === 32 || (tabs && code === 9)) code = text.charCodeAt(++position);
    if (code === 35) while (!isBreakOrEnd(code)) code = text.charCodeAt(++position);
    s.position = position;
    if (!isBreak(code)) return;
    skipBreak(s);
    if (s.flow === 0) s.keyAllowed = true;
  }
}

function fetchEnd(s: Scanner): boolean {
  s.lineStart = s.position;
  s.line++;
  unroll(s, -1);
  dropKey(s);
  s.keyAllowed = false;
  return push(s, token.end, s.source.length, s.source.length, '');
}

function fetchDirective(s: Scanner): boolean {
  unroll(s, -1);
  if (!dropKey(s)) return false;
  s.keyAllowed = false;
  return scanDirective(s);
}

function fetchMarker(s: Scanner, kind: number): boolean {
  unroll(s, -1);
  if (!dropKey(s)) return false;
  s.keyAllowed = false;
  s.position += 3;
  return push(s, kind, s.position - 3, s.position, '');
}

function fetchIndicator(s: Scanner, kind: number): boolean {
  s.position++;
  return push(s, kind, s.position - 1, s.position, '');
}

function openFlow(s: Scanner, kind: number): boolean {
  if (!saveKey(s)) return false;
  s.candidates.push(newCandidate());
  s.flow++;
  s.keyAllowed = true;
  return fetchIndicator(s, kind);
}

function closeFlow(s: Scanner, kind: number): boolean {
  if (!dropKey(s)) return false;
  if (s.flow > 0) {
    s.candidates.pop();
    s.flow--;
  }
  s.keyAllowed = false;
  return fetchIndicator(s, kind);
}

function fetchEntry(s: Scanner): boolean {
  if (s.flow === 0) {
    if (!s.keyAllowed) return fail(s, 'a list item cannot begin here', s.position);
    roll(s, token.blockSequence);
  }
  if (!dropKey(s)) return false;
  s.keyAllowed = true;
  return fetchIndicator(s, token.blockEntry);
}

function fetchKey(s: Scanner): boolean {
  if (s.flow === 0) {
    if (!s.keyAllowed) return fail(s, 'a key cannot begin here', s.position);
    roll(s, token.blockMapping);
  }
  if (!dropKey(s)) return false;
  s.keyAllowed = s.flow === 0;
  return fetchIndicator(s, token.key);
}

function fetchValue(s: Scanner): boolean {
  const candidate = s.candidates[s.flow];
  const live = isLive(s, s.flow);
  if (s.failure !== undefined) return false;
  if (candidate !== undefined && live) {
    let before = keyBefore;
    if (s.flow === 0 && s.indent < candidate.column) {
      s.indents.push(s.indent);
      s.indent = candidate.column;
      before |= mappingBefore;
    }
    s.marks[candidate.token] = before;
    candidate.token = -1;
    s.keyAllowed = false;
  } else {
    if (s.flow === 0) {
      if (!s.keyAllowed)
        return fail(s, 'a value cannot begin here: `: ` stands inside an unquoted value, or its key is not on one line', s.position);
      roll(s, token.blockMapping);
    }
    s.keyAllowed = s.flow === 0;
  }
  return fetchIndicator(s, token.value);
}

/** Notes that a key may begin here. False after a failure. */
function saveKey(s: Scanner): boolean {
  if (!s.keyAllowed) return true;
  if (!dropKey(s)) return false;
  const candidate = s.candidates[s.flow];
  if (candidate === undefined) return true;
  const column = s.position - s.lineStart;
  candidate.token = s.head === s.tail ? 0 : s.tail;
  candidate.required = s.flow === 0 && s.indent === column;
  candidate.start = s.position;
  candidate.line = s.line;
  candidate.column = column;
  s.nextMark = (s.flow + 1) * levelUnit;
  return true;
}

/** Forgets the possible key of this flow level; where a key had to stand that is a failure, told as false. */
function dropKey(s: Scanner): boolean {
  const candidate = s.candidates[s.flow];
  if (candidate === undefined || candidate.token < 0) return true;
  s.marks[candidate.token] = 0;
  candidate.token = -1;
  if (candidate.required) fail(s, noColon, candidate.start);
  return !candidate.required;
}

/** Whether the candidate of a level may still become a key: on its line, and not too far back. */
function isLive(s: Scanner, level: number): boolean {
  const candidate = s.candidates[level];
  if (candidate === undefined || candidate.token < 0) return false;
  if (candidate.line === s.line && candidate.start + maxKeyLength >= s.position) return true;
  s.marks[candidate.token] = 0;
  candidate.token = -1;
  if (candidate.required) fail(s, noColon, candidate.start);
  return false;
}

/** Opens a block collection at this column unless one is open there. */
function roll(s: Scanner, kind: number): void {
  const column = s.position - s.lineStart;
  if (s.indent >= column) return;
  s.indents.push(s.indent);
  s.indent = column;
  push(s, kind, s.position, s.position, '');
}

/** Closes the block collections that are indented deeper than `column`. */
function unroll(s: Scanner, column: number): void {
  if (s.flow > 0) return;
  while (s.indent > column) {
    push(s, token.blockEnd, s.position, s.position, '');
    s.indent = s.indents.pop() ?? -1;
  }
}
