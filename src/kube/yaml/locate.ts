// Where a field stands in the text: a JSON pointer walked down a document's events. Nothing is paid for documents nobody asks about.
// A pointer into a merged or aliased part leads to where that part was written.

import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import { keyText, resolvePlain } from './scalar.ts';

/** Half-open offset ranges in the parsed text. */
export interface Located {
  /** The key, where the field has one of its own here. */
  readonly key?: { readonly start: number; readonly end: number };
  readonly value: { readonly start: number; readonly end: number };
  /** True when every token was found; otherwise this is the deepest parent that exists. */
  readonly exact: boolean;
}

/** Finds the field `tokens` name, or the deepest parent of it that exists. */
export function locate(events: readonly Event[], source: string, tokens: readonly string[]): Located {
  const walk: Walk = { events, source, anchors: undefined };
  let index = events[0]?.type === EVENT_ID.DOCUMENT ? 1 : 0;
  let key: Located['key'];
  for (const token of tokens) {
    const child = step(walk, index, token, 0);
    if (child === undefined) return found(walk, index, key, false);
    index = child.value;
    key = child.key;
  }
  return found(walk, index, key, true);
}

/** Index of the event after the node that begins at `index`. */
export function nodeEnd(events: readonly Event[], index: number): number {
  let depth = 0;
  for (let next = index; next < events.length; next++) {
    const type = events[next]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE || type === EVENT_ID.DOCUMENT) depth++;
    else if (type === EVENT_ID.POP) depth--;
    if (depth <= 0) return next + 1;
  }
  return events.length;
}

/** Offset range of the node that begins at event `index`; a block collection ends with its last member. */
export function nodeRange(events: readonly Event[], source: string, index: number): { readonly start: number; readonly end: number } {
  const event = events[index];
  if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return { start: 0, end: 0 };
  if (event.type === EVENT_ID.ALIAS) return { start: event.anchorStart - 1, end: event.anchorEnd };
  if (event.type === EVENT_ID.SCALAR) return scalarRange(event, source);
  const stop = nodeEnd(events, index);
  let end = event.start;
  for (let next = index + 1; next < stop; next++) {
    const inner = events[next];
    if (inner === undefined) continue;
    if (inner.type === EVENT_ID.SCALAR) end = Math.max(end, scalarRange(inner, source).end);
    else if (inner.type === EVENT_ID.ALIAS) end = Math.max(end, inner.anchorEnd);
    else if (inner.type === EVENT_ID.MAPPING || inner.type === EVENT_ID.SEQUENCE)
      end = Math.max(end, inner.style === 2 ? inner.start + 1 : inner.start);
  }
  if (event.style === 2) end = closing(source, Math.max(end, event.start + 1), source[event.start] === '[' ? ']' : '}');
  return { start: event.start, end };
}

interface Walk {
  readonly events: readonly Event[];
  readonly source: string;
  anchors: Map<string, number> | undefined;
}

interface Child {
  readonly key?: { readonly start: number; readonly end: number };
  readonly value: number;
}

const maxIndirection = 50;

function step(walk: Walk, index: number, token: string, hops: number): Child | undefined {
  if (hops > maxIndirection) return undefined;
  const event = walk.events[index];
  if (event?.type === EVENT_ID.ALIAS) {
    const target = anchorIndex(walk, walk.source.slice(event.anchorStart, event.anchorEnd), index);
    return target === undefined ? undefined : step(walk, target, token, hops + 1);
  }
  if (event?.type === EVENT_ID.SEQUENCE) return member(walk, index, token);
  if (event?.type === EVENT_ID.MAPPING) return entry(walk, index, token, hops);
  return undefined;
}

function member(walk: Walk, index: number, token: string): Child | undefined {
  if (!/^(?:0|[1-9][0-9]*)$/.test(token)) return undefined;
  let next = index + 1;
  for (let wanted = Number(token); ; wanted--) {
    const event = walk.events[next];
    if (event === undefined || event.type === EVENT_ID.POP) return undefined;
    if (wanted === 0) return { value: next };
    next = nodeEnd(walk.events, next);
  }
}

function entry(walk: Walk, index: number, token: string, hops: number): Child | undefined {
  let best: Child | undefined;
  const merges: number[] = [];
  let next = index + 1;
  for (;;) {
    const event = walk.events[next];
    if (event === undefined || event.type === EVENT_ID.POP) break;
    const value = nodeEnd(walk.events, next);
    if (event.type === EVENT_ID.SCALAR) {
      const text = keyOf(walk.source, event);
      if (text === token) best = { key: scalarRange(event, walk.source), value };
      else if (text === '<<') merges.push(value);
    }
    next = nodeEnd(walk.events, value);
  }
  if (best !== undefined) return best;
  for (const merge of merges) {
    const inner = walk.events[merge];
    const sources = inner?.type === EVENT_ID.SEQUENCE ? members(walk, merge) : [merge];
    for (const source of sources) {
      const child = step(walk, source, token, hops + 1);
      if (child !== undefined) return child;
    }
  }
  return undefined;
}

function members(walk: Walk, index: number): readonly number[] {
  const list: number[] = [];
  for (let next = index + 1; walk.events[next] !== undefined && walk.events[next]?.type !== EVENT_ID.POP; next = nodeEnd(walk.events, next))
    list.push(next);
  return list;
}

function keyOf(source: string, event: Extract<Event, { type: 4 }>): string | undefined {
  const text = getScalarValue(source, event);
  return event.style === SCALAR_STYLE.PLAIN ? keyText(resolvePlain(text)) : text;
}

/** The last definition of an anchor before `before`; reused anchors are legal. */
function anchorIndex(walk: Walk, name: string, before: number): number | undefined {
  for (let index = before - 1; index >= 0; index--) {
    const event = walk.events[index];
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.ALIAS) continue;
    if (event.anchorStart >= 0 && walk.source.slice(event.anchorStart, event.anchorEnd) === name) return index;
  }
  return undefined;
}

function found(walk: Walk, index: number, key: Located['key'], exact: boolean): Located {
  const value = nodeRange(walk.events, walk.source, index);
  return key === undefined ? { value, exact } : { key, value, exact };
}

function scalarRange(event: Extract<Event, { type: 4 }>, source: string): { readonly start: number; readonly end: number } {
  if (event.valueStart < 0) {
    const at = Math.max(0, event.tagEnd, event.anchorEnd);
    return { start: at, end: at };
  }
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  const start = quoted ? event.valueStart - 1 : event.valueStart;
  const end = quoted ? event.valueEnd + 1 : event.valueEnd;
  return { start, end: Math.min(end, source.length) };
}

function closing(source: string, from: number, bracket: string): number {
  for (let index = from; index < source.length; index++) {
    const character = source[index];
    if (character === bracket) return index + 1;
    if (character === '#' && /\s/.test(source[index - 1] ?? ' ')) {
      const next = source.indexOf('\n', index);
      if (next < 0) return source.length;
      index = next;
    }
  }
  return source.length;
}
