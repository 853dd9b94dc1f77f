// The place of a field in the file it came from. Only documents someone asks about are looked into, equal ones once. What a document's text
// says is held as ranges, a few numbers a field; the document's tree is held no longer than one document is looked into, so ask for many
// fields at once with `prepare`. A field that a kustomization's patch wrote stands in the patch.

import { type FieldRange, fieldLocator, fieldPosition, fieldRange } from '../kube/yaml/parse.ts';
import type { SourcePosition } from '../lib/problem.ts';
import { lineStarts } from '../lib/text.ts';
import type { Origin, PatchPlace, Resource } from '../snapshot/snapshot.ts';
import { pointerInPatch } from './patched.ts';
import { templateLine } from './template-line.ts';

/** Finds fields; resources from clusters have no place in a text. */
export interface Locator {
  (resource: Resource, path: string): SourcePosition | undefined;
  /** Looks up many fields with one reading of each document. */
  prepare(wanted: Iterable<readonly [resource: Resource, path: string]>): void;
}

type FileOrigin = Extract<Origin, { kind: 'file' }>;
/** What is known of one document's text, by pointer. Undefined: the text cannot be read. */
interface Known {
  readonly document: string;
  readonly ranges: Map<string, FieldRange | undefined>;
}

/** Makes a locator over the texts of a load. */
export function positions(texts: ReadonlyMap<string, string>): Locator {
  /** By text: equal files share one. */
  const lines = new Map<string, readonly number[]>();
  const byText = new Map<string, Known>();
  const byResource = new Map<Resource, Known>();
  let open: { readonly document: string; readonly locate: ((pointer: string) => FieldRange) | undefined } | undefined;

  const knownOf = (resource: Resource, origin: FileOrigin, text: string): Known => {
    let known = byResource.get(resource);
    if (known === undefined) {
      const document = text.slice(origin.document, origin.documentEnd);
      known = byText.get(document) ?? { document, ranges: new Map() };
      byText.set(document, known);
      byResource.set(resource, known);
    }
    return known;
  };
  const rangeOf = ({ document, ranges }: Known, pointer: string): FieldRange | undefined => {
    const found = ranges.get(pointer);
    if (found !== undefined || ranges.has(pointer)) return found;
    if (open?.document !== document) open = { document, locate: fieldLocator(document) };
    const range = open.locate?.(pointer);
    ranges.set(pointer, range);
    return range;
  };
  const startsOf = (text: string): readonly number[] => {
    let starts = lines.get(text);
    if (starts === undefined) {
      starts = lineStarts(text);
      lines.set(text, starts);
    }
    return starts;
  };
  const inPatch = (resource: Resource, path: string, places: readonly PatchPlace[]): SourcePosition | undefined => {
    for (const { file, document, documentEnd, pointer } of places.toReversed()) {
      const text = texts.get(file);
      const patch = text?.slice(document, documentEnd);
      const at = patch === undefined ? undefined : pointerInPatch(resource.object, path, patch, pointer);
      const range = patch === undefined || at === undefined ? undefined : fieldRange(patch, at);
      if (text !== undefined && range?.exact === true) return fieldPosition(file, startsOf(text), document, range);
    }
    return undefined;
  };
  const placed = new Map<Resource, Map<string, SourcePosition>>();
  const locate = (resource: Resource, path: string): SourcePosition | undefined => {
    const { origin } = resource;
    if (origin.kind !== 'file') return undefined;
    let known = placed.get(resource);
    if (known === undefined) {
      known = new Map();
      placed.set(resource, known);
    }
    let position = known.get(path);
    if (position === undefined) {
      position = find(resource, origin, path);
      known.set(path, position);
    }
    return position;
  };
  const find = (resource: Resource, origin: FileOrigin, path: string): SourcePosition => {
    const patched = origin.patches === undefined ? undefined : inPatch(resource, path, origin.patches);
    if (patched !== undefined) return patched;
    const text = texts.get(origin.file);
    const range = text === undefined ? undefined : rangeOf(knownOf(resource, origin, text), origin.pointer + path);
    if (text === undefined || range === undefined) {
      const line = text === undefined || origin.rendered === undefined ? undefined : templateLine(text, path);
      return { file: origin.file, ...(line ?? { line: 1, column: 1 }) };
    }
    return fieldPosition(origin.file, startsOf(text), origin.document, range);
  };
  const prepare = (wanted: Iterable<readonly [Resource, string]>): void => {
    const byDocument = new Map<Known, (readonly [Resource, string])[]>();
    for (const pair of wanted) {
      const { origin } = pair[0];
      const text = origin.kind === 'file' ? texts.get(origin.file) : undefined;
      if (origin.kind !== 'file' || text === undefined) continue;
      const known = knownOf(pair[0], origin, text);
      const pairs = byDocument.get(known);
      if (pairs === undefined) byDocument.set(known, [pair]);
      else pairs.push(pair);
    }
    for (const [known, pairs] of byDocument) {
      for (const [resource, path] of pairs) locate(resource, path);
      known.ranges.clear();
    }
    open = undefined;
    lines.clear();
  };
  return Object.assign(locate, { prepare });
}
