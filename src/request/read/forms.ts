// The forms an answer may take beside the object itself: Table and PartialObjectMetadata, of one or of a list (k8s.io/apiserver
// pkg/endpoints/handlers/response.go, 1.36). Which of them a resource endpoint offers, and what it says of an Accept header it cannot meet.

import type { JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { badRequest } from '../status.ts';
import { type Accepted, type Form, isOffered, type MediaType, mediaTypes, negotiate } from './accept.ts';
import { first } from './query.ts';
import type { ReadTarget } from './read.ts';
import { notAcceptable, notRepresented } from './reply.ts';
import type { IncludeObject } from './table/table.ts';

function isForm({ kind, group, version }: Form): boolean {
  const isTable = kind === 'Table' || kind === 'PartialObjectMetadata' || kind === 'PartialObjectMetadataList';
  return isTable && group === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1');
}

const streamTypes = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];

/** Subresources that are never shown as a table. */
const withoutTable: ReadonlySet<string> = new Set(['resize', 'ephemeralcontainers']);

/** What the client takes, or why nothing can be given. */
export function acceptedForm({ accept, resource, info, subresource }: ReadTarget): Accepted | Refusal {
  if (resource.custom === undefined && !isOffered(accept, mediaTypes))
    return notRepresented(info.parts.length === 1 && info.verb !== 'create' ? [...mediaTypes, ...streamTypes] : mediaTypes);
  const isBinary = (type: MediaType) => type === 'application/vnd.kubernetes.protobuf';
  // Tables have no protobuf form; of custom resources only the metadata has one.
  const gives = (type: MediaType, form: Form | undefined) =>
    !isBinary(type) || (form === undefined ? resource.custom === undefined : form.kind !== 'Table');
  const isGiven = (form: Form) => isForm(form) && !(form.kind === 'Table' && withoutTable.has(subresource?.name ?? ''));
  return negotiate(accept, isGiven, mediaTypes, gives) ?? notAcceptable(mediaTypes);
}

/** False where no event has the form that the client wants: a watch then ends at its first one. */
export function areEventsShown(target: ReadTarget): boolean {
  const accepted = acceptedForm(target);
  return 'code' in accepted || accepted.form?.kind !== 'PartialObjectMetadataList';
}

/** `includeObject` of tables. */
export function includedObject(target: ReadTarget): IncludeObject | Refusal {
  const wanted = first(target.query, 'includeObject') ?? '';
  if (wanted === '' || wanted === 'Metadata') return 'Metadata';
  if (wanted === 'Object' || wanted === 'None') return wanted;
  return badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(wanted)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** The internal name of a kind, which a refused form shows. */
function internalKind({ resource }: ReadTarget, kind: string): string {
  if (resource.custom !== undefined)
    return kind === `${resource.kind}List` ? '*unstructured.UnstructuredList' : '*unstructured.Unstructured';
  const group = resource.group === '' ? 'core' : (resource.group.split('.')[0] ?? '');
  return `*${group}.${kind}`;
}

/** 406 for a list form of one object, or the other way round. */
export function wrongForm(form: Form, isList: boolean, target: ReadTarget): Refusal | undefined {
  const kind = target.subresource === undefined || target.subresource.kind === '' ? target.resource.kind : target.subresource.kind;
  if (form.kind === 'PartialObjectMetadata' && isList)
    return wrong(`you requested PartialObjectMetadata, but the requested object is a list (${internalKind(target, `${kind}List`)})`);
  if (form.kind === 'PartialObjectMetadataList' && !isList && target.resource.custom !== undefined && target.subresource?.kind !== 'Scale')
    return { code: 500, reason: '', message: 'content is not a list' };
  if (form.kind === 'PartialObjectMetadataList' && !isList)
    return wrong(`you requested PartialObjectMetadataList, but the requested object is not a list (${internalKind(target, kind)})`);
  return undefined;
}

function wrong(message: string): Refusal {
  return { code: 406, reason: 'NotAcceptable', message };
}

/** Metadata of a list or table: only what is known of it. */
export function listMetadata(revision: number, token: string, remaining: number | undefined): JsonObject {
  return {
    resourceVersion: String(revision),
    ...(token === '' ? {} : { continue: token }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  };
}
