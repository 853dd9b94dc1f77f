// What sets were like, played: the revisions that `kubectl rollout history` and `undo` look at, a new one or an old one that is the newest again,
// and no more of them than are asked for (pkg/controller/history, 1.36).

import { nameOf } from '../../../kube/metadata.ts';
import { asNumber, asObject, asString, dig, type JsonObject } from '../../../lib/json.ts';
import { templatePatch } from '../../../request/template-hash/hash.ts';
import { make, ownedBy, ownerReference, pods, type Stage } from './stage.ts';

export const revisions = { group: 'apps', resource: 'controllerrevisions' };
export const revisionLabel = 'controller-revision-hash';

/** The revision that a pod is of. */
export function revisionOf(pod: JsonObject): string {
  return asString(dig(pod, 'metadata', 'labels', revisionLabel)) ?? '';
}

export function keepRevision(stage: Stage, set: JsonObject, controller: string, name: string, hash = name): void {
  const { store } = stage.world;
  const known = ownedBy(stage, revisions, set);
  const numberOf = (each: JsonObject) => asNumber(each.revision) ?? 0;
  const latest = Math.max(0, ...known.map(numberOf));
  const now = store.get(revisions, stage.namespace, name);
  if (now !== undefined && numberOf(now) < latest) store.put(revisions, stage.namespace, name, { ...now, revision: latest + 1 });
  if (now !== undefined) return;
  const label = controller === 'daemon-set-controller' ? revisionLabel : 'controller.kubernetes.io/hash';
  const { annotations } = asObject(set.metadata);
  const labels = { ...asObject(dig(set, 'spec', 'template', 'metadata', 'labels')), [label]: hash.slice(hash.lastIndexOf('-') + 1) };
  make(stage, controller, 'apps/v1', 'controllerrevisions', {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, labels, ...(annotations === undefined ? {} : { annotations }), ownerReferences: [ownerReference(set)] },
    data: templatePatch(set),
    revision: latest + 1,
  });
}

/** Takes away revisions beyond the history that is kept, which no pod is of; `live` are those that count as used. */
export function forgetRevisions(stage: Stage, set: JsonObject, live: ReadonlySet<string>): void {
  const limit = asNumber(dig(set, 'spec', 'revisionHistoryLimit'));
  if (limit === undefined) return;
  const used = new Set(ownedBy(stage, pods, set).map(revisionOf));
  const isUsed = (each: JsonObject) =>
    live.has(nameOf(each)) || used.has(nameOf(each)) || used.has(asString(dig(each, 'metadata', 'labels', revisionLabel)) ?? '');
  const idle = ownedBy(stage, revisions, set).filter((each) => !isUsed(each));
  const oldest = [...idle].sort((a, b) => (asNumber(a.revision) ?? 0) - (asNumber(b.revision) ?? 0));
  for (const each of oldest.slice(0, Math.max(0, idle.length - limit))) stage.world.store.remove(revisions, stage.namespace, nameOf(each));
}
