// The state of a recorded API server out of lists of objects, and the users that its requests name.

import { serviceAccount, type User } from '../../src/identity/subjects.ts';
import { isKubeObject } from '../../src/kube/object.ts';
import { asString, field, type Json, type JsonObject, strings } from '../../src/lib/json.ts';
import { type Stocked, stocked } from '../../src/request/read/object-state.ts';
import type { Published } from '../../src/request/read/published.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';

/** Objects as what a server has stored, and as a snapshot for the authorizers. */
export function objectsState(
  published: Published,
  objects: readonly Json[],
  options: Parameters<typeof stocked>[2] = {},
): Stocked & { readonly snapshot: Snapshot } {
  const kube = objects.filter(isKubeObject);
  const resources = kube.map((object) => resource(object, { kind: 'memory' }));
  return { ...stocked(published, kube as readonly JsonObject[], options), snapshot: snapshot({ resources, facts: assumedFacts('1.36') }) };
}

const administrator: User = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** Who asks: the recorder's administrator unless a case names somebody or nobody. */
export function userOf(value: Json | undefined, isAnonymous = false): User {
  if (isAnonymous) return { name: 'system:anonymous', groups: ['system:unauthenticated'] };
  if (value === undefined) return administrator;
  const name = asString(field(value, 'name')) ?? '';
  const groups = strings(field(value, 'groups'));
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  if (account !== null && groups.length === 0) return serviceAccount(account[1] ?? '', account[2] ?? '');
  return { name, groups: [...groups, 'system:authenticated'] };
}
