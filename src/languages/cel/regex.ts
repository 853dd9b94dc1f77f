// Regular expressions of users: RE2's syntax, in time linear in the text whatever the expression. Patterns that are plain text with
// anchors, the most common ones, run as string operations; all others on re2js. Compiled patterns are kept, a bounded number of them.

import { RE2JS } from 're2js';
import { CelError } from './value.ts';

export interface Regex {
  readonly found: (text: string) => boolean;
  /** The matches from left to right, at most `limit` of them. */
  readonly all: (text: string, limit: number) => readonly string[];
}

const compiled = new Map<string, Regex | CelError>();
const maxKept = 4096;

/** The pattern compiled, or why it is none. */
export function compileRegex(pattern: string): Regex | CelError {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const regex = compile(pattern);
  if (compiled.size >= maxKept) compiled.clear();
  compiled.set(pattern, regex);
  return regex;
}

function compile(pattern: string): Regex | CelError {
  try {
    const expression = RE2JS.compile(pattern);
    const plain = plainText(pattern);
    return {
      found: plain ?? ((text) => expression.matcher(text).find()),
      all: (text, limit) => {
        const matches: string[] = [];
        const matcher = expression.matcher(text);
        while (matches.length < limit && matcher.find()) matches.push(matcher.group() ?? '');
        return matches;
      },
    };
  } catch (thrown) {
    return new CelError(
      `error parsing regexp: ${thrown instanceof Error ? thrown.message.replace(/^error parsing regexp: /, '') : 'invalid'}`,
    );
  }
}

/** A test for patterns without any operator but `^` in front and `$` behind. */
function plainText(pattern: string): ((text: string) => boolean) | undefined {
  const match = /^(\^?)([A-Za-z0-9_\-/:@ ,]*)(\$?)$/.exec(pattern);
  if (match === null) return undefined;
  const [, front, word = '', back] = match;
  if (front !== '' && back !== '') return (text) => text === word;
  if (front !== '') return (text) => text.startsWith(word);
  return back === '' ? (text) => text.includes(word) : (text) => text.endsWith(word);
}
