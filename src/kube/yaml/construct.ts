// From a document's nodes to plain JSON, as sigs.k8s.io/yaml over go.yaml.in/yaml/v2 2.4 decodes them: the last of two equal keys counts (and
// the duplicate is reported), a merge key overrides what stands before it and yields to what stands behind it, keys become strings,
// `__proto__` is an ordinary key. Aliased parts are shared, not copied; what they would amount to is held to the same limits as there.

import { isObject, type Json } from '../../lib/json.ts';
import type { ProblemCode, ProblemLevel } from '../../lib/problem.ts';
import { isMergeKey, scalarKey } from './key.ts';
import type { TextIssue, TextNode } from './node.ts';
import { resolveInteger, resolvePlain, type Scalar } from './scalar.ts';
import { resolveTagged } from './tagged.ts';

export interface Constructed {
  /** Undefined where the document cannot be read as one JSON value. */
  readonly value: Json | undefined;
  readonly issues: readonly TextIssue[];
}

const maxIssues = 100;

interface Anchored {
  /** Undefined while the node is being built: an alias to it would be endless. */
  readonly value: Json | undefined;
  readonly node: TextNode;
  /** Values in it, aliases counted at their full size. */
  readonly size: number;
}

interface State {
  readonly anchors: Map<string, Anchored>;
  readonly issues: TextIssue[];
  fatal: boolean;
  /** Values read so far, aliases counted at their full size; and those of them that came from aliases. */
  count: number;
  aliased: number;
}

/** Builds the value of a document; no root stands for an empty document, which is null. */
export function construct(root: TextNode | undefined): Constructed {
  const state: State = { anchors: new Map(), issues: [], fatal: false, count: 0, aliased: 0 };
  const value = root === undefined ? null : read(state, root);
  return { value: state.fatal ? undefined : value, issues: state.issues };
}

function read(state: State, node: TextNode): Json {
  const before = state.count++;
  if (node.kind === 'alias') return readAlias(state, node);
  if (state.aliased > 100) checkAliasing(state, node);
  if (node.anchor === undefined) return readContent(state, node);
  state.anchors.set(node.anchor, { value: undefined, node, size: 0 });
  const value = readContent(state, node);
  state.anchors.set(node.anchor, { value, node, size: state.count - before });
  return value;
}

function readContent(state: State, node: TextNode): Json {
  if (node.kind === 'scalar') return readScalar(state, node);
  if (node.kind === 'mapping') return readMapping(state, node);
  const list: Json[] = [];
  for (const item of node.children) list.push(read(state, item));
  return list;
}

function readAlias(state: State, node: TextNode): Json {
  const anchor = state.anchors.get(node.text);
  if (anchor?.value === undefined) {
    const what = anchor === undefined ? 'names no anchor before it' : 'stands inside what it names';
    report(state, 'yaml/unknown-alias', 'error', `alias "*${node.text}" ${what}`, node.start);
    return null;
  }
  state.count += anchor.size;
  state.aliased += anchor.size;
  checkAliasing(state, node);
  return state.fatal ? null : anchor.value;
}

/** The limits of yaml/v2: 99 % of a document may come from aliases, falling to 10 % between 400,000 and 4,000,000 values. */
function checkAliasing(state: State, node: TextNode): void {
  const { aliased, count } = state;
  if (aliased <= 100 || count <= 1000) return;
  const share = Math.min(0.99, Math.max(0.1, 0.99 - (0.89 * (count - 400_000)) / 3_600_000));
  if (aliased <= share * count || state.fatal) return;
  report(
    state,
    'yaml/excessive-aliasing',
    'error',
    `${aliased} of ${count} values come from aliases, more than Kubernetes reads`,
    node.start,
  );
}

function readMapping(state: State, node: TextNode): { [key: string]: Json } {
  const map: { [key: string]: Json } = {};
  const { children } = node;
  /** Keys that a merge brought in: they may be overridden quietly. */
  let merged: Set<string> | undefined;
  for (let index = 0; index < children.length; index += 2) {
    const key = children[index] as TextNode;
    const value = children[index + 1] as TextNode;
    if (isMergeKey(key)) {
      merged ??= new Set();
      merge(state, map, value, merged);
      continue;
    }
    const name = readKey(state, key);
    const item = read(state, value);
    if (name === undefined) continue;
    if (map[name] !== undefined && Object.hasOwn(map, name) && merged?.delete(name) !== true)
      report(state, 'yaml/duplicate-key', 'warning', `key "${name}" appears twice in one mapping; the last one counts`, key.start);
    set(map, name, item);
  }
  return map;
}

function set(map: { [key: string]: Json }, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}

/** Copies the members of a mapping, or of each mapping of a list, last to first, so that earlier ones win. */
function merge(state: State, map: { [key: string]: Json }, node: TextNode, merged: Set<string>): void {
  const list = node.kind === 'sequence';
  const sources = list ? node.children : [node];
  const values = sources.map((source) => {
    const target = source.kind === 'alias' ? state.anchors.get(source.text)?.node : source;
    const value = read(state, source);
    if (target !== undefined && target.kind !== 'mapping')
      report(state, 'yaml/syntax', 'error', 'a merge key needs a mapping or a list of mappings', source.start);
    return value;
  });
  for (const value of values.reverse()) {
    if (!isObject(value)) continue;
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      if (!Object.hasOwn(map, key)) merged.add(key);
      set(map, key, item);
    }
  }
}

function readKey(state: State, node: TextNode): string | undefined {
  const target = node.kind === 'alias' ? state.anchors.get(node.text)?.node : node;
  if (node.kind !== 'scalar' || node.anchor !== undefined) read(state, node);
  else state.count++;
  const key = target?.kind === 'scalar' ? scalarKey(target) : undefined;
  if (key !== undefined || target === undefined) return key;
  const what = target.kind === 'scalar' ? `"${target.text.slice(0, 40)}"` : 'a mapping or a list';
  report(state, 'yaml/unsupported-key', 'error', `${what} cannot be a key; an unquoted template placeholder reads like this`, node.start);
  return undefined;
}

function readScalar(state: State, node: TextNode): Scalar {
  const { text } = node;
  if (node.tag === undefined) {
    if (node.style !== 'plain') return text;
    const value = resolvePlain(text);
    return typeof value === 'number' ? checked(state, value, node) : value;
  }
  const value = resolveTagged(node.tag, text);
  if (value.ok) return typeof value.value === 'number' ? checked(state, value.value, node) : value.value;
  report(state, value.problem.code, 'error', value.problem.message, node.start);
  return null;
}

function checked(state: State, value: number, node: TextNode): number {
  if (Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value)) report(state, 'yaml/not-a-number', 'error', `"${node.text}" has no form in JSON`, node.start);
  else if (resolveInteger(node.text) !== undefined)
    report(state, 'yaml/unsafe-integer', 'warning', 'an integer beyond 2^53, which is not held exactly', node.start);
  return value;
}

function report(state: State, code: ProblemCode, level: ProblemLevel, message: string, offset: number): void {
  if (level === 'error') state.fatal = true;
  if (state.issues.length < maxIssues) state.issues.push({ code, level, message, offset });
}
