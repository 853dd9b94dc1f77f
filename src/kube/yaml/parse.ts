// A text with any number of YAML or JSON documents, each read by itself: what is broken is reported with its position, the rest is kept.
// Values come without positions; `fieldPosition` finds the place of a field later, for the few fields that someone asks about.

import type { Json } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { type Problem, problem, type SourcePosition } from '../../lib/problem.ts';
import { lineColumn, lineStarts } from '../../lib/text.ts';
import { construct, type YamlIssue } from './construct.ts';
import { documentEvents } from './events.ts';
import { locate } from './locate.ts';
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
  readonly issues: readonly YamlIssue[];
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

/** Reads the text of one document. JSON texts take the fast way; what is not exactly JSON is read as YAML, its superset. */
export function readDocument(text: string): ReadDocument {
  if (text.length > maxDocumentLength) {
    const message = `document of ${text.length} characters is over the limit of ${maxDocumentLength}`;
    return { value: undefined, issues: [{ code: 'input/document-too-large', level: 'error', message, offset: 0 }] };
  }
  const parsed = documentEvents(text);
  if (!parsed.ok) return { value: undefined, issues: [{ ...parsed.problem, level: 'error' }] };
  const { events, source, original } = parsed.value;
  const { value, issues } = construct(events, source);
  return { value, issues: issues.map((issue) => ({ ...issue, offset: original(issue.offset) })) };
}

/** Offsets of a field within one document's text. */
export interface FieldRange {
  readonly key?: { readonly start: number; readonly end: number };
  readonly value: { readonly start: number; readonly end: number };
  /** False where the field itself is absent and the range is that of the deepest parent present. */
  readonly exact: boolean;
}

/** Finds the field that `pointer` names in one document's text; undefined where the text cannot be read. */
export function fieldRange(text: string, pointer: string): FieldRange | undefined {
  return fieldLocator(text)?.(pointer);
}

/** Like `fieldRange` for many pointers into one document: the text is read once. */
export function fieldLocator(text: string): ((pointer: string) => FieldRange) | undefined {
  const parsed = documentEvents(text);
  if (!parsed.ok) return undefined;
  const { events, source, original } = parsed.value;
  const mapped = (range: { readonly start: number; readonly end: number }) => ({ start: original(range.start), end: original(range.end) });
  return (pointer) => {
    const located = locate(events, source, tokens(pointer));
    const value = mapped(located.value);
    return located.key === undefined ? { value, exact: located.exact } : { key: mapped(located.key), value, exact: located.exact };
  };
}

/** The position people are shown for a field: its key where it has one, else its value, else the deepest parent's. */
export function fieldPosition(file: string, starts: readonly number[], documentStart: number, range: FieldRange): SourcePosition {
  const from = lineColumn(starts, documentStart + (range.key ?? range.value).start);
  const to = lineColumn(starts, documentStart + Math.max(range.value.end, (range.key ?? range.value).end));
  const single = !range.exact && range.key !== undefined;
  return { file, line: from.line, column: from.column, ...(single ? {} : { endLine: to.line, endColumn: to.column }) };
}
