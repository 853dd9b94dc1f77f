// Tokens of service accounts (the TokenRequest subresource, kube-apiserver 1.36): everything about one is decided here, the token itself is made by
// whoever holds a key. Without one it is unknown.

import { ensured, type Struct, structAt } from '../../kube/schema/defaults/struct.ts';
import { asNumber, asString, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { rfc3339 } from '../../lib/rfc3339.ts';
import type { Attributes } from '../admission/plugin.ts';
import { admit, type Observe, validateAdmission } from '../admission/run.ts';
import type { Answer, Refusal } from '../answer.ts';
import { invalid, invalidObject } from '../fields/error.ts';
import { type ApiRequest, isDryRun } from '../request.ts';
import { badRequest, conflict, notFound, refused } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import type { Target } from '../target.ts';
import { setManagedFields } from '../write/managed-fields.ts';
import { managerName } from '../write/options.ts';
import type { Writing } from '../write/update.ts';
import { written } from '../write/written.ts';
import { attributesOf, decoded } from './asked.ts';
import type { TokenContent } from './tokens.ts';

const shortest = 600;
const longest = 2 ** 32;

/** A token of the service account that the path names. */
export function tokenRequest(target: Target, request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  const read = decoded(target, request, writing);
  if ('code' in read) return read;
  const { object } = read;
  const stated = asString(metadataOf(object).namespace) ?? '';
  if (stated !== '' && stated !== target.namespace) return refused(misplaced);
  metadataOf(object).namespace ??= target.namespace;
  setManagedFields(object, undefined, managerName(request), target, writing);
  const attributes = attributesOf(target, request, writing, 'CREATE', object);
  const refuse = (refusal: Refusal) => refused(refusal, attributes.warnings);
  const refusal = admit(attributes, observe);
  if (refusal !== undefined) return refuse(refusal);
  const metadata = metadataOf(object);
  const { name, namespace } = target;
  const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
  const given = asString(metadata.name) ?? '';
  if (given !== '' && given !== name)
    return refuse(invalidObject(kind, name, [invalid('metadata.name', given, 'must match the service account name if specified')]));
  const account = writing.state.get({ group: '', resource: 'serviceaccounts' }, namespace, name);
  if (account === undefined) return refuse(notFound({ group: '', resource: 'serviceaccounts' }, name));
  const spec = ensured(object, 'spec');
  if (!Array.isArray(spec.audiences) || spec.audiences.length === 0) spec.audiences = [...writing.server.audiences];
  metadata.name = name;
  metadata.namespace = namespace;
  const uid = field(account.metadata, 'uid');
  if (uid !== undefined) metadata.uid = uid;
  metadata.creationTimestamp = writing.circumstances.now;
  const seconds = asNumber(spec.expirationSeconds) ?? 0;
  const wrong =
    seconds < shortest
      ? 'may not specify a duration less than 10 minutes'
      : seconds > longest
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (wrong !== undefined) return refuse(invalidObject(kind, '', [invalid('spec.expirationSeconds', seconds, wrong)]));
  const judged = validateAdmission(attributes, observe);
  if (judged !== undefined) return refuse(judged);
  const bound = boundTo(object, attributes);
  if (!bound.ok) return refuse(bound.problem);
  const { tokens } = writing;
  const now = Date.parse(writing.circumstances.now);
  const audiences = strings(spec.audiences as unknown as Json);
  // Kubelets' tokens go on for a year, and their use is warned of, so that clients which never read the file again do not stop.
  const isExtended =
    bound.value.pod !== undefined && seconds === kubeletSeconds && audiences.every((each) => writing.server.audiences.includes(each));
  const lifetime = isExtended ? { lasts: extendedSeconds, warnAfter: seconds } : { lasts: seconds };
  const content: TokenContent = { audiences, bound: bound.value, ...lifetime };
  const issued = tokens === undefined || isDryRun(request) ? undefined : tokens.issue(account, content, now);
  object.status = { token: issued?.token ?? '', expirationTimestamp: rfc3339(now + seconds * 1000) };
  if (issued !== undefined) attributes.audit.set('authentication.kubernetes.io/issued-credential-id', `JTI=${issued.id}`);
  if (issued === undefined) attributes.unknown?.push('the token itself: it is signed with a key of the server');
  return { code: 201, object: written(object, target), warnings: attributes.warnings };
}

const misplaced = badRequest('the namespace of the provided object does not match the namespace sent on the request');

/** What kubelets ask for where a pod asks for an hour. */
const kubeletSeconds = 3607;
const extendedSeconds = 365 * 24 * 60 * 60;

/** The object that a token is bound to, with the node of a pod; or why it cannot be. */
function boundTo(object: Struct, { serving, target }: Attributes): Result<TokenContent['bound'], Refusal> {
  const spec = structAt(object, 'spec');
  if (spec.boundObjectRef === undefined) return ok({});
  const reference = structAt(spec, 'boundObjectRef');
  const kind = asString(reference.kind) ?? '';
  const [resource, key] = bindable[kind] ?? [];
  const apiVersion = asString(reference.apiVersion) ?? '';
  if (resource === undefined || key === undefined || apiVersion.includes('/'))
    return failure(badRequest(`cannot bind token to object of type ${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`));
  const name = asString(reference.name) ?? '';
  const found: JsonObject | undefined = serving.state.get({ group: '', resource }, kind === 'Node' ? '' : target.namespace, name);
  if (found === undefined) return failure(notFound({ group: '', resource }, name));
  if (kind === 'Pod' && field(found.spec, 'serviceAccountName') !== target.name)
    return failure(
      badRequest(`cannot bind token for serviceaccount ${JSON.stringify(target.name)} to pod running with different serviceaccount name.`),
    );
  const wanted = asString(reference.uid) ?? '';
  const uid = asString(field(found.metadata, 'uid')) ?? '';
  if (wanted !== '' && wanted !== uid) {
    const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`;
    // The kind stands where other conflicts name the resource.
    return failure(conflict({ group: '', resource: kind }, name, why));
  }
  const nodeName = kind === 'Pod' ? (asString(field(found.spec, 'nodeName')) ?? '') : '';
  if (nodeName === '') return ok({ [key]: { name, uid } });
  const node = serving.state.get({ group: '', resource: 'nodes' }, '', nodeName);
  const nodeUid = asString(field(node?.metadata, 'uid'));
  return ok({ [key]: { name, uid }, node: { name: nodeName, ...(nodeUid === undefined ? {} : { uid: nodeUid }) } });
}

/** Kinds that tokens are bound to, with their resource and the claim that names them. */
const bindable: Readonly<Record<string, readonly [string, keyof TokenContent['bound']]>> = {
  Pod: ['pods', 'pod'],
  Node: ['nodes', 'node'],
  Secret: ['secrets', 'secret'],
};
