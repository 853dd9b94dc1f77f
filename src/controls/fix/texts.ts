// Repairs written into the texts they came from. Each edit is checked before it counts: the edited document must read as exactly the value
// that the patch makes of the old one, else the text is left as it was and the repair is only shown.

import { applyJsonPatch, type JsonPatch, type JsonPatchOperation } from '../../kube/patch/json-patch.ts';
import { readDocument } from '../../kube/yaml/parse.ts';
import { type Json, sameJson } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Repair } from './plan.ts';

/** Edits the text of one document; undefined where it cannot. */
export type EditDocument = (text: string, patch: JsonPatch) => string | undefined;

export interface FileEdit {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

export interface WrittenRepair extends Repair {
  /** Why the repair is not in any text; undefined where it is. */
  readonly notWritten?: string;
}

export interface TextEdits {
  readonly edits: readonly FileEdit[];
  readonly repairs: readonly WrittenRepair[];
}

/** Writes repairs into texts. `hindrance` says why a file cannot be written to, where it cannot. */
export function editTexts(
  repairs: readonly Repair[],
  texts: ReadonlyMap<string, string>,
  edit: EditDocument,
  hindrance: (file: string) => string | undefined,
): TextEdits {
  const documents = new Map<string, EditedDocument>();
  const results = repairs.map((repair): WrittenRepair => {
    const reason = cannotWrite(repair.resource, texts, hindrance);
    if (reason !== undefined) return { ...repair, notWritten: reason };
    const document = documentOf(repair.resource, texts, documents);
    const done = document !== undefined && change(document, withPrefix(repair), edit);
    return done ? repair : { ...repair, notWritten: 'its text cannot be edited without changing more than this' };
  });
  return { edits: fileEdits(texts, [...documents.values()]), repairs: results };
}

interface EditedDocument {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  text: string;
  value: Json;
  changed: boolean;
}

function cannotWrite(
  { origin }: Resource,
  texts: ReadonlyMap<string, string>,
  hindrance: (file: string) => string | undefined,
): string | undefined {
  if (origin.kind === 'cluster') return 'it was read from a cluster';
  if (origin.kind === 'memory') return 'it was not read from a file';
  if (origin.rendered !== undefined) return `it was rendered from ${origin.rendered}`;
  return texts.has(origin.file) ? hindrance(origin.file) : 'its text is not known';
}

function documentOf(
  { origin }: Resource,
  texts: ReadonlyMap<string, string>,
  documents: Map<string, EditedDocument>,
): EditedDocument | undefined {
  if (origin.kind !== 'file') return undefined;
  const { file, document: start, documentEnd: end } = origin;
  const key = `${start} ${file}`;
  const known = documents.get(key);
  if (known !== undefined) return known;
  const text = texts.get(file)?.slice(start, end) ?? '';
  const { value } = readDocument(text);
  if (value === undefined) return undefined;
  const document = { file, start, end, text, value, changed: false };
  documents.set(key, document);
  return document;
}

/** Changes a document where text and value agree afterwards; says whether it did. */
function change(document: EditedDocument, patch: JsonPatch, edit: EditDocument): boolean {
  const wanted = applyJsonPatch(document.value, patch);
  if (!wanted.ok) return false;
  const text = edit(document.text, patch);
  if (text === undefined || !sameJson(readDocument(text).value, wanted.value)) return false;
  document.text = text;
  document.value = wanted.value;
  document.changed = true;
  return true;
}

/** The patch for the document that holds the object. */
function withPrefix({ patch, resource: { origin } }: Repair): JsonPatch {
  const prefix = origin.kind === 'file' ? origin.pointer : '';
  if (prefix === '') return patch;
  return patch.map((step): JsonPatchOperation => {
    const path = prefix + step.path;
    return step.op === 'move' || step.op === 'copy' ? { ...step, path, from: prefix + step.from } : { ...step, path };
  });
}

function fileEdits(texts: ReadonlyMap<string, string>, documents: readonly EditedDocument[]): readonly FileEdit[] {
  const byFile = new Map<string, EditedDocument[]>();
  for (const document of documents) if (document.changed) byFile.set(document.file, [...(byFile.get(document.file) ?? []), document]);
  return [...byFile].map(([file, list]) => {
    const before = texts.get(file) ?? '';
    let after = before;
    for (const { start, end, text } of list.toSorted((a, b) => b.start - a.start)) after = after.slice(0, start) + text + after.slice(end);
    return { file, before, after };
  });
}
