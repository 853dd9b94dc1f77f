// A text with any number of YAML or JSON documents, each read by itself: what is broken is reported with its position, the rest is kept.
// Values come without positions; `fieldPosition` finds the place of a field later, for the few fields that someone asks about.

import type { Json } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { type Problem, problem, type SourcePosition } from '../../lib/problem.ts';
import { lineColumn, lineStarts } from '../../lib/text.ts';
import { readJson } from '../json/read.ts';
import { isJson } from '../json/stream.ts';
import { jsonError } from '../json/syntax.ts';
import { jsonTree } from '../json/tree.ts';
import { type Composed, compose } from './compose.ts';
import { construct } from './construct.ts';
import { type FieldRange, locate, type TextTree, treeOf } from './locate.ts';
import type { TextIssue, TextNode } from './node.ts';
import { refusedSeparator, splitDocuments } from './split.ts';

/** Longest YAML document that is read, in UTF-16 units. etcd refuses objects over 1.5 MiB; lists and generated files are larger. */
export const maxDocumentLength = 16 * 1024 * 1024;
/** Longest JSON document, for lists of whole clusters; one costs two to three times its length in memory. */
export const maxJsonLength = 256 * 1024 * 1024;

/** One document of a text. */
export interface YamlDocument {
  /** Its place in the text, as offsets. */
  readonly start: number;
  readonly end: number;
  /** Undefined where the document could not be read; the problems say why. */
  readonly value: Json | undefined;
}

export interface ParsedYaml {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly Problem[];
}

/** A document's value and issues, free of its place in any file, so that equal documents are read once. */
export interface ReadDocument {
  readonly value: Json | undefined;
  readonly issues: readonly TextIssue[];
}

/** Reads every document of `text`. `file` only names the place in problems. */
export function parseYaml(text: string, file: string): ParsedYaml {
  const problems: Problem[] = [];
  let starts: readonly number[] | undefined;
  const documents = splitDocuments(text).map(({ start, end }): YamlDocument => {
    const { value, issues } = readDocument(text.slice(start, end));
    for (const issue of issues) {
      starts ??= lineStarts(text);
      problems.push(problem(issue.code, issue.message, { file, ...lineColumn(starts, start + issue.offset) }, issue.level));
    }
    return { start, end, value };
  });
  return { documents, problems };
}

/** Reads the text of one document: as JSON where it is JSON, else as YAML, its superset but for a few escapes. */
export function readDocument(text: string): ReadDocument {
  const braces = beginsLikeJson(text);
  if (braces && text.length <= maxJsonLength) {
    const json = readJson(text);
    if (json !== undefined) return json;
  }
  if (text.length > maxDocumentLength) return failed('input/document-too-large', tooLarge(text.length, braces), 0);
  const composed = compose(text);
  if (!composed.ok) {
    const { code, message, offset } = composed.problem;
    const json = braces && code === 'yaml/syntax' ? jsonError(text) : undefined;
    return json !== undefined && json.offset >= offset ? failed('json/syntax', json.message, json.offset) : failed(code, message, offset);
  }
  const { value, issues } = construct(composed.value.root);
  const more = separatorIssues(text, composed.value);
  return { value, issues: more.length === 0 ? issues : [...issues, ...more].sort((a, b) => a.offset - b.offset) };
}

function failed(code: TextIssue['code'], message: string, offset: number): ReadDocument {
  return { value: undefined, issues: [{ code, level: 'error', message, offset }] };
}

function tooLarge(length: number, braces: boolean): string {
  const limit = braces ? `${maxDocumentLength} of YAML and ${maxJsonLength} of JSON` : String(maxDocumentLength);
  return `document of ${length} characters is over the limit of ${limit}`;
}

/** What kubectl does not take, and what it does not read. */
function separatorIssues(text: string, { directives, ignored }: Composed): readonly TextIssue[] {
  const issues: TextIssue[] = [];
  const warn = (code: TextIssue['code'], message: string, offset: number) => issues.push({ code, level: 'warning', message, offset });
  const separator = refusedSeparator(text);
  if (separator !== undefined)
    warn('yaml/refused-by-kubectl', 'kubectl refuses a file in which a line begins with "---" and goes on', separator);
  if (directives !== undefined) warn('yaml/refused-by-kubectl', 'kubectl refuses a file with a directive', directives);
  if (ignored !== undefined)
    warn('yaml/ignored-text', 'the document ends before this; Kubernetes reads on behind the next line "---"', ignored);
  return issues;
}

/** Finds the field that `pointer` names in one document's text; undefined where the text cannot be read. */
export function fieldRange(text: string, pointer: string): FieldRange | undefined {
  return fieldLocator(text)?.(pointer);
}

/** Like `fieldRange` for many pointers into one document: the text is read once. */
export function fieldLocator(text: string): ((pointer: string) => FieldRange) | undefined {
  const tree = documentTree(text);
  return tree === undefined ? undefined : (pointer) => locate(tree, tokens(pointer));
}

/** A document's nodes; undefined where the text cannot be read. */
function documentTree(text: string): TextTree | undefined {
  if (beginsLikeJson(text) && isJson(text)) return jsonTree(text);
  const root = rootOf(text);
  return root === undefined ? undefined : treeOf(root);
}

function rootOf(text: string): TextNode | undefined {
  const composed = text.length > maxDocumentLength ? undefined : compose(text);
  return composed?.ok === true ? composed.value.root : undefined;
}

/** A document for those who need its value and its nodes. */
export interface OpenDocument {
  readonly text: string;
  readonly value: Json;
  readonly tree: TextTree;
  /** Whether the text is JSON. */
  readonly json: boolean;
}

/** Reads value and nodes of one document; undefined where the text cannot be read, or holds nothing. */
export function openDocument(text: string): OpenDocument | undefined {
  const json = beginsLikeJson(text) ? readJson(text) : undefined;
  if (json !== undefined) return json.value === undefined ? undefined : { text, value: json.value, tree: jsonTree(text), json: true };
  const root = rootOf(text);
  const value = root === undefined ? undefined : construct(root).value;
  return root === undefined || value === undefined ? undefined : { text, value, tree: treeOf(root), json: false };
}

function beginsLikeJson(text: string): boolean {
  return /^[ \t\r\n]*[{[]/.test(text);
}

/** The position people are shown for a field: its key where it has one, else its value, else the deepest parent's. */
export function fieldPosition(file: string, starts: readonly number[], documentStart: number, range: FieldRange): SourcePosition {
  const from = lineColumn(starts, documentStart + (range.key ?? range.value).start);
  if (!range.exact && range.key !== undefined) return { file, line: from.line, column: from.column };
  const to = lineColumn(starts, documentStart + Math.max(range.value.end, (range.key ?? range.value).end));
  return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

export type { FieldRange };
