// A text with any number of YAML or JSON documents, each read by itself: what is broken is reported with its position, the rest is kept.
// Values come without positions; `fieldPosition` finds the place of a field later, for the few fields that someone asks about.

import type { Json } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { type Problem, problem, type SourcePosition } from '../../lib/problem.ts';
import { lineColumn, lineStarts } from '../../lib/text.ts';
import { compose } from './compose.ts';
import { construct } from './construct.ts';
import { type FieldRange, locate, treeOf } from './locate.ts';
import type { TextIssue } from './node.ts';
import { splitDocuments } from './split.ts';

/** Longest document that is read, in UTF-16 units. etcd refuses objects over 1.5 MiB; lists and generated files are larger. */
export const maxDocumentLength = 16 * 1024 * 1024;

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

/** Reads the text of one document. */
export function readDocument(text: string): ReadDocument {
  if (text.length > maxDocumentLength) {
    const message = `document of ${text.length} characters is over the limit of ${maxDocumentLength}`;
    return { value: undefined, issues: [{ code: 'input/document-too-large', level: 'error', message, offset: 0 }] };
  }
  const composed = compose(text);
  if (!composed.ok) return { value: undefined, issues: [{ ...composed.problem, level: 'error' }] };
  return construct(composed.value.root);
}

/** Finds the field that `pointer` names in one document's text; undefined where the text cannot be read. */
export function fieldRange(text: string, pointer: string): FieldRange | undefined {
  return fieldLocator(text)?.(pointer);
}

/** Like `fieldRange` for many pointers into one document: the text is read once. */
export function fieldLocator(text: string): ((pointer: string) => FieldRange) | undefined {
  const composed = compose(text);
  if (!composed.ok || composed.value.root === undefined) return undefined;
  const tree = treeOf(composed.value.root);
  return (pointer) => locate(tree, tokens(pointer));
}

/** The position people are shown for a field: its key where it has one, else its value, else the deepest parent's. */
export function fieldPosition(file: string, starts: readonly number[], documentStart: number, range: FieldRange): SourcePosition {
  const from = lineColumn(starts, documentStart + (range.key ?? range.value).start);
  const to = lineColumn(starts, documentStart + Math.max(range.value.end, (range.key ?? range.value).end));
  const single = !range.exact && range.key !== undefined;
  return { file, line: from.line, column: from.column, ...(single ? {} : { endLine: to.line, endColumn: to.column }) };
}

export type { FieldRange };
