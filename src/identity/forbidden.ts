// The message of a 403 as kube-apiserver 1.36 words it (k8s.io/apiserver pkg/endpoints/handlers/responsewriters).

import type { RequestAttributes } from './rules.ts';
import type { User } from './subjects.ts';

/**
 * `secrets "db" is forbidden: User "jane" cannot get resource "secrets" in API group "" in the namespace "shop"`; the authorizer's reason
 * follows where it has one.
 */
export function forbiddenMessage(user: User, wanted: RequestAttributes, reason: string): string {
  const why = reason === '' ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(user.name)} cannot ${wanted.verb}`;
  if (wanted.resource === '') return `forbidden: ${who} path ${JSON.stringify(wanted.path)}${why}`;
  const { apiGroup, resource, subresource, namespace, name } = wanted;
  const kind = apiGroup === '' ? resource : `${resource}.${apiGroup}`;
  const plural = JSON.stringify(subresource === '' ? resource : `${resource}/${subresource}`);
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const object = name === '' ? '' : ` ${JSON.stringify(name)}`;
  return `${kind}${object} is forbidden: ${who} resource ${plural} in API group ${JSON.stringify(apiGroup)} ${where}${why}`;
}
