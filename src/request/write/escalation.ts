// Writes of roles and bindings: nobody gives out rights that they do not hold, unless allowed to escalate or bind
// (pkg/registry/rbac/*/policybased, Kubernetes 1.36).

import { escalationRefusal } from '../../identity/escalation.ts';
import { isKubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { resource } from '../../snapshot/snapshot.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { Refusal } from '../answer.ts';
import { written } from './written.ts';

const rbac = 'rbac.authorization.k8s.io';
const kinds = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

/** The refusal of a write of RBAC objects that would give the user more; undefined where all is held, and where nobody can be asked. */
export function escalation({ target, object, old, user, serving }: Attributes): Refusal | undefined {
  if (target.group !== rbac || !kinds.has(target.kind) || object === undefined || serving.access === undefined) return undefined;
  const asResource = (value: JsonObject | undefined) =>
    isKubeObject(value) ? resource(value, { kind: 'memory' }, '', target.namespaced) : undefined;
  const next = asResource(written(object, target));
  if (next === undefined) return undefined;
  const refusal = escalationRefusal(serving.access(), { user, object: next, old: asResource(old) });
  if (refusal === undefined) return undefined;
  const { code, message, name } = refusal;
  const reason = code === 404 ? 'NotFound' : code === 400 ? 'BadRequest' : code === 500 ? 'InternalError' : 'Forbidden';
  const details = { ...(name === undefined ? {} : { name }), group: rbac, kind: target.resource };
  return {
    code,
    reason,
    message,
    details: code === 500 ? { causes: [{ reason: '', message: message.replace(/^Internal error occurred: /, '') }] } : details,
  };
}
