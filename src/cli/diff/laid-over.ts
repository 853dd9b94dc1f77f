// A cluster as it would be once manifests are applied to it: what they hold stands in the place of what the cluster has, and what controllers have
// made of the old templates goes, since they make it anew of the new ones. Everything else stays as it is.

import { asList, asString, field, type Json } from '../../lib/json.ts';
import { identityOf } from '../../snapshot/lookup.ts';
import { type Resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';

/** The cluster `base` with the objects of `head` that its API server would not refuse. */
export function laidOver(base: Snapshot, head: Snapshot, refused: ReadonlySet<Resource>): Snapshot {
  const applied = head.resources.filter((resource) => !refused.has(resource));
  const names = new Set(applied.map(identityOf));
  const replaced = base.resources.filter((resource) => names.has(identityOf(resource)));
  const gone = new Set(replaced.flatMap(({ object, pods }) => (pods.length > 0 ? uidOf(object.metadata) : [])));
  const left = new Set(base.resources.filter((resource) => !names.has(identityOf(resource))));
  // A pod goes with its ReplicaSet, which goes with its Deployment.
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const resource of left) {
      const { metadata } = resource.object;
      const owners = asList(field(metadata, 'ownerReferences')).filter((each) => field(each, 'controller') === true);
      if (!owners.flatMap(uidOf).some((uid) => gone.has(uid))) continue;
      left.delete(resource);
      for (const uid of uidOf(metadata)) gone.add(uid);
    }
  }
  return snapshot({ ...base, resources: [...left, ...applied] });
}

function uidOf(metadata: Json | undefined): readonly string[] {
  const uid = asString(field(metadata, 'uid'));
  return uid === undefined ? [] : [uid];
}
