// From the text of a file to resources. What is broken is told with its place and hides nothing else; what was never meant for Kubernetes
// is counted; templates that nobody rendered are told once a file.

import { isKubeObject, type KubeObject, objectsIn } from '../kube/object.ts';
import { dig, type Json } from '../lib/json.ts';
import { type Problem, problem } from '../lib/problem.ts';
import { lineColumn, lineStarts } from '../lib/text.ts';
import { type Origin, type Resource, resource } from '../snapshot/snapshot.ts';
import { definitionResource } from './definitions.ts';
import { type DocumentCache, documents, type SourceDocument } from './documents.ts';

export interface ManifestText {
  readonly resources: readonly Resource[];
  readonly problems: readonly Problem[];
  /** Documents that are valid but no Kubernetes objects, such as values files. */
  readonly others: number;
}

/** Where in its text an object stands. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** Pointer of the object in its document: a list item's, else ''. */
  readonly pointer: string;
}

export interface ReadOptions {
  readonly defaultNamespace?: string | undefined;
  /** False where a walk found the file: what is obviously not meant for Kubernetes is then passed over quietly. */
  readonly named?: boolean;
  /** The origin of an object, where it is not simply its place in this file. */
  readonly originOf?: (object: KubeObject, place: Place) => Origin;
}

/** Reads every object of one text. */
export function readManifests(text: string, file: string, cache: DocumentCache, options: ReadOptions = {}): ManifestText {
  const resources: Resource[] = [];
  const problems: Problem[] = [];
  let others = 0;
  let template: number | undefined;
  let starts: readonly number[] | undefined;
  const at = (offset: number) => {
    starts ??= lineStarts(text);
    return { file, ...lineColumn(starts, offset) };
  };
  const originOf = options.originOf ?? ((_object: KubeObject, place: Place) => fileOrigin(file, place));
  for (const document of documents(text, cache)) {
    const { start, end, source, read } = document;
    if (read === undefined) {
      const definition = definitionResource(source, (object) => originOf(object, { start, end, pointer: '' }));
      if (definition !== undefined) resources.push(definition);
      continue;
    }
    if (read.value === undefined && source.includes('{{')) {
      template ??= start + (read.issues[0]?.offset ?? 0);
      continue;
    }
    if (read.value === undefined && isOtherJson(source, file, options)) {
      others++;
      continue;
    }
    for (const issue of read.issues) problems.push(problem(issue.code, issue.message, at(start + issue.offset), issue.level));
    if (read.value === undefined || read.value === null) continue;
    const held = objectsOf(document, read.value);
    if (held === undefined) {
      others++;
      continue;
    }
    for (const pointer of held.rejected) {
      const message = `${pointer === '' ? 'an item' : pointer} of the list is no Kubernetes object`;
      problems.push(problem('object/not-an-object', message, at(start), 'error'));
    }
    for (const { object, pointer } of held.items) {
      const odd = object.metadata !== undefined && object.metadata !== null && typeof object.metadata !== 'object';
      if (odd) problems.push(problem('object/not-an-object', 'metadata is no mapping', at(start), 'error'));
      else resources.push(resource(object, originOf(object, { start, end, pointer }), options.defaultNamespace));
    }
  }
  if (template !== undefined) problems.push(templateProblem(at(template), options.named === true));
  return { resources, problems, others };
}

/** The objects of a document with their pointers in it; undefined where it is something else. */
function objectsOf({ list }: SourceDocument, value: Json): ReturnType<typeof objectsIn> | undefined {
  if (list === undefined) return isKubeObject(value) && !isConfiguration(value) ? objectsIn(value) : undefined;
  const item = list.pointer === '' ? value : dig(value, 0);
  const { items, rejected } = objectsIn({ ...list.head, items: [item ?? null] });
  const inItem = (pointer: string) => list.pointer + pointer.slice('/items/0'.length);
  return { items: items.map(({ object, pointer }) => ({ object, pointer: inItem(pointer) })), rejected: rejected.map(inItem) };
}

/** Files of kustomize and of this program have the form of objects but are never sent to an API server. */
function isConfiguration(object: KubeObject): boolean {
  return object.apiVersion.startsWith('kustomize.config.k8s.io/') || object.apiVersion.startsWith('cofferdam.dev/');
}

/** Settings of other programs end in .json too, with comments and trailing commas. */
function isOtherJson(source: string, file: string, options: ReadOptions): boolean {
  return options.named !== true && file.endsWith('.json') && !source.includes('apiVersion');
}

function fileOrigin(file: string, { start, end, pointer }: Place): Origin {
  return { kind: 'file', file, document: start, documentEnd: end, pointer };
}

function templateProblem(at: { readonly file: string; readonly line: number; readonly column: number }, named: boolean): Problem {
  const message = 'holds template actions ({{ … }}) where YAML has none: render it first; documents without them were read';
  return problem('input/template', message, at, named ? 'error' : 'note');
}
