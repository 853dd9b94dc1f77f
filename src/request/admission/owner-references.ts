// OwnerReferencesPermissionEnforcement: who sets an owner must be able to delete the object, and who blocks the deletion of the owner must be
// able to set its finalizers.

import { request } from '../../identity/rules.ts';
import { groupVersion } from '../../kube/object.ts';
import { asList, asString, dig, field, type Json, sameJson } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { forbidden } from '../status.ts';
import { asked } from './authorize.ts';
import type { Attributes, Plugin } from './plugin.ts';

export const ownerReferences: Plugin = { name: 'OwnerReferencesPermissionEnforcement', validate };

function validate(attributes: Attributes): Refusal | undefined {
  const { operation, target, object, old, name, namespace, serving } = attributes;
  if (operation === 'DELETE' || (target.group === '' && target.resource === 'pods' && target.subresource === 'status')) return undefined;
  const owners = asList(dig(object, 'metadata', 'ownerReferences'));
  const before = asList(dig(old, 'metadata', 'ownerReferences'));
  if (sameJson(owners, before) || serving.access === undefined) return undefined;
  const no = (why: string) => forbidden(target, name, why);
  if (operation !== 'CREATE') {
    const resource = target.subresource === '' ? target.resource : `${target.resource}/${target.subresource}`;
    const review = asked(attributes, request('delete', target.group, resource, { namespace, name }));
    if (review?.allowed !== true) return no(`cannot set an ownerRef on a resource you can't delete: ${review?.reason ?? ''}, <nil>`);
  }
  const blocking = owners.filter((owner) => field(owner, 'blockOwnerDeletion') === true && !wasBlocking(owner, before));
  if (blocking.length === 0 || asked(attributes, request('update', '*', '*/finalizers', { name: '*' }))?.allowed === true) return undefined;
  for (const owner of blocking) {
    const refusal = finalizersRefusal(owner, attributes, no);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function wasBlocking(owner: Json, before: readonly Json[]): boolean {
  return before.some((each) => field(each, 'uid') === field(owner, 'uid') && field(each, 'blockOwnerDeletion') === true);
}

function finalizersRefusal(owner: Json, attributes: Attributes, no: (why: string) => Refusal): Refusal | undefined {
  const apiVersion = asString(field(owner, 'apiVersion')) ?? '';
  const kind = asString(field(owner, 'kind')) ?? '';
  const mapping = resourceOf(apiVersion, kind, attributes);
  if (mapping === undefined) {
    const missing = `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`;
    return no(
      `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kind}: ${missing}`,
    );
  }
  const name = asString(field(owner, 'name')) ?? '';
  const where = mapping.namespaced ? { namespace: attributes.namespace, name } : { name };
  const review = asked(attributes, request('update', groupVersion(apiVersion).group, `${mapping.resource}/finalizers`, where));
  if (review?.allowed === true) return undefined;
  return no(
    `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ${review?.reason ?? ''}, <nil>`,
  );
}

/** The resource of a kind on this server. */
export function resourceOf(
  apiVersion: string,
  kind: string,
  { serving }: Attributes,
): { readonly resource: string; readonly namespaced: boolean } | undefined {
  const builtIn = serving.server.release.resourceOf(apiVersion, kind);
  if (builtIn !== undefined) return { resource: builtIn.name, namespaced: builtIn.namespaced };
  const { group, version } = groupVersion(apiVersion);
  const definition = serving.state
    .list({ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' })
    .find((each) => dig(each, 'spec', 'group') === group && dig(each, 'spec', 'names', 'kind') === kind);
  const serves = asList(dig(definition, 'spec', 'versions')).some(
    (each) => field(each, 'name') === version && field(each, 'served') !== false,
  );
  const resource = asString(dig(definition, 'spec', 'names', 'plural'));
  return resource === undefined || !serves ? undefined : { resource, namespaced: dig(definition, 'spec', 'scope') !== 'Cluster' };
}
