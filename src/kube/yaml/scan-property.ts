// Anchors, aliases, tags and directives, as libyaml scans them.

import { isBlank, isBreakOrEnd, isDigit, isHexDigit, isSpaceOrEnd, isUri, isWord } from './characters.ts';
import { fail, push, type Scanner, skipBreak, token } from './token.ts';

/** Characters that may follow an anchor or alias directly: `? : , ] } % @` and the backquote. */
const afterAnchor = new Set([63, 58, 44, 93, 125, 37, 64, 96]);

/** `&name` or `*name`; the token's text is the name. */
export function scanAnchor(s: Scanner, kind: number): boolean {
  const start = s.position;
  let end = start + 1;
  while (isWord(s.text.charCodeAt(end))) end++;
  const next = s.text.charCodeAt(end);
  if (end === start + 1 || !(isSpaceOrEnd(next) || afterAnchor.has(next)))
    return fail(s, `the name of an ${kind === token.alias ? 'alias' : 'anchor'} is letters, digits, "-" and "_"`, start);
  s.position = end;
  return push(s, kind, start, end, s.source.slice(start + 1, end));
}

/** `!suffix`, `!handle!suffix` or `!<uri>`; the token's text is handle, space, suffix. */
export function scanTag(s: Scanner): boolean {
  const start = s.position;
  let handle = '';
  let suffix: string | undefined;
  if (s.text.charCodeAt(start + 1) === 60) {
    s.position += 2;
    suffix = scanUri(s, start);
    if (suffix === undefined) return false;
    if (s.text.charCodeAt(s.position) !== 62) return fail(s, 'a tag that begins with "!<" ends with ">"', start);
    s.position++;
  } else {
    handle = scanHandle(s);
    if (handle.length > 1 && handle.endsWith('!')) suffix = scanUri(s, start);
    else {
      suffix = scanUri(s, start, handle.slice(1));
      if (suffix === '') [handle, suffix] = ['', '!'];
      else handle = '!';
    }
    if (suffix === undefined) return false;
  }
  if (!isSpaceOrEnd(s.text.charCodeAt(s.position))) return fail(s, 'a tag is followed by a space', start);
  return push(s, token.tag, start, s.position, `${handle} ${suffix}`);
}

/** `%YAML 1.1` and `%TAG !handle! prefix`; the token's text is the version, or handle, space, prefix. */
export function scanDirective(s: Scanner): boolean {
  const start = s.position++;
  const nameStart = s.position;
  while (isWord(s.text.charCodeAt(s.position))) s.position++;
  const name = s.source.slice(nameStart, s.position);
  if ((name !== 'YAML' && name !== 'TAG') || !isSpaceOrEnd(s.text.charCodeAt(s.position)))
    return fail(s, 'a line that begins with "%" is a directive; only %YAML and %TAG are known', start);
  skipBlanks(s);
  const text = name === 'YAML' ? scanVersion(s, start) : scanTagDirective(s, start);
  if (text === undefined) return false;
  const end = s.position;
  skipBlanks(s);
  if (s.text.charCodeAt(s.position) === 35) while (!isBreakOrEnd(s.text.charCodeAt(s.position))) s.position++;
  if (!isBreakOrEnd(s.text.charCodeAt(s.position))) return fail(s, 'nothing but a comment may follow a directive', s.position);
  skipBreak(s);
  return push(s, name === 'YAML' ? token.versionDirective : token.tagDirective, start, end, text);
}

function scanVersion(s: Scanner, start: number): string | undefined {
  const from = s.position;
  while (isDigit(s.text.charCodeAt(s.position)) || s.text.charCodeAt(s.position) === 46) s.position++;
  const version = s.source.slice(from, s.position);
  if (/^[0-9]{1,2}\.[0-9]{1,2}$/.test(version)) return version;
  fail(s, 'a %YAML directive needs a version such as 1.1', start);
  return undefined;
}

function scanTagDirective(s: Scanner, start: number): string | undefined {
  const handle = s.text.charCodeAt(s.position) === 33 ? scanHandle(s) : '';
  if (!(handle === '!' || (handle.length > 1 && handle.endsWith('!'))) || !isBlank(s.text.charCodeAt(s.position))) {
    fail(s, 'a %TAG directive needs a handle such as !x!', start);
    return undefined;
  }
  skipBlanks(s);
  const prefix = scanUri(s, start);
  if (prefix === undefined) return undefined;
  if (isSpaceOrEnd(s.text.charCodeAt(s.position))) return `${handle} ${prefix}`;
  fail(s, 'nothing but a comment may follow a directive', s.position);
  return undefined;
}

/** `!`, `!word` or `!word!`. */
function scanHandle(s: Scanner): string {
  const from = s.position++;
  while (isWord(s.text.charCodeAt(s.position))) s.position++;
  if (s.text.charCodeAt(s.position) === 33) s.position++;
  return s.source.slice(from, s.position);
}

/** The characters of a URI, `%` sequences decoded. `head`, where given, stands before it, and then it may be empty. */
function scanUri(s: Scanner, start: number, head?: string): string | undefined {
  const from = s.position;
  while (isUri(s.text.charCodeAt(s.position))) {
    if (
      s.text.charCodeAt(s.position) === 37 &&
      !(isHexDigit(s.text.charCodeAt(s.position + 1)) && isHexDigit(s.text.charCodeAt(s.position + 2)))
    ) {
      fail(s, 'a "%" in a tag is followed by two hexadecimal digits', s.position);
      return undefined;
    }
    s.position++;
  }
  if (from === s.position && head === undefined) {
    fail(s, 'a tag without a name', start);
    return undefined;
  }
  const written = (head ?? '') + s.source.slice(from, s.position);
  try {
    return written.includes('%') ? decodeURIComponent(written) : written;
  } catch {
    fail(s, 'a tag that is no UTF-8', start);
    return undefined;
  }
}

function skipBlanks(s: Scanner): void {
  while (isBlank(s.text.charCodeAt(s.position))) s.position++;
}
