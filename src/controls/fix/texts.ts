// Repairs written into the texts they came from, document by document, each for the text that the ones before it left. What cannot be
// written, because the object was rendered, read from a cluster or shares its text with another, is only shown, with the reason.

import { editDocument } from '../../kube/edit/edit.ts';
import type { JsonPatch, JsonPatchOperation } from '../../kube/patch/json-patch.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Repair } from './plan.ts';

export interface FileEdit {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

export interface WrittenRepair extends Repair {
  /** Why the repair is not in any text; undefined where it is. */
  readonly notWritten?: string;
  /** True where its text could be written but has no room for this repair, such as a part that other places share. */
  readonly refused?: boolean;
}

export interface TextEdits {
  readonly edits: readonly FileEdit[];
  readonly repairs: readonly WrittenRepair[];
}

/** Writes repairs into texts. `hindrance` says why a file cannot be written to, where it cannot. */
export function editTexts(
  repairs: readonly Repair[],
  texts: ReadonlyMap<string, string>,
  hindrance: (file: string) => string | undefined,
): TextEdits {
  const documents = new Map<string, EditedDocument>();
  const results = repairs.map((repair): WrittenRepair => {
    const reason = cannotWrite(repair.resource, texts, hindrance);
    if (reason !== undefined) return { ...repair, notWritten: reason };
    const document = documentOf(repair.resource, texts, documents);
    if (document === undefined) return { ...repair, notWritten: 'it was not read from a file' };
    const edited = editDocument(document.text, withPrefix(repair));
    if (!edited.ok) return { ...repair, notWritten: edited.problem.message, refused: true };
    document.text = edited.value;
    return repair;
  });
  return { edits: fileEdits(texts, [...documents.values()]), repairs: results };
}

interface EditedDocument {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  text: string;
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
  const document = { file, start, end, before: text, text };
  documents.set(key, document);
  return document;
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
  for (const document of documents)
    if (document.text !== document.before) byFile.set(document.file, [...(byFile.get(document.file) ?? []), document]);
  return [...byFile].map(([file, list]) => {
    const before = texts.get(file) ?? '';
    let after = before;
    for (const { start, end, text } of list.toSorted((a, b) => b.start - a.start)) after = after.slice(0, start) + text + after.slice(end);
    return { file, before, after };
  });
}
