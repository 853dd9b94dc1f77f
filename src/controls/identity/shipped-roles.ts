// The rules of the roles that every API server makes for itself (bootstrap policy of kube-apiserver 1.36), for manifests that bind one
// without bringing it: cluster-admin is there whoever defines it or not. A role that the snapshot brings is what it says there; in a live
// cluster whose roles were read, a role that is missing gives nothing. Left out: the roles of kubeadm, which lead nowhere.

import { type Binding, rolesOf } from '../../identity/bindings.ts';
import type { Grant } from '../../identity/grants.ts';
import { effectiveRules, findRoles, rbacGroup } from '../../identity/roles.ts';
import type { KubeObject } from '../../kube/object.ts';
import bootstrap from '../../request/read/generated/bootstrap.json' with { type: 'json' };
import { ofKind } from '../../snapshot/lookup.ts';
import { resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';

let made: Snapshot | undefined;

/** The roles of a new cluster. */
function newCluster(): Snapshot {
  made ??= snapshot({
    resources: bootstrap
      .filter(({ apiVersion, kind }) => apiVersion.startsWith(`${rbacGroup}/`) && (kind === 'ClusterRole' || kind === 'Role'))
      .map((object) => resource(object as unknown as KubeObject, { kind: 'memory' })),
  });
  return made;
}

/** What a binding gives where its role was not read and every cluster has it; nothing else. */
export function shippedGrants(state: Snapshot, binding: Binding): readonly Grant[] {
  if (rolesOf(state, binding).length > 0 || (state.facts.live && ofKind(state, rbacGroup, binding.role.kind).length > 0)) return [];
  const cluster = newCluster();
  return findRoles(cluster, binding.role).map((role) => ({ binding, role, rules: effectiveRules(cluster, role) }));
}
