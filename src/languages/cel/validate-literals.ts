// What Kubernetes checks beyond types: that the elements of a list or map literal have one type (except in arguments of `format`), and,
// since 1.29, texts of durations and timestamps and regular expressions where they are literals.

import type { Issue, Node } from './ast.ts';
import { type Checked, shownType } from './check.ts';
import type { Options } from './environment.ts';
import { compileRegex } from './regex.ts';
import { parseDuration, parseTimestamp } from './time.ts';
import { sameType, type Type, types } from './type.ts';
import { CelError } from './value.ts';
import { children } from './walk.ts';

export function validateLiterals(root: Node, checked: Checked, { homogeneous, literalValidation }: Options): readonly Issue[] {
  const issues: Issue[] = [];
  const report = ({ start, end, mark = start }: Node, message: string) => issues.push({ code: 'cel/type', message, start: mark, end });
  const visit = (node: Node, exempt: boolean): void => {
    const wrong = node.kind === 'call' && literalValidation ? problem(node, checked) : undefined;
    if (wrong !== undefined) report((node.kind === 'call' ? node.args.at(-1) : undefined) ?? node, wrong);
    for (const odd of homogeneous && !exempt ? mixed(node, checked) : [])
      report(odd.node, `expected type '${shownType(odd.wanted)}' but found '${shownType(odd.found)}'`);
    const within = exempt || (node.kind === 'call' && node.name === 'format');
    for (const child of children(node)) visit(child, within);
  };
  visit(root, false);
  return issues;
}

interface Odd {
  readonly node: Node;
  readonly wanted: Type;
  readonly found: Type;
}

/** The first element of a list that has another type than those before it; of a map every such key and value. */
function mixed(node: Node, checked: Checked): readonly Odd[] {
  if (node.kind === 'list')
    return odd(
      node.elements.map((element, index) => ({ node: element, optional: node.optional.has(index) })),
      checked,
    ).slice(0, 1);
  if (node.kind !== 'map') return [];
  const keys = node.entries.map(({ key }) => ({ node: key, optional: false }));
  const values = node.entries.map(({ value, optional }) => ({ node: value, optional }));
  return [...odd(keys, checked), ...odd(values, checked)];
}

function odd(parts: readonly { readonly node: Node; readonly optional: boolean }[], checked: Checked): readonly Odd[] {
  const found: Odd[] = [];
  let wanted: Type | undefined;
  for (const { node, optional } of parts) {
    const type = checked.types.get(node) ?? types.dyn;
    const own = optional ? (type.parameters[0] ?? types.dyn) : type;
    wanted ??= own;
    if (!sameType(wanted, own)) found.push({ node, wanted, found: own });
  }
  return found;
}

function problem(node: Node & { kind: 'call' }, checked: Checked): string | undefined {
  const literal = node.args.at(-1);
  if (literal?.kind !== 'literal' || typeof literal.value !== 'string') return undefined;
  const { value } = literal;
  if (node.name === 'duration' && parseDuration(value) instanceof CelError) return `invalid duration argument`;
  if (node.name === 'timestamp' && parseTimestamp(value) instanceof CelError) return `invalid timestamp argument`;
  const isMatch = node.name === 'matches' && checked.calls.get(node)?.overloads.some(({ name }) => name === 'matches') === true;
  return isMatch && compileRegex(value) instanceof CelError ? 'invalid matches argument' : undefined;
}
