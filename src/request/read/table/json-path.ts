// The paths of printer columns: the part of kubectl's JSONPath that columns use, `.spec.list[0]`, `.items[*].name`, `['a.b']`,
// `[?(@.type=="Ready")]`. A path that says more than this gives nothing, as a missing field does (k8s.io/client-go/util/jsonpath, 1.36).

import { field, isObject, type Json } from '../../../lib/json.ts';

type Step =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'where'; readonly path: readonly Step[]; readonly equal: boolean; readonly value: Json };

const parsed = new Map<string, readonly Step[] | undefined>();
const token =
  /\.([^.[\]()'"?*]+)|\.(\*)|\[(-?[0-9]{1,9})\]|\[(\*)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[\?\(\s*@((?:\.[^.[\]()'"?*=!<>\s]+)+)\s*(==|!=)\s*("[^"]*"|'[^']*'|true|false|-?[0-9.]{1,20})\s*\)\]/y;

/** The values a path leads to, in order; none where it leads nowhere. */
export function jsonPath(path: string, value: Json): readonly Json[] {
  let steps = parsed.get(path);
  if (!parsed.has(path)) {
    steps = parse(path);
    if (parsed.size < 10_000) parsed.set(path, steps);
  }
  return steps === undefined ? [] : walk(steps, value);
}

function walk(steps: readonly Step[], value: Json): readonly Json[] {
  let found: readonly Json[] = [value];
  for (const step of steps) found = found.flatMap((each) => taken(step, each));
  return found;
}

function parse(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < path.length) {
    const match = token.exec(path);
    if (match === null) return undefined;
    const [, key, star, index, all, single, double, inner, operator, literal] = match;
    const name = key ?? unescaped(single ?? double);
    if (name !== undefined) steps.push({ kind: 'key', name: key === undefined ? name : name.replaceAll('\\', '') });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (star !== undefined || all !== undefined) steps.push({ kind: 'all' });
    else {
      const keys = (inner ?? '')
        .slice(1)
        .split('.')
        .map((each): Step => ({ kind: 'key', name: each }));
      steps.push({ kind: 'where', path: keys, equal: operator === '==', value: literalValue(literal ?? '') });
    }
  }
  return steps;
}

function unescaped(text: string | undefined): string | undefined {
  return text?.replace(/\\(.)/g, '$1');
}

function literalValue(literal: string): Json {
  if (literal === 'true' || literal === 'false') return literal === 'true';
  return /^["']/.test(literal) ? literal.slice(1, -1) : Number(literal);
}

function taken(step: Step, value: Json): readonly Json[] {
  switch (step.kind) {
    case 'key': {
      const found = field(value, step.name);
      return found === undefined ? [] : [found];
    }
    case 'index': {
      const found: Json | undefined = Array.isArray(value) ? (value as readonly Json[]).at(step.index) : undefined;
      return found === undefined ? [] : [found];
    }
    case 'all':
      if (Array.isArray(value)) return value;
      return isObject(value) ? Object.values(value).flatMap((each) => (each === undefined ? [] : [each])) : [];
    case 'where':
      if (!Array.isArray(value)) return [];
      return (value as readonly Json[]).filter((each) => walk(step.path, each).some((found) => (found === step.value) === step.equal));
  }
}
