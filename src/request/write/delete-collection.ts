// Deleting all objects of a collection that selectors choose, one after the other: a refusal ends it, and what is gone by then is passed over
// (k8s.io/apiserver/pkg/registry/generic/registry/store.go, DeleteCollection, 1.36).

import { matchesFields } from '../../kube/field-selector.ts';
import { type KubeObject, labelsOf } from '../../kube/object.ts';
import { matches } from '../../kube/selector.ts';
import { asString, field } from '../../lib/json.ts';
import type { Observe } from '../admission/run.ts';
import type { Answer } from '../answer.ts';
import type { ServedResource } from '../read/catalog.ts';
import { fieldSelectorFor, fieldsOf } from '../read/fields.ts';
import { readLabelSelector } from '../read/label-selector.ts';
import { storageOf } from '../read/storage.ts';
import type { ApiRequest } from '../request.ts';
import { badRequest, methodNotAllowed, refused } from '../status.ts';
import type { Target } from '../target.ts';
import { removeObject } from './delete.ts';
import { deleteOptions } from './delete-options.ts';
import { option } from './options.ts';
import { startWarnings, storedObject, type Writing } from './update.ts';

/** Answers a DELETE of all objects that selectors choose: the list of them as they were. */
export function removeCollection(request: ApiRequest, target: Target, writing: Writing, observe?: Observe): Answer {
  const warnings = startWarnings(target, writing);
  if (!target.verbs.includes('deletecollection') || (target.namespaced && target.namespace === ''))
    return refused(methodNotAllowed(), warnings);
  const selectorText = option(request, 'labelSelector') ?? '';
  const selector = readLabelSelector(selectorText);
  if (!selector.ok) return refused(badRequest(selector.problem), warnings);
  const options = deleteOptions(request, writing);
  if (!options.ok) return refused(options.problem, warnings);
  const resource = readResource(target);
  const fields = fieldSelectorFor(resource, option(request, 'fieldSelector') ?? '');
  if (!fields.ok) return refused(badRequest(fields.problem), warnings);
  const chosen = writing.store
    .list(storageOf(target), target.namespaced ? target.namespace : undefined)
    .map((object) => storedObject(target, writing, asString(field(object.metadata, 'name'))) ?? object)
    .filter((object) => matches(selector.value, labelsOf(object as KubeObject)) && matchesFields(fields.value, fieldsOf(resource, object)));
  for (const object of chosen) {
    const name = asString(field(object.metadata, 'name')) ?? '';
    const removed = removeObject(request, { ...target, name }, writing, options.value, warnings, observe, 'collection');
    if (!removed.ok && removed.problem.code !== 404) return refused(removed.problem, warnings);
  }
  const items = chosen.map(({ apiVersion: _version, kind: _kind, ...rest }) => rest);
  const isCustom = target.type.kind === 'custom';
  const list = {
    kind: `${target.kind}List`,
    apiVersion: target.apiVersion,
    metadata: { ...(isCustom ? { continue: '' } : {}), resourceVersion: String(writing.store.revision()) },
    items: isCustom ? chosen : items,
  };
  return { code: 200, object: list, warnings };
}

/** The target as reads know it, as far as selectors ask. */
function readResource({ group, version, resource, kind, namespaced, verbs }: Target): ServedResource {
  const nothing = { shortNames: [], categories: [], subresources: [], storageVersionHash: '' };
  return { group, version, resource, singular: kind.toLowerCase(), kind, listKind: `${kind}List`, namespaced, verbs, ...nothing };
}
