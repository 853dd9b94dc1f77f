// `authorizer` in expressions, answered by the RBAC of what was read, as `cofferdam can` answers.

import { can } from '../../identity/access-review.ts';
import { request } from '../../identity/rules.ts';
import { serviceAccount } from '../../identity/subjects.ts';
import type { AdmissionContext } from '../../policy/admission.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';

/** The port of admission that asks the roles and bindings of a snapshot. */
export function authorizedBy(snapshot: Snapshot): NonNullable<AdmissionContext['authorize']> {
  return ({ username = '', groups = [] }, { serviceAccount: account, verb, path, ...asked }) => {
    const user = account === undefined ? { name: username, groups } : serviceAccount(account.namespace, account.name);
    const resource =
      asked.subresource === undefined || asked.subresource === '' ? (asked.resource ?? '') : `${asked.resource}/${asked.subresource}`;
    const where = {
      ...(asked.namespace !== undefined && { namespace: asked.namespace }),
      ...(asked.name !== undefined && { name: asked.name }),
    };
    const wanted = request(verb, asked.group ?? '', resource, where);
    const { allowed, reason } = can(snapshot, user, path === undefined ? wanted : { ...wanted, path });
    return { allowed, reason };
  };
}
