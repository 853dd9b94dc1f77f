// From the text of a file to resources. Equal documents are read once, however many files hold them; definitions of custom resources,
// most of the bytes of any repository, are recognised by their first lines and read whole only when someone asks for one.

import { groupVersion, isKubeObject, type KubeObject, objectsIn } from '../kube/object.ts';
import { type ReadDocument, readDocument } from '../kube/yaml/parse.ts';
import { splitDocuments } from '../kube/yaml/split.ts';
import { type Problem, problem } from '../lib/problem.ts';
import { lineColumn, lineStarts } from '../lib/text.ts';
import { lazyResource, type Origin, type Resource, resource } from '../snapshot/snapshot.ts';
import { splitJson } from './json-stream.ts';

/** Remembers documents by their text across files. */
export type DocumentCache = Map<string, ReadDocument>;

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
  let templated: number | undefined;
  let starts: readonly number[] | undefined;
  const at = (offset: number) => {
    starts ??= lineStarts(text);
    return { file, ...lineColumn(starts, offset) };
  };
  const originOf =
    options.originOf ??
    ((_object: KubeObject, { start, end, pointer }: Place): Origin => ({ kind: 'file', file, document: start, documentEnd: end, pointer }));
  for (const { start, end, source, read } of documents(text, cache)) {
    if (read === 'definition') {
      const definition = definitionResource(source, (object) => originOf(object, { start, end, pointer: '' }));
      if (definition !== undefined) resources.push(definition);
      continue;
    }
    const broken = read.value === undefined;
    if (broken && source.includes('{{')) {
      templated ??= start + (read.issues[0]?.offset ?? 0);
      continue;
    }
    if (broken && options.named !== true && file.endsWith('.json') && !source.includes('apiVersion')) {
      others++;
      continue;
    }
    for (const issue of read.issues) problems.push(problem(issue.code, issue.message, at(start + issue.offset), issue.level));
    if (broken || read.value === null) continue;
    if (!isKubeObject(read.value) || isConfiguration(read.value)) {
      others++;
      continue;
    }
    const { items, rejected } = objectsIn(read.value);
    for (const pointer of rejected)
      problems.push(problem('object/not-an-object', `${pointer} of the list is no Kubernetes object`, at(start), 'error'));
    for (const { object, pointer } of items) {
      const odd = object.metadata !== undefined && typeof object.metadata !== 'object';
      if (odd) problems.push(problem('object/not-an-object', 'metadata is no mapping', at(start), 'error'));
      else resources.push(resource(object, originOf(object, { start, end, pointer }), options.defaultNamespace));
    }
  }
  if (templated !== undefined) problems.push(templateProblem(at(templated), options.named === true));
  return { resources, problems, others };
}

/** The documents of a text as they are read, but definitions, which are not read yet. A JSON text may hold one value after another. */
function* documents(text: string, cache: DocumentCache) {
  for (const { start, end } of splitDocuments(text)) {
    const source = text.slice(start, end);
    if (isLongDefinition(source)) {
      yield { start, end, source, read: 'definition' as const };
      continue;
    }
    const read = cached(source, cache);
    const parts = read.value === undefined ? splitJson(source) : [];
    if (parts.length < 2) yield { start, end, source, read };
    for (const part of parts.length < 2 ? [] : parts) {
      const inner = source.slice(part.start, part.end);
      yield { start: start + part.start, end: start + part.end, source: inner, read: cached(inner, cache) };
    }
  }
}

function cached(source: string, cache: DocumentCache): ReadDocument {
  let read = cache.get(source);
  if (read === undefined) {
    read = readDocument(source);
    cache.set(source, read);
  }
  return read;
}

/** Files of kustomize and of this program have the form of objects but are never sent to an API server. */
function isConfiguration(object: KubeObject): boolean {
  return object.apiVersion.startsWith('kustomize.config.k8s.io/') || object.apiVersion.startsWith('cofferdam.dev/');
}

function templateProblem(at: { readonly file: string; readonly line: number; readonly column: number }, named: boolean): Problem {
  const message = 'holds template actions ({{ … }}) where YAML has none: render it first; what can be read without them was read';
  return problem('input/template', message, at, named ? 'error' : 'note');
}

const definitionStart = /^kind:[ ]*["']?CustomResourceDefinition["']?[ \t]*\r?$/m;
/** Definitions shorter than this are read at once. */
const shallowFrom = 4096;

function isLongDefinition(text: string): boolean {
  return text.length >= shallowFrom && definitionStart.test(text) && definitionName(text) !== undefined;
}

function definitionName(text: string): { readonly apiVersion: string; readonly name: string } | undefined {
  const apiVersion = /^apiVersion:[ ]*["']?(apiextensions\.k8s\.io\/v1(?:beta1)?)["']?[ \t]*\r?$/m.exec(text)?.[1];
  const metadata = /^metadata:[ \t]*\r?\n/m.exec(text);
  if (apiVersion === undefined || metadata === null) return undefined;
  for (let line = metadata.index + metadata[0].length; text.startsWith('  ', line); line = text.indexOf('\n', line) + 1) {
    const name = /^ {2}name:[ ]*["']?([a-z0-9.-]+)["']?[ \t]*\r?\n/.exec(text.slice(line, line + 300))?.[1];
    if (name !== undefined) return { apiVersion, name };
    if (text.indexOf('\n', line) < 0) return undefined;
  }
  return undefined;
}

function definitionResource(text: string, originOf: (object: KubeObject) => Origin): Resource | undefined {
  const known = definitionName(text);
  if (known === undefined) return undefined;
  const { group, version } = groupVersion(known.apiVersion);
  const stub: KubeObject = { apiVersion: known.apiVersion, kind: 'CustomResourceDefinition', metadata: { name: known.name } };
  const origin = originOf(stub);
  return lazyResource({ group, version, kind: 'CustomResourceDefinition', namespace: '', name: known.name, origin }, () => {
    const { value } = readDocument(text);
    return isKubeObject(value) ? value : stub;
  });
}
