// What a pod may ask of the API server with the token it holds: the grants of its service account, by name and through the groups every
// service account is in. Grants that Kubernetes ships to everybody are left out; a role that Kubernetes ships is known where it was not read.

import { type BoundSubject, bindingsOf } from '../../identity/bindings.ts';
import { isShippedBinding } from '../../identity/bootstrap.ts';
import { copyNear } from '../../identity/copies.ts';
import { type Grant, grantsTo } from '../../identity/grants.ts';
import type { RoleRule } from '../../identity/roles.ts';
import type { PolicyRule } from '../../identity/rules.ts';
import { serviceAccount } from '../../identity/subjects.ts';
import { tokenMount, tokenVolumes } from '../../identity/tokens.ts';
import type { Pod } from '../../kube/pod/types.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { type Context, type Evidence, fail, type Outcome, type PodSubject } from '../control.ts';
import { shippedGrants } from './shipped-roles.ts';

export interface HeldGrant extends Grant {
  readonly subject: BoundSubject;
  /** False where the role was not read, and its rules are those that every cluster has. */
  readonly isRead: boolean;
}

/** The service account whose token the pod holds; undefined where it holds none. */
export function accountWithToken(snapshot: Snapshot, namespace: string, pod: Pod): string | undefined {
  const mount = tokenMount(snapshot, namespace, pod);
  return mount.state === 'mounted' || tokenVolumes(pod).length > 0 ? mount.account : undefined;
}

const granted = new WeakMap<Snapshot, Map<string, readonly HeldGrant[]>>();

/** What is granted to a service account by bindings that are not Kubernetes' own. */
export function grantsOfAccount(snapshot: Snapshot, namespace: string, name: string): readonly HeldGrant[] {
  const known = granted.get(snapshot) ?? new Map<string, readonly HeldGrant[]>();
  granted.set(snapshot, known);
  const user = serviceAccount(namespace, name);
  let grants = known.get(user.name);
  if (grants === undefined) {
    const read = grantsTo(snapshot, user).map((grant) => ({ ...grant, isRead: true }));
    const shipped = bindingsOf(snapshot, user).flatMap(({ binding, subject }) =>
      shippedGrants(snapshot, binding).map((grant) => ({ ...grant, subject, isRead: false })),
    );
    grants = [...read, ...shipped].filter((grant) => !isShippedBinding(grant.binding.resource));
    known.set(user.name, grants);
  }
  return grants;
}

/** The check for pods that hold a token with some right: the first rule that `dangerous` holds for, with its proof. */
export function podHolds(
  reason: string,
  dangerous: (rule: PolicyRule) => boolean,
  says: string,
): (subject: PodSubject, context: Context) => readonly Outcome[] {
  return ({ resource, pod }, { snapshot }) => {
    const account = accountWithToken(snapshot, resource.namespace, pod);
    if (account === undefined) return [];
    for (const grant of grantsOfAccount(snapshot, resource.namespace, account)) {
      const found = grant.rules.find((one) => dangerous(one.rule));
      if (found === undefined) continue;
      const where = grant.binding.namespace === '' ? 'in the whole cluster' : `in namespace ${grant.binding.namespace}`;
      const detail = `the pod holds the token of service account "${account}", which may ${says} ${where}`;
      return [fail(pod.at('/serviceAccountName'), reason, detail, { evidence: proofOf(snapshot, resource, grant, found) })];
    }
    return [];
  };
}

/** Binding, subject and rule of a grant, from the copies that stand nearest to the workload. */
function proofOf(snapshot: Snapshot, workload: Resource, grant: HeldGrant, { rule, source, index }: RoleRule): readonly Evidence[] {
  const { binding, subject, role, isRead } = grant;
  const gives = `gives ${role.kind} "${role.name}"${isRead ? '' : ', which every cluster has,'} to it`;
  const given = { resource: copyNear(snapshot, binding.resource, workload), path: subject.path, note: gives };
  if (!isRead) return [given];
  return [
    given,
    {
      resource: copyNear(snapshot, source, workload),
      path: `/rules/${index}`,
      note: `allows ${rule.verbs.join(', ')} on ${rule.resources.join(', ')}`,
    },
  ];
}
