// Lists: which state they show, what of it, and how they are paged (k8s.io/apiserver pkg/storage/cacher and etcd3, 1.36). With a revision and
// a limit or `Exact` the state of that revision is shown; otherwise the newest, which is at least as new as anything asked for. From revision 0
// a limit is ignored.

import { matchesFields } from '../../kube/field-selector.ts';
import { matches } from '../../kube/selector.ts';
import { asString, dig, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Refusal } from '../answer.ts';
import { badRequest } from '../status.ts';
import type { Store } from '../store/store.ts';
import type { ServedResource } from './catalog.ts';
import { readContinue, writeContinue, writeInconsistentContinue } from './continue.ts';
import { fieldSelectorFor, fieldsOf } from './fields.ts';
import { readLabelSelector } from './label-selector.ts';
import { labelsOf } from './labels.ts';
import { type ListOptions, resourceRevision } from './list-options.ts';
import { storageOf } from './storage.ts';

/** What selects objects of a list or watch. */
export interface Predicate {
  readonly isEmpty: boolean;
  /** The one name that is selected, where it is: such a list is a look at one key, and has no pages. */
  readonly name: string | undefined;
  readonly selects: (object: JsonObject) => boolean;
}

export interface Page {
  readonly objects: readonly JsonObject[];
  readonly revision: number;
  readonly continue: string;
  readonly remaining: number | undefined;
}

/** A refusal of a list may carry a token to go on with. */
export interface ListRefusal extends Refusal {
  readonly continue?: string;
}

/** Reads both selectors. */
export function predicateOf(resource: ServedResource, options: ListOptions): Result<Predicate, Refusal> {
  const labels = readLabelSelector(options.labelSelector);
  if (!labels.ok) return failure(badRequest(labels.problem));
  const fields = fieldSelectorFor(resource, options.fieldSelector);
  if (!fields.ok) return failure(badRequest(fields.problem));
  return ok({
    isEmpty: labels.value.length === 0 && fields.value.length === 0,
    name: fields.value.find(({ field, equal }) => field === 'metadata.name' && equal)?.value,
    selects: (object) =>
      (labels.value.length === 0 || matches(labels.value, labelsOf(object))) &&
      (fields.value.length === 0 || matchesFields(fields.value, fieldsOf(resource, object))),
  });
}

/** The objects a list shows. */
export function listPage(
  store: Store,
  resource: ServedResource,
  namespace: string,
  options: ListOptions,
  { isEmpty, name, selects }: Predicate,
): Result<Page, ListRefusal> {
  const storage = storageOf(resource);
  const current = store.revision();
  let revision = current;
  let isOld = false;
  let start = '';
  let { limit } = options;
  const isOne = name !== undefined && options.continue === '' && (namespace !== '' || !resource.namespaced);
  if (limit < 0 || isOne) limit = 0;
  if (options.continue !== '' && options.resourceVersion !== '0') {
    const token = readContinue(options.continue);
    if (!token.ok) return failure(badRequest(token.problem));
    if (options.resourceVersion !== '') return failure(badRequest('specifying resource version is not allowed when using continue'));
    start = token.value.start;
    if (token.value.revision > 0) {
      revision = token.value.revision;
      isOld = true;
    }
    if (isOld && revision < store.compacted()) return failure(expiredContinue(start));
    if (revision > current) return failure(tooLarge(revision, current));
  } else if (options.continue !== '') {
    const token = readContinue(options.continue);
    if (!token.ok) return failure(badRequest(token.problem));
    start = token.value.start;
    limit = 0;
  } else if (options.resourceVersion !== '') {
    const wanted = resourceRevision(options.resourceVersion);
    if (!wanted.ok) return failure(badRequest(`invalid resource version: ${wanted.problem}`));
    const exact =
      options.resourceVersionMatch === 'Exact' || (options.resourceVersionMatch === '' && options.limit > 0 && wanted.value > 0);
    if (wanted.value > current) return failure(tooLarge(wanted.value, current));
    if (exact) {
      if (wanted.value < store.compacted()) return failure(tooOld());
      revision = wanted.value;
      isOld = true;
    } else if (wanted.value === 0) limit = 0;
  }
  const all = isOld ? store.listAt(storage, revision, namespace) : store.list(storage, namespace);
  const rest = start === '' ? all : all.filter((object) => keyIn(object, namespace) >= start);
  return ok(page(rest, namespace, revision, limit, isEmpty, selects));
}

function page(
  rest: readonly JsonObject[],
  namespace: string,
  revision: number,
  limit: number,
  isEmpty: boolean,
  selects: (object: JsonObject) => boolean,
): Page {
  if (limit === 0) {
    return { objects: isEmpty ? rest : rest.filter(selects), revision, continue: '', remaining: undefined };
  }
  const objects: JsonObject[] = [];
  for (const [index, object] of rest.entries()) {
    if (!selects(object)) continue;
    objects.push(object);
    if (objects.length < limit) continue;
    if (index === rest.length - 1) break;
    return {
      objects,
      revision,
      continue: writeContinue(revision, keyIn(object, namespace)),
      remaining: isEmpty ? rest.length - index - 1 : undefined,
    };
  }
  return { objects, revision, continue: '', remaining: undefined };
}

function keyIn(object: JsonObject, namespace: string): string {
  const name = asString(dig(object, 'metadata', 'name')) ?? '';
  const own = asString(dig(object, 'metadata', 'namespace')) ?? '';
  return namespace !== '' || own === '' ? name : `${own}/${name}`;
}

function tooOld(): Refusal {
  return { code: 410, reason: 'Expired', message: 'The resourceVersion for the provided list is too old.' };
}

function expiredContinue(start: string): ListRefusal {
  return {
    code: 410,
    reason: 'Expired',
    message:
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    continue: writeInconsistentContinue(start),
  };
}

/** 504: a state that has not come yet. */
export function tooLarge(wanted: number, current: number): Refusal {
  const message = `Too large resource version: ${wanted}, current: ${current}`;
  return {
    code: 504,
    reason: 'Timeout',
    message: `Timeout: ${message}`,
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
  };
}
