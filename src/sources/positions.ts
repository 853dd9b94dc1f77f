// The place of a field in the file it came from. Only documents someone asks about are looked into, each once; equal documents of several
// files share the look.

import { type FieldRange, fieldLocator, fieldPosition } from '../kube/yaml/parse.ts';
import type { SourcePosition } from '../lib/problem.ts';
import { lineStarts } from '../lib/text.ts';
import type { Resource } from '../snapshot/snapshot.ts';

type Locator = ((pointer: string) => FieldRange | undefined) | undefined;

interface FileLook {
  readonly text: string;
  readonly starts: readonly number[];
  /** By the offset the document begins at. */
  readonly documents: Map<number, Locator>;
}

/** Makes a locator over the texts of a load. Resources from clusters have no place in a text. */
export function positions(texts: ReadonlyMap<string, string>): (resource: Resource, path: string) => SourcePosition | undefined {
  const files = new Map<string, FileLook>();
  const byText = new Map<string, Locator>();
  return ({ origin }, path) => {
    if (origin.kind !== 'file') return undefined;
    const look = files.get(origin.file) ?? open(origin.file, texts, files);
    if (look === undefined) return { file: origin.file, line: 1, column: 1 };
    let locator = look.documents.get(origin.document);
    if (locator === undefined && !look.documents.has(origin.document)) {
      locator = shared(look.text.slice(origin.document, origin.documentEnd), byText);
      look.documents.set(origin.document, locator);
    }
    const range = locator?.(origin.pointer + path);
    return range === undefined
      ? { file: origin.file, line: 1, column: 1 }
      : fieldPosition(origin.file, look.starts, origin.document, range);
  };
}

function open(file: string, texts: ReadonlyMap<string, string>, files: Map<string, FileLook>): FileLook | undefined {
  const text = texts.get(file);
  if (text === undefined) return undefined;
  const look: FileLook = { text, starts: lineStarts(text), documents: new Map() };
  files.set(file, look);
  return look;
}

/** The locator of a document's text, which remembers the pointers it was asked for. */
function shared(document: string, byText: Map<string, Locator>): Locator {
  if (byText.has(document)) return byText.get(document);
  const locate = fieldLocator(document);
  const known = new Map<string, FieldRange | undefined>();
  const locator: Locator =
    locate === undefined
      ? undefined
      : (pointer) => {
          let range = known.get(pointer);
          if (range === undefined) {
            range = locate(pointer);
            known.set(pointer, range);
          }
          return range;
        };
  byText.set(document, locator);
  return locator;
}
