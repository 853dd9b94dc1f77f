// Answers that nobody can give from what was read: of kinds that an extension server serves, of kinds whose definition is not among the manifests, and
// of an apply that meets fields whose owners were not read.

import { requestInfo } from '../../identity/request-info.ts';
import { groupVersion, isKubeObject, type KubeObject } from '../../kube/object.ts';
import { asString, dig, type Json } from '../../lib/json.ts';
import type { Answer } from '../answer.ts';
import { authorize } from '../authorization.ts';
import type { ApiRequest } from '../request.ts';
import type { Serving } from '../server.ts';
import { internal, refused } from '../status.ts';
import { collectionOf, pluralOf } from './object-path.ts';

/** The answer that is not known; its refusal says so, and is no server's. */
export function notKnown(why: string): Answer {
  return { ...refused(internal(why)), unknown: why };
}

/** Why the answer to a request that leads to no resource here is not known; undefined where it is: 404, or 403. */
export function elsewhere(request: ApiRequest, sent: Json | undefined, serving: Serving): string | undefined {
  const { apiGroup, apiVersion, resource, isResourceRequest } = requestInfo(request.method, request.path);
  if (!isResourceRequest || apiGroup === '') return undefined;
  const kind = isKubeObject(sent) ? sent.kind : resource;
  const why = aggregated(apiGroup, apiVersion, kind, serving) ?? (isKubeObject(sent) ? undefinedKind(sent, serving) : undefined);
  // Who may do nothing is refused before; but a resource that was guessed of the kind says nothing about rights.
  const isGuessed = isKubeObject(sent) && resource === pluralOf(sent.kind);
  if (why === undefined || (!isGuessed && authorize(request, serving).refusal !== undefined)) return undefined;
  return isGuessed ? `${why}; "${resource}" in the path is guessed` : why;
}

function aggregated(group: string, version: string, kind: string, { state }: Serving): string | undefined {
  const spec = state.get({ group: 'apiregistration.k8s.io', resource: 'apiservices' }, '', `${version}.${group}`)?.spec;
  const service = asString(dig(spec, 'service', 'name'));
  if (service === undefined) return undefined;
  const at = `${asString(dig(spec, 'service', 'namespace')) ?? ''}/${service}`;
  return `the server hands requests about ${group}/${version} ${kind} to Service ${at}, as the APIService says: what it answers is not known here`;
}

/** Kinds of others whose definition is not there: it usually stands in another repository. */
function undefinedKind(object: KubeObject, { server, state, isPartial }: Serving): string | undefined {
  const { release } = server;
  const { apiVersion, kind } = object;
  const { group } = groupVersion(apiVersion);
  if (isPartial !== true || release.groups.has(group) || collectionOf(object, release, state).known) return undefined;
  return `${apiVersion} ${kind}: neither Kubernetes ${release.minor} nor a CustomResourceDefinition that is known here has the kind, and a cluster may have it: its objects are not judged`;
}

/** Said where an apply meets an object that was read without its managed fields. */
export const managersNotRead = 'the input was read without managed fields: who owns which field is not known, and an apply rests on that';

/** True for a refusal that says nothing but that others own fields. */
export function isOwnersConflict({ refusal }: Answer): boolean {
  const causes = refusal?.details?.causes ?? [];
  return refusal?.code === 409 && causes.length > 0 && causes.every(({ reason }) => reason === 'FieldManagerConflict');
}
