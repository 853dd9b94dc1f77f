// The answer to a list or watch of a collection, in the form the client wants. Lists of built-in kinds leave out what does not exist; those of
// custom resources always say `continue` (kube-apiserver 1.36).

import { parseFieldSelector } from '../../kube/field-selector.ts';
import { apiVersionOf } from '../../kube/object.ts';
import { dig, type JsonObject } from '../../lib/json.ts';
import { badRequest } from '../status.ts';
import { asItem, inVersion } from './convert.ts';
import { deprecationsOf } from './deprecation.ts';
import { acceptedForm, includedObject, listMetadata, wrongForm } from './forms.ts';
import { listPage, type Page, predicateOf } from './list.ts';
import { readListOptions } from './list-options.ts';
import type { Reader, ReadReply, ReadTarget } from './read.ts';
import { notAcceptable, objectReply, refusalFor, refusalReply } from './reply.ts';
import { partialMetadata, type Shown, table, tableForm } from './table/table.ts';
import { startWatch, type WatchEvent } from './watch.ts';

export function listObjects(target: ReadTarget, reader: Reader): ReadReply {
  const { resource, info, query } = target;
  const accepted = acceptedForm(target);
  if ('code' in accepted) return refusalFor(target.accept, accepted);
  const warnings = deprecationsOf(resource);
  // `/api/v1/watch/namespaces/shop` names a namespace, which is in none.
  const namespace = resource.namespaced ? info.namespace : '';
  const isWatchPath = info.path.split('/').includes('watch') && info.verb === 'watch';
  const options = readListOptions(query, isWatchPath);
  if (!options.ok) return refusalReply(options.problem, accepted.type, warnings);
  const predicate = predicateOf(resource, options.value);
  if (!predicate.ok) return refusalReply(predicate.problem, accepted.type, warnings);
  if (info.name !== '' && options.value.fieldSelector !== '' && selectedName(options.value.fieldSelector) !== info.name)
    return refusalReply(badRequest("fieldSelector metadata.name doesn't match requested name"), accepted.type, warnings);
  if (options.value.watch) {
    if (!resource.verbs.includes('watch'))
      return refusalReply({
        code: 405,
        reason: 'MethodNotAllowed',
        message: 'the server does not allow this method on the requested resource',
        details: {},
      });
    const watch = startWatch(reader.store, resource, namespace, info.name, options.value, predicate.value);
    if (!watch.ok) return refusalReply(watch.problem, accepted.type, warnings);
    if (accepted.type === 'application/yaml')
      return refusalReply(
        notAcceptable(['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']),
        accepted.type,
        warnings,
      );
    const include = accepted.form?.kind === 'Table' ? includedObject(target) : 'Metadata';
    if (typeof include === 'object') return refusalReply(include, accepted.type, warnings);
    const type = accepted.type === 'application/json' ? accepted.type : `${accepted.type};stream=watch`;
    return { ...objectReply({}, type), warnings, watch: { watch: watch.value, target } };
  }
  const page = listPage(reader.store, resource, namespace, options.value, predicate.value);
  if (!page.ok) {
    const reply = refusalReply(page.problem, accepted.type, warnings);
    const token = page.problem.continue;
    const headers = page.problem.code === 504 ? { ...reply.headers, 'retry-after': '1' } : reply.headers;
    return { ...reply, headers, ...(token === undefined ? {} : { object: { ...reply.object, metadata: { continue: token } } }) };
  }
  const { form } = accepted;
  const metadata = listMetadata(page.value.revision, page.value.continue, page.value.remaining);
  if (form === undefined) return { ...objectReply(plainList(target, page.value, metadata), accepted.type), warnings };
  const refused = wrongForm(form, true, target);
  if (refused !== undefined) return refusalReply(refused, accepted.type, warnings);
  const shownObjects = page.value.objects.map((stored) => ({ stored, object: inVersion(resource, stored) }));
  if (form.kind === 'PartialObjectMetadataList') {
    const items = shownObjects.map(({ object }) => partialMetadata(object, form.version));
    const list = {
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${form.version}`,
      metadata,
      items: items.length === 0 ? null : items,
    };
    return { ...objectReply(list, accepted.type), warnings };
  }
  const include = includedObject(target);
  if (typeof include === 'object') return refusalReply(include, accepted.type, warnings);
  const shown = tableForm(reader.published, resource, resource.kind);
  const settings = { version: form.version, include, now: reader.now(), headers: true };
  return { ...objectReply(table(shown, inTableOrder(resource.resource, shownObjects), metadata, settings), accepted.type), warnings };
}

/** The one name that a selector leaves. */
function selectedName(text: string): string | undefined {
  const terms = parseFieldSelector(text);
  return terms.ok ? terms.value.find(({ field, equal }) => field === 'metadata.name' && equal)?.value : undefined;
}

/** Flow schemas are shown by precedence. */
function inTableOrder(resource: string, objects: readonly Shown[]): readonly Shown[] {
  if (resource !== 'flowschemas') return objects;
  const precedence = ({ stored }: Shown) => Number(dig(stored, 'spec', 'matchingPrecedence') ?? 0);
  return [...objects].sort((a, b) => precedence(a) - precedence(b));
}

function plainList({ resource }: ReadTarget, page: Page, metadata: JsonObject): JsonObject {
  const items = page.objects.map((object) => asItem(resource, object));
  const { group, version, listKind, custom } = resource;
  const apiVersion = apiVersionOf({ group, version });
  if (custom === undefined) return { kind: listKind, apiVersion, metadata, items };
  return { apiVersion, items, kind: listKind, metadata: { continue: page.continue, ...metadata } };
}

/** A watch event as it is sent in the form the client wants; `isFirst` gives tables their columns. */
export function shownEvent(
  event: WatchEvent,
  target: ReadTarget,
  reader: Pick<Reader, 'published' | 'now'>,
  isFirst: boolean,
): { readonly type: string; readonly object: JsonObject } {
  const accepted = acceptedForm(target);
  const { resource } = target;
  if (event.type === 'ERROR' || 'code' in accepted) return { type: event.type, object: event.object };
  const { form } = accepted;
  const object = event.type === 'BOOKMARK' ? bookmarkObject(target, event.object) : inVersion(resource, event.object);
  if (form === undefined) return { type: event.type, object };
  if (form.kind !== 'Table') return { type: event.type, object: partialMetadata(object, form.version) };
  const include = includedObject(target);
  const shown = tableForm(reader.published, resource, resource.kind);
  const metadata = { resourceVersion: dig(object, 'metadata', 'resourceVersion') };
  const settings = {
    version: form.version,
    include: typeof include === 'object' ? 'Metadata' : include,
    now: reader.now(),
    headers: isFirst,
  } as const;
  return { type: event.type, object: table(shown, [{ stored: event.object, object }], metadata, settings) };
}

/** A bookmark is an object of the kind that says nothing but its revision; what Go always writes is written. */
function bookmarkObject({ resource }: ReadTarget, object: JsonObject): JsonObject {
  const { group, version, kind, custom } = resource;
  const apiVersion = apiVersionOf({ group, version });
  if (custom !== undefined) return { apiVersion, kind, metadata: object.metadata };
  return { kind, apiVersion, metadata: object.metadata };
}
