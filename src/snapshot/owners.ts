// Who made an object: Pod → ReplicaSet → Deployment, Job → CronJob, by `metadata.ownerReferences` with `controller: true`
// (Kubernetes API concepts, "Owners and Dependents"). A finding about a live pod belongs to the template it was made from.
// An owner with the same name but another uid is not the owner: the object waits for the garbage collector.

import { groupVersion } from '../kube/object.ts';
import { asList, asString, dig, field } from '../lib/json.ts';
import { named } from './lookup.ts';
import type { Resource, Snapshot } from './snapshot.ts';

/** Longest chain that is followed; real ones have three links. */
const longestChain = 8;

/** The object that controls this one, of whatever kind, where the snapshot has it. */
export function controllerOf(snapshot: Snapshot, resource: Resource): Resource | undefined {
  const reference = asList(dig(resource.object, 'metadata', 'ownerReferences')).find((item) => field(item, 'controller') === true);
  const [apiVersion, kind, name] = [
    asString(field(reference, 'apiVersion')),
    asString(field(reference, 'kind')),
    asString(field(reference, 'name')),
  ];
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  const { group } = groupVersion(apiVersion);
  const uid = field(reference, 'uid');
  const candidates = [
    ...named(snapshot, group, kind, resource.namespace, name),
    ...(resource.namespace === '' ? [] : named(snapshot, group, kind, '', name)),
  ];
  return candidates.find((candidate) => {
    const own = dig(candidate.object, 'metadata', 'uid');
    return own === undefined || uid === undefined || own === uid;
  });
}

/**
 * The topmost controller that describes pods itself, which is where a pod's faults are repaired: the Deployment of a pod, the CronJob of
 * a Job. Undefined where nothing of that kind owns it. `ownerOf(snapshot, pod)?.kind` is `Deployment`.
 */
export function ownerOf(snapshot: Snapshot, resource: Resource): Resource | undefined {
  let top: Resource | undefined;
  let here: Resource | undefined = resource;
  for (let step = 0; step < longestChain && here !== undefined; step++) {
    here = controllerOf(snapshot, here);
    if (here === resource) return top;
    if (here !== undefined && here.pods.length > 0) top = here;
  }
  return top;
}
