// From tokens to a tree of nodes: libyaml's grammar (go.yaml.in/yaml/v2 2.4, parserc.go), written as a recursive descent.
// One document is composed; what stands behind its end is not looked at, because Kubernetes does not look at it either.

import { failure, ok, type Result } from '../../lib/result.ts';
import { forbiddenAt } from './characters.ts';
import { type CollectionStyle, maxDepth, type NodeKind, type ScalarStyle, type TextNode } from './node.ts';
import { peek, skip, tokenEnd, tokenStart, tokenText } from './scan.ts';
import { fail, type Scanner, scanner, token } from './token.ts';

export interface Composed {
  /** Undefined where the text holds no document. */
  readonly root: TextNode | undefined;
  /** Where the text begins that nobody reads: behind `...` or a finished flow collection. Undefined where all was read. */
  readonly ignored: number | undefined;
  /** Where a directive stands, if one does: kubectl cuts it off from its document and refuses it. */
  readonly directives: number | undefined;
}

export interface SyntaxFailure {
  readonly code: 'yaml/syntax' | 'yaml/too-deep' | 'yaml/control-character';
  readonly message: string;
  readonly offset: number;
}

interface Composer {
  readonly s: Scanner;
  readonly tags: Map<string, string>;
  directives: number | undefined;
  depth: number;
  tooDeep: boolean;
}

/** Reads the text of one document. */
export function compose(text: string): Result<Composed, SyntaxFailure> {
  const control = forbiddenAt(text);
  if (control >= 0) {
    const name = `U+${text.charCodeAt(control).toString(16).toUpperCase().padStart(4, '0')}`;
    return failure({ code: 'yaml/control-character', message: `the character ${name} is not allowed in YAML`, offset: control });
  }
  const c: Composer = { s: scanner(text), tags: new Map(), directives: undefined, depth: 0, tooDeep: false };
  const root = document(c);
  const { s } = c;
  if (s.failure !== undefined) return failure({ code: c.tooDeep ? 'yaml/too-deep' : 'yaml/syntax', ...s.failure });
  return ok({ root, ignored: behind(s), directives: c.directives });
}

function behind(s: Scanner): number | undefined {
  const kind = peek(s);
  if (s.failure !== undefined) return s.failure.offset;
  return kind === token.end ? undefined : tokenStart(s);
}

function document(c: Composer): TextNode | undefined {
  const { s } = c;
  let kind = peek(s);
  if (kind === token.end) return undefined;
  const explicit = kind === token.documentStart || kind === token.versionDirective || kind === token.tagDirective;
  if (explicit) {
    if (kind !== token.documentStart) c.directives = tokenStart(s);
    if (!directives(c) || peek(s) === token.end) return undefined;
    if (peek(s) !== token.documentStart) {
      fail(s, 'a directive needs a line "---" behind it', tokenStart(s));
      return undefined;
    }
    skip(s);
    kind = peek(s);
  }
  const empty = explicit && kind <= token.documentEnd;
  const root = empty ? emptyScalar(tokenStart(s)) : node(c, true, false);
  if (peek(s) === token.documentEnd) skip(s);
  return root;
}

/** Directives before a document; false after a failure. */
function directives(c: Composer): boolean {
  const { s } = c;
  let version = false;
  for (let kind = peek(s); kind === token.versionDirective || kind === token.tagDirective; kind = peek(s)) {
    if (kind === token.versionDirective) {
      if (version || tokenText(s) !== '1.1') return fail(s, 'the only version Kubernetes reads is %YAML 1.1, once', tokenStart(s));
      version = true;
    } else {
      const [handle = '', prefix = ''] = tokenText(s).split(' ');
      if (c.tags.has(handle)) return fail(s, `%TAG ${handle} is there twice`, tokenStart(s));
      c.tags.set(handle, prefix);
    }
    skip(s);
  }
  return true;
}

function node(c: Composer, block: boolean, indentless: boolean): TextNode {
  const { s } = c;
  let kind = peek(s);
  if (kind === token.alias) {
    const made = make('alias', 'plain', tokenStart(s), tokenEnd(s), tokenText(s), noChildren, undefined);
    skip(s);
    return made;
  }
  let properties: Properties | undefined;
  if (kind === token.anchor || kind === token.tag) {
    properties = readProperties(c);
    kind = peek(s);
  }
  if (kind >= token.plain) {
    const style = scalarStyles[kind - token.plain] as ScalarStyle;
    const made = make('scalar', style, tokenStart(s), tokenEnd(s), tokenText(s), noChildren, properties);
    skip(s);
    return made;
  }
  if (c.depth >= maxDepth) {
    c.tooDeep ||= s.failure === undefined;
    fail(s, `nested deeper than ${maxDepth} levels`, tokenStart(s));
    return emptyScalar(tokenStart(s));
  }
  c.depth++;
  let made: TextNode | undefined;
  if (indentless && kind === token.blockEntry) made = blockSequence(c, true, properties);
  else if (kind === token.flowSequence) made = flowSequence(c, properties);
  else if (kind === token.flowMapping) made = flowMapping(c, properties);
  else if (block && kind === token.blockSequence) made = blockSequence(c, false, properties);
  else if (block && kind === token.blockMapping) made = blockMapping(c, properties);
  c.depth--;
  if (made !== undefined) return made;
  if (properties !== undefined) return make('scalar', 'plain', properties.end, properties.end, '', noChildren, properties);
  fail(s, kind === token.end ? 'the text ends where a value is expected' : 'a value is expected here', tokenStart(s));
  return emptyScalar(tokenStart(s));
}

interface Properties {
  readonly start: number;
  readonly end: number;
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
}

/** An anchor and a tag, each at most once, in either order. */
function readProperties(c: Composer): Properties {
  const { s } = c;
  const start = tokenStart(s);
  let end = start;
  let anchor: string | undefined;
  let tag: string | undefined;
  for (;;) {
    const kind = peek(s);
    if (kind === token.anchor && anchor === undefined) anchor = tokenText(s);
    else if (kind === token.tag && tag === undefined) tag = resolveTag(c, tokenText(s));
    else return { start, end, anchor, tag };
    end = tokenEnd(s);
    skip(s);
  }
}

function resolveTag(c: Composer, text: string): string {
  const space = text.indexOf(' ');
  const handle = text.slice(0, space);
  const suffix = text.slice(space + 1);
  if (handle === '') return suffix;
  const prefix = c.tags.get(handle) ?? defaultTags.get(handle);
  if (prefix === undefined) fail(c.s, `no %TAG says what ${handle} is`, tokenStart(c.s));
  return (prefix ?? '') + suffix;
}

function blockSequence(c: Composer, indentless: boolean, properties: Properties | undefined): TextNode {
  const { s } = c;
  const start = tokenStart(s);
  if (!indentless) skip(s);
  const items: TextNode[] = [];
  let end = start;
  while (peek(s) === token.blockEntry) {
    end = tokenEnd(s);
    skip(s);
    const kind = peek(s);
    const empty = kind === token.blockEntry || kind === token.blockEnd || (indentless && (kind === token.key || kind === token.value));
    const item = empty ? emptyScalar(end) : node(c, true, false);
    items.push(item);
    end = item.end;
  }
  if (!indentless) closeBlock(c, 'a list item of this indentation begins with "- "');
  return make('sequence', 'block', start, end, '', items, properties);
}

function blockMapping(c: Composer, properties: Properties | undefined): TextNode {
  const { s } = c;
  const start = tokenStart(s);
  skip(s);
  const members: TextNode[] = [];
  let end = start;
  while (peek(s) === token.key) {
    end = tokenEnd(s);
    skip(s);
    const key = isBlockGap(peek(s)) ? emptyScalar(end) : node(c, true, true);
    end = key.end;
    let value: TextNode;
    if (peek(s) === token.value) {
      end = tokenEnd(s);
      skip(s);
      value = isBlockGap(peek(s)) ? emptyScalar(end) : node(c, true, true);
    } else value = emptyScalar(end);
    members.push(key, value);
    end = value.end;
  }
  closeBlock(c, 'a key of this indentation is expected here');
  return make('mapping', 'block', start, end, '', members, properties);
}

function isBlockGap(kind: number): boolean {
  return kind === token.key || kind === token.value || kind === token.blockEnd;
}

function closeBlock(c: Composer, message: string): void {
  if (peek(c.s) === token.blockEnd) skip(c.s);
  else fail(c.s, message, tokenStart(c.s));
}

function flowSequence(c: Composer, properties: Properties | undefined): TextNode {
  const { s } = c;
  const start = tokenStart(s);
  skip(s);
  const items: TextNode[] = [];
  let kind = peek(s);
  while (kind !== token.flowSequenceEnd && s.failure === undefined && isOpen(c, kind, start)) {
    if (kind === token.key) items.push(flowPair(c));
    else items.push(node(c, false, false));
    kind = nextInFlow(c, token.flowSequenceEnd, 'a "," or "]" is expected in this list');
  }
  const end = tokenEnd(s);
  skip(s);
  return make('sequence', 'flow', start, end, '', items, properties);
}

/** `key: value` as an item of a flow sequence: a mapping of one member. */
function flowPair(c: Composer): TextNode {
  const { s } = c;
  const start = tokenStart(s);
  let end = tokenEnd(s);
  skip(s);
  let kind = peek(s);
  let key: TextNode;
  if (kind === token.value || kind === token.flowEntry || kind === token.flowSequenceEnd) {
    key = emptyScalar(end);
    skip(s);
  } else key = node(c, false, false);
  end = key.end;
  let value: TextNode | undefined;
  if (peek(s) === token.value) {
    end = tokenEnd(s);
    skip(s);
    kind = peek(s);
    if (kind !== token.flowEntry && kind !== token.flowSequenceEnd) value = node(c, false, false);
  }
  value ??= emptyScalar(end);
  return make('mapping', 'flow', start, value.end, '', [key, value], undefined);
}

function flowMapping(c: Composer, properties: Properties | undefined): TextNode {
  const { s } = c;
  const start = tokenStart(s);
  skip(s);
  const members: TextNode[] = [];
  let kind = peek(s);
  while (kind !== token.flowMappingEnd && s.failure === undefined && isOpen(c, kind, start)) {
    if (kind === token.key) flowMember(c, members);
    else {
      const key = node(c, false, false);
      members.push(key, emptyScalar(key.end));
    }
    kind = nextInFlow(c, token.flowMappingEnd, 'a "," or "}" is expected in this mapping');
  }
  const end = tokenEnd(s);
  skip(s);
  return make('mapping', 'flow', start, end, '', members, properties);
}

function flowMember(c: Composer, members: TextNode[]): void {
  const { s } = c;
  let end = tokenEnd(s);
  skip(s);
  let kind = peek(s);
  const gap = kind === token.value || kind === token.flowEntry || kind === token.flowMappingEnd;
  const key = gap ? emptyScalar(end) : node(c, false, false);
  end = key.end;
  let value: TextNode | undefined;
  if (peek(s) === token.value) {
    end = tokenEnd(s);
    skip(s);
    kind = peek(s);
    if (kind !== token.flowEntry && kind !== token.flowMappingEnd) value = node(c, false, false);
  }
  members.push(key, value ?? emptyScalar(end));
}

/** False, with a failure, where the text or document ends inside a flow collection. */
function isOpen(c: Composer, kind: number, start: number): boolean {
  return kind > token.documentEnd || fail(c.s, `"${c.s.source[start]}" is never closed`, start);
}

/** Steps over the comma between two members; gives the kind of what follows. */
function nextInFlow(c: Composer, close: number, message: string): number {
  const kind = peek(c.s);
  if (kind === close || kind <= token.documentEnd) return kind;
  if (kind !== token.flowEntry) {
    fail(c.s, message, tokenStart(c.s));
    return close;
  }
  skip(c.s);
  return peek(c.s);
}

const scalarStyles: readonly ScalarStyle[] = ['plain', 'single', 'double', 'literal', 'folded'];
const defaultTags: ReadonlyMap<string, string> = new Map([
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
]);
const noChildren: readonly TextNode[] = [];

function emptyScalar(at: number): TextNode {
  return make('scalar', 'plain', at, at, '', noChildren, undefined);
}

function make(
  kind: NodeKind,
  style: ScalarStyle | CollectionStyle,
  start: number,
  end: number,
  text: string,
  children: readonly TextNode[],
  properties: Properties | undefined,
): TextNode {
  return {
    kind,
    style,
    start,
    end,
    propertiesStart: properties === undefined ? start : properties.start,
    anchor: properties?.anchor,
    tag: properties?.tag,
    text,
    children,
  };
}
