// The documents of a text, each with what was read of it. Equal documents are read once, however many files hold them. Definitions of custom
// resources are not read here; long lists come item by item.

import { isKubeObject, isList, type KubeObject } from '../kube/object.ts';
import { type ReadDocument, readDocument } from '../kube/yaml/parse.ts';
import { splitDocuments } from '../kube/yaml/split.ts';
import type { Json } from '../lib/json.ts';
import { isLongDefinition } from './definitions.ts';
import { type SplitList, splitList } from './lists.ts';

/** Remembers documents by their text across files. */
export type DocumentCache = Map<string, ReadDocument>;

export interface SourceDocument {
  readonly start: number;
  readonly end: number;
  readonly source: string;
  /** Undefined for definitions, which are read when someone asks. */
  readonly read: ReadDocument | undefined;
  /** For an item of a long list: the list without its items, and the pointer of the item in this document. */
  readonly list?: { readonly head: KubeObject; readonly pointer: '' | '/0' };
}

/** The documents of `text`, in order. */
export function* documents(text: string, cache: DocumentCache): Generator<SourceDocument> {
  for (const { start, end } of splitDocuments(text)) {
    const source = text.slice(start, end);
    if (isLongDefinition(source)) {
      yield { start, end, source, read: undefined };
      continue;
    }
    yield* whole(source, start, cache);
  }
}

function* whole(source: string, start: number, cache: DocumentCache): Generator<SourceDocument> {
  const list = splitList(source);
  const items = list === undefined ? undefined : itemsOf(list, source, start, cache);
  if (items !== undefined) yield* items;
  else yield { start, end: start + source.length, source, read: cached(source, cache) };
}

/** The items as documents; undefined where the text is not the plain list it looks like. */
function itemsOf(list: SplitList, text: string, start: number, cache: DocumentCache): readonly SourceDocument[] | undefined {
  const head = readDocument(list.head).value;
  if (!isKubeObject(head) || !isList({ ...head, items: [] }) || !isEmpty(head.items)) return undefined;
  const documents: SourceDocument[] = [];
  for (const item of list.items) {
    const source = text.slice(item.start, item.end);
    const read = cached(source, cache);
    if (read.issues.some((issue) => issue.code === 'yaml/unknown-alias')) return undefined;
    documents.push({ start: start + item.start, end: start + item.end, source, read, list: { head, pointer: item.pointer } });
  }
  return documents;
}

function isEmpty(items: Json | undefined): boolean {
  return items === undefined || items === null || (Array.isArray(items) && items.length === 0);
}

function cached(source: string, cache: DocumentCache): ReadDocument {
  let read = cache.get(source);
  if (read === undefined) {
    read = readDocument(source);
    cache.set(source, read);
  }
  return read;
}
