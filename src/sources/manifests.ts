// From the text of a file to resources. Equal documents are read once, however many files hold them; definitions of custom resources,
// most of the bytes of any repository, are recognised by their first lines and read whole only when someone asks for one.

import { groupVersion, isKubeObject, type KubeObject, objectsIn } from '../kube/object.ts';
import { isNamespaced } from '../kube/scope.ts';
import { type ReadDocument, readDocument } from '../kube/yaml/parse.ts';
import { splitDocuments } from '../kube/yaml/split.ts';
import { field } from '../lib/json.ts';
import { type Problem, problem } from '../lib/problem.ts';
import { lineColumn, lineStarts } from '../lib/text.ts';
import { lazyResource, type Origin, type Resource, resource } from '../snapshot/snapshot.ts';

/** Remembers documents by their text across files. */
export type DocumentCache = Map<string, ReadDocument>;

export interface ManifestText {
  readonly resources: readonly Resource[];
  readonly problems: readonly Problem[];
  /** Documents that are valid but no Kubernetes objects, such as values files. */
  readonly others: number;
}

/** Reads every object of one text. `rendered` names the chart or kustomization a text was rendered from. */
export function readManifests(
  text: string,
  file: string,
  cache: DocumentCache,
  options: { readonly defaultNamespace?: string; readonly rendered?: string } = {},
): ManifestText {
  const resources: Resource[] = [];
  const problems: Problem[] = [];
  let others = 0;
  let starts: readonly number[] | undefined;
  const at = (offset: number) => {
    starts ??= lineStarts(text);
    return { file, ...lineColumn(starts, offset) };
  };
  for (const { start, end } of splitDocuments(text)) {
    const source = text.slice(start, end);
    const origin = (pointer: string): Origin => ({
      kind: 'file',
      file,
      document: start,
      documentEnd: end,
      pointer,
      ...(options.rendered === undefined ? {} : { rendered: options.rendered }),
    });
    const shallow = definitionResource(source, origin(''));
    if (shallow !== undefined) {
      resources.push(shallow);
      continue;
    }
    let read = cache.get(source);
    if (read === undefined) {
      read = readDocument(source);
      cache.set(source, read);
    }
    for (const issue of read.issues) problems.push(problem(issue.code, issue.message, at(start + issue.offset), issue.level));
    if (read.value === undefined || read.value === null) continue;
    if (!isKubeObject(read.value)) {
      others++;
      continue;
    }
    const { items, rejected } = objectsIn(read.value);
    for (const pointer of rejected)
      problems.push(problem('object/not-an-object', `${pointer} of the list is no Kubernetes object`, at(start), 'error'));
    for (const item of items) {
      if (item.object.metadata !== undefined && typeof item.object.metadata !== 'object') {
        problems.push(problem('object/not-an-object', 'metadata is no mapping', at(start), 'error'));
        continue;
      }
      resources.push(resource(item.object, origin(item.pointer), options.defaultNamespace));
    }
  }
  return { resources, problems, others };
}

const definitionStart = /^kind:[ ]*["']?CustomResourceDefinition["']?[ \t]*\r?$/m;
/** Definitions shorter than this are read at once. */
const shallowFrom = 4096;

function definitionResource(text: string, origin: Origin): Resource | undefined {
  if (text.length < shallowFrom || !definitionStart.test(text)) return undefined;
  const apiVersion = /^apiVersion:[ ]*["']?(apiextensions\.k8s\.io\/v1(?:beta1)?)["']?[ \t]*\r?$/m.exec(text)?.[1];
  const name = /^metadata:[ \t]*\r?\n(?:(?:[ ]{2,}.*|[ \t]*)\r?\n)*?[ ]{2}name:[ ]*["']?([a-z0-9.-]+)["']?[ \t]*\r?$/m.exec(text)?.[1];
  if (apiVersion === undefined || name === undefined) return undefined;
  const { group, version } = groupVersion(apiVersion);
  const stub: KubeObject = { apiVersion, kind: 'CustomResourceDefinition', metadata: { name } };
  return lazyResource({ group, version, kind: 'CustomResourceDefinition', namespace: '', name, origin }, () => {
    const { value } = readDocument(text);
    return isKubeObject(value) ? value : stub;
  });
}

/** Group, kind and scope of the kind a definition defines, from its text or object alone. */
export function definedKind(
  definition: KubeObject,
): { readonly group: string; readonly kind: string; readonly namespaced: boolean } | undefined {
  const spec = definition.spec;
  const group = field(spec, 'group');
  const kind = field(field(spec, 'names'), 'kind');
  if (typeof group !== 'string' || typeof kind !== 'string') return undefined;
  return { group, kind, namespaced: field(spec, 'scope') !== 'Cluster' };
}

export { isNamespaced };
