// Edge bind-role. The verb bind stands in for holding the rights of a role, so that a binding of any role can be written (registry/rbac,
// BindingAuthorized).

import { byRights, type Gain } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { admin, namespaceAdmin } from '../gains.ts';
import type { Scene } from '../scene.ts';

export const bindRole = byRights({
  id: 'bind-role',
  title: 'Binds a role it does not hold',
  gains: 'any role',
  technique: { attack: 'T1098.006', matrix: 'Cluster-admin binding' },
  fix: 'grant bind only for the roles that are meant, by resourceNames',
  cost: 1,
  ways: [
    {
      needs: ['create,update,patch clusterrolebindings.rbac.authorization.k8s.io', 'bind clusterroles.rbac.authorization.k8s.io'],
      gain: (scene) => admin(scene),
      gainNamed: (scene, _scope, name) => named(scene, '', name),
    },
    {
      needs: ['create rolebindings.rbac.authorization.k8s.io', 'bind clusterroles.rbac.authorization.k8s.io'],
      gain: (scene, scope) => namespaceAdmin(scene, scope),
      gainNamed: (scene, scope, name) => named(scene, scope, name),
    },
    {
      needs: ['create rolebindings.rbac.authorization.k8s.io', 'bind roles.rbac.authorization.k8s.io'],
      gain: (scene, scope) => rolesOf(scene, scope),
    },
  ],
  example: {
    objects: holding(['create clusterrolebindings.rbac.authorization.k8s.io', 'bind clusterroles.rbac.authorization.k8s.io'], ''),
    also: ['rebind-held'],
  },
});

/** The role of that name in the scope; the shipped ones are known where they were not read. */
function named(scene: Scene, scope: string, name: string): readonly Gain[] {
  if (name === 'cluster-admin') return scope === '' ? admin(scene) : namespaceAdmin(scene, scope);
  if (name === 'admin' || name === 'edit') return namespaceAdmin(scene, scope);
  const role = scene.rights.roleNamed('ClusterRole', '', name);
  return role === undefined ? [] : [{ vertex: scene.rights.open(role, scope) }];
}

function rolesOf(scene: Scene, scope: string): readonly Gain[] {
  const places = scope === '' ? scene.namespaces : [scope];
  return places.flatMap((place) => scene.rights.rolesIn(place).map((role) => ({ vertex: scene.rights.open(role, place) })));
}
