// Regular expressions of users and manifests: RE2's syntax and RE2's promise that matching takes time linear in the text, whatever the
// expression. The engine is re2js; a facade keeps it replaceable and its objects out of the rest.

import { RE2JS } from 're2js';

export interface LinearRegex {
  /** True where the expression matches somewhere in the text. */
  readonly found: (text: string) => boolean;
}

const compiled = new Map<string, LinearRegex | undefined>();
const maxKept = 4096;

/** Compiles an expression in RE2's syntax, as Go's regexp does; undefined where it is none. The same text is compiled once. */
export function linearRegex(pattern: string): LinearRegex | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  const regex = compile(pattern);
  if (compiled.size >= maxKept) compiled.clear();
  compiled.set(pattern, regex);
  return regex;
}

function compile(pattern: string): LinearRegex | undefined {
  try {
    const expression = RE2JS.compile(pattern);
    return { found: (text) => expression.matcher(text).find() };
  } catch {
    return undefined;
  }
}
