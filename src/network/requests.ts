// HTTP requests as classes: what no rule tells apart is one class. Methods, paths and hosts are tried by examples: every value that is written,
// and for patterns with `*` at an end (Istio) values that lie in one pattern and in no other, in two at once, and in none.
// Left out: regular expressions and templates; rules with those are said to be restricted.

import type { RequestMatch } from './policy.ts';

export interface RequestSpace {
  readonly count: number;
  /** The classes of the requests that match; undefined: all. */
  readonly classesOf: (match: RequestMatch) => readonly number[];
}

/** No request is told from another. */
export const oneRequest: RequestSpace = { count: 1, classesOf: () => [0] };

const parts = [
  ['methods', 'notMethods'],
  ['paths', 'notPaths'],
  ['hosts', 'notHosts'],
] as const;

/** More classes than this are not told apart. */
const most = 4096;

/** The classes that these matches need; undefined where there are too many. */
export function requestSpace(matches: readonly RequestMatch[]): RequestSpace | undefined {
  if (matches.length === 0) return oneRequest;
  const unique = new Map(matches.map((match) => [JSON.stringify(match), match]));
  const examples = parts.map(([some, none]) =>
    examplesOf(
      matches.flatMap((match) => [...(match[some] ?? []), ...(match[none] ?? [])]),
      unique.values(),
      some,
      none,
    ),
  );
  const [methods = [], paths = [], hosts = []] = examples;
  if (methods.length * paths.length * hosts.length > most * 4) return undefined;
  const classes = new Map<string, number>();
  const members = new Map<string, Set<number>>([...unique.keys()].map((key) => [key, new Set()]));
  for (const method of methods)
    for (const path of paths)
      for (const host of hosts) {
        const holding = [...unique].filter(([, match]) => accepts(match, [method, path, host])).map(([key]) => key);
        const signature = holding.join('\n');
        const number = classes.get(signature) ?? classes.size;
        classes.set(signature, number);
        for (const key of holding) members.get(key)?.add(number);
      }
  if (classes.size > most) return undefined;
  return { count: classes.size, classesOf: (match) => [...(members.get(JSON.stringify(match)) ?? [])] };
}

function accepts(match: RequestMatch, request: readonly [method: string, path: string, host: string]): boolean {
  return parts.every(([some, none], index) => {
    const value = request[index] ?? '';
    return (
      (match[some]?.some((pattern) => patternMatches(pattern, value)) ?? true) &&
      !(match[none]?.some((pattern) => patternMatches(pattern, value)) ?? false)
    );
  });
}

/** Istio's patterns: `*` alone, at the beginning or at the end. */
export function patternMatches(pattern: string, value: string): boolean {
  if (pattern === '*') return value !== '';
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  return pattern === value;
}

/** Values that stand for all that these patterns can tell apart: equal answers to every pattern are one value. */
function examplesOf(
  patterns: readonly string[],
  matches: Iterable<RequestMatch>,
  some: (typeof parts)[number][0],
  none: (typeof parts)[number][1],
): readonly string[] {
  const own = [...new Set(patterns)];
  const filler = '\u0000';
  const starts = own.filter((pattern) => pattern !== '*' && pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  const ends = own
    .filter((pattern) => pattern !== '*' && !pattern.endsWith('*') && pattern.startsWith('*'))
    .map((pattern) => pattern.slice(1));
  const exact = own.filter((pattern) => !pattern.includes('*'));
  const candidates = [filler, ...exact, ...starts, ...ends, ...starts.map((start) => start + filler), ...ends.map((end) => filler + end)];
  if (starts.length * ends.length < most) for (const start of starts) for (const end of ends) candidates.push(start + filler + end);
  const lists = [...matches].map((match) => [match[some] ?? ['*'], match[none] ?? []]);
  const bySignature = new Map<string, string>();
  for (const value of candidates) {
    const signature = lists.map((pair) => pair.map((list) => list.some((pattern) => patternMatches(pattern, value))).join()).join('|');
    if (!bySignature.has(signature)) bySignature.set(signature, value);
  }
  return [...bySignature.values()];
}
