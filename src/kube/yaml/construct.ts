// From a document's events to plain JSON, as the Kubernetes clients read it: the last of two equal keys counts (and the duplicate is
// reported), merge keys work, keys become strings, `__proto__` is an ordinary key, aliases are budgeted so that a bomb stays small.

import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Json } from '../../lib/json.ts';
import type { ProblemCode, ProblemLevel } from '../../lib/problem.ts';
import { keyText, resolveNumber, resolvePlain, type Scalar } from './scalar.ts';

/** Something to tell about a document, at an offset of the parsed text. */
export interface YamlIssue {
  readonly code: ProblemCode;
  readonly level: ProblemLevel;
  readonly message: string;
  readonly offset: number;
}

export interface Constructed {
  /** Undefined where the document cannot be read as one JSON value. */
  readonly value: Json | undefined;
  readonly issues: readonly YamlIssue[];
}

/** Nodes one document may expand to through aliases. A bomb of twelve levels would be 10^12. */
const maxExpandedNodes = 1_000_000;
const maxIssues = 100;
const safeKeys = /^(?!__proto__$)/;

interface Anchored {
  readonly value: Json;
  /** Nodes in this value, aliases counted at their full size. */
  readonly size: number;
}

interface State {
  readonly events: readonly Event[];
  readonly source: string;
  readonly anchors: Map<string, Anchored>;
  readonly issues: YamlIssue[];
  next: number;
  fatal: boolean;
  /** Nodes built so far, aliases counted at their full size. */
  nodes: number;
}

/** Builds the value of the single document that `events` describe. */
export function construct(events: readonly Event[], source: string): Constructed {
  const state: State = { events, source, anchors: new Map(), issues: [], next: 0, fatal: false, nodes: 0 };
  if (events[0]?.type === EVENT_ID.DOCUMENT) state.next = 1;
  if (state.next >= events.length || events[state.next]?.type === EVENT_ID.POP) return { value: null, issues: [] };
  const value = read(state);
  return { value: state.fatal ? undefined : value, issues: state.issues };
}

function read(state: State): Json {
  const event = state.events[state.next++];
  if (event === undefined) return null;
  const before = state.nodes++;
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return anchored(state, event, scalarValue(state, event), before);
    case EVENT_ID.SEQUENCE:
      return anchored(state, event, readSequence(state), before);
    case EVENT_ID.MAPPING:
      return anchored(state, event, readMapping(state), before);
    case EVENT_ID.ALIAS:
      return readAlias(state, event.anchorStart, event.anchorEnd);
    default:
      return null;
  }
}

function anchored(state: State, event: { readonly anchorStart: number; readonly anchorEnd: number }, value: Json, before: number): Json {
  if (event.anchorStart >= 0)
    state.anchors.set(state.source.slice(event.anchorStart, event.anchorEnd), { value, size: state.nodes - before });
  return value;
}

function readAlias(state: State, start: number, end: number): Json {
  const name = state.source.slice(start, end);
  const anchor = state.anchors.get(name);
  if (anchor === undefined) {
    report(state, 'yaml/unknown-alias', 'error', `alias "*${name}" names no anchor before it`, start);
    return null;
  }
  state.nodes += anchor.size;
  if (state.nodes <= maxExpandedNodes) return anchor.value;
  report(state, 'yaml/excessive-aliasing', 'error', `aliases expand to more than ${maxExpandedNodes} values`, start);
  return null;
}

function readSequence(state: State): Json[] {
  const list: Json[] = [];
  while (!atEnd(state)) list.push(read(state));
  state.next++;
  return list;
}

function readMapping(state: State): { [key: string]: Json } {
  const map: { [key: string]: Json } = {};
  let seen: Set<string> | undefined;
  while (!atEnd(state)) {
    const keyEvent = state.events[state.next];
    const merge = isMerge(state, keyEvent);
    const key = readKey(state);
    const offset = keyEvent === undefined ? 0 : offsetOf(keyEvent);
    const value = read(state);
    if (merge) {
      mergeInto(state, map, value, offset);
      continue;
    }
    if (key === undefined) continue;
    if (Object.hasOwn(map, key)) {
      seen ??= new Set(explicitKeys(state, map));
      if (seen.has(key))
        report(state, 'yaml/duplicate-key', 'warning', `key "${key}" appears twice in one mapping; the last one counts`, offset);
    }
    seen?.add(key);
    set(map, key, value);
  }
  state.next++;
  return map;
}

/** Keys set so far that no merge brought in are not told apart: a key after a merge that brought it overrides quietly. */
function explicitKeys(state: State, map: object): readonly string[] {
  const merged = state.anchors.size > 0 ? mergedKeys.get(map) : undefined;
  return Object.keys(map).filter((key) => merged === undefined || !merged.has(key));
}

const mergedKeys = new WeakMap<object, Set<string>>();

function mergeInto(state: State, map: { [key: string]: Json }, value: Json, offset: number): void {
  const sources: readonly Json[] = Array.isArray(value) ? [...value].reverse() : [value];
  const merged = mergedKeys.get(map) ?? new Set<string>();
  mergedKeys.set(map, merged);
  for (const source of sources) {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) {
      report(state, 'yaml/syntax', 'error', 'a merge key needs a mapping or a list of mappings', offset);
      return;
    }
    for (const [key, item] of Object.entries(source)) {
      if (item === undefined) continue;
      merged.add(key);
      set(map, key, item);
    }
  }
}

function set(map: { [key: string]: Json }, key: string, value: Json): void {
  if (safeKeys.test(key)) map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

function isMerge(state: State, event: Event | undefined): boolean {
  return (
    event?.type === EVENT_ID.SCALAR &&
    event.style === SCALAR_STYLE.PLAIN &&
    event.valueEnd - event.valueStart === 2 &&
    state.source.startsWith('<<', event.valueStart)
  );
}

function readKey(state: State): string | undefined {
  const event = state.events[state.next];
  if (event?.type === EVENT_ID.SCALAR && event.fast && event.tagStart < 0 && event.anchorStart < 0 && event.style !== SCALAR_STYLE.PLAIN) {
    state.next++;
    return state.source.slice(event.valueStart, event.valueEnd);
  }
  const offset = event === undefined ? 0 : offsetOf(event);
  const value = read(state);
  const key = typeof value === 'object' || value === undefined ? undefined : keyText(value);
  if (key !== undefined) return key;
  const what = value === null ? 'null' : 'a mapping or a list';
  report(state, 'yaml/unsupported-key', 'error', `${what} cannot be a key; an unquoted template placeholder reads like this`, offset);
  return undefined;
}

function scalarValue(state: State, event: ScalarEvent): Scalar {
  if (event.tagStart >= 0) return taggedValue(state, event);
  if (event.valueStart < 0) return null;
  const text = event.fast ? state.source.slice(event.valueStart, event.valueEnd) : getScalarValue(state.source, event);
  if (event.style !== SCALAR_STYLE.PLAIN) return text;
  const value = resolvePlain(text);
  return typeof value === 'number' ? checked(state, value, text, event) : value;
}

function taggedValue(state: State, event: ScalarEvent): Scalar {
  const tag = state.source.slice(event.tagStart, event.tagEnd).replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1');
  const text = getScalarValue(state.source, event);
  switch (tag) {
    case '!!int':
    case '!!float': {
      const value = resolveNumber(text);
      if (value !== undefined) return checked(state, value, text, event);
      report(state, 'yaml/syntax', 'error', `cannot read "${text.slice(0, 40)}" as ${tag}`, offsetOf(event));
      return null;
    }
    case '!!bool':
    case '!!null':
      return resolvePlain(text);
    case '!!binary':
      return decodeBinary(state, text, event);
    default:
      return text;
  }
}

function decodeBinary(state: State, text: string, event: ScalarEvent): string {
  const compact = text.replace(/\s/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) return atob(compact);
  report(state, 'yaml/bad-binary', 'error', '!!binary is not base64', offsetOf(event));
  return '';
}

function checked(state: State, value: number, text: string, event: ScalarEvent): number {
  if (Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value)) report(state, 'yaml/not-a-number', 'error', `"${text}" has no form in JSON`, offsetOf(event));
  else if (Number.isInteger(value) && /^[-+]?[0-9_xXa-fA-F]+$/.test(text))
    report(state, 'yaml/unsafe-integer', 'warning', `${text.slice(0, 40)} is beyond 2^53 and is not held exactly`, offsetOf(event));
  return value;
}

function atEnd(state: State): boolean {
  const event = state.events[state.next];
  return event === undefined || event.type === EVENT_ID.POP;
}

function offsetOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return Math.max(0, event.valueStart >= 0 ? event.valueStart : event.tagStart);
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return 0;
  }
}

function report(state: State, code: ProblemCode, level: ProblemLevel, message: string, offset: number): void {
  if (level === 'error') state.fatal = true;
  if (state.issues.length < maxIssues) state.issues.push({ code, level, message, offset });
}
