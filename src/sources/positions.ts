// The place of a field in the file it came from. Only documents someone asks about are looked into, each once.

import { type FieldRange, fieldLocator, fieldPosition } from '../kube/yaml/parse.ts';
import type { SourcePosition } from '../lib/problem.ts';
import { lineStarts } from '../lib/text.ts';
import type { Resource } from '../snapshot/snapshot.ts';

/** Makes a locator over the texts of a load. Resources from clusters have no place in a text. */
export function positions(texts: ReadonlyMap<string, string>): (resource: Resource, path: string) => SourcePosition | undefined {
  const lines = new Map<string, readonly number[]>();
  const locators = new Map<string, ((pointer: string) => FieldRange) | undefined>();
  return (resource, path) => {
    const { origin } = resource;
    if (origin.kind !== 'file') return undefined;
    const text = texts.get(origin.file);
    if (text === undefined) return { file: origin.file, line: 1, column: 1 };
    let starts = lines.get(origin.file);
    if (starts === undefined) {
      starts = lineStarts(text);
      lines.set(origin.file, starts);
    }
    const document = text.slice(origin.document, origin.documentEnd);
    if (!locators.has(document)) locators.set(document, fieldLocator(document));
    const range = locators.get(document)?.(origin.pointer + path);
    return range === undefined ? { file: origin.file, line: 1, column: 1 } : fieldPosition(origin.file, starts, origin.document, range);
  };
}
