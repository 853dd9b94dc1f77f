// Which profiles of Calico an endpoint has: those it names; a pod of Kubernetes has one of its namespace and one of its account.

import type { Labels } from '../../kube/selector.ts';
import { asString, dig, isObject, stringMap } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';

/** Where a stand-in for an endpoint keeps the names of its profiles. */
export const profilesAnnotation = 'cofferdam.dev/profiles';

/** Profiles that a pod of Kubernetes has in Calico: of its namespace and of its account. */
export function profilesOf(object: unknown, namespace: string, serviceAccount: string): readonly string[] {
  const annotations = dig(object, 'metadata', 'annotations');
  const own = isObject(annotations) ? asString(annotations[profilesAnnotation]) : undefined;
  return own === undefined ? [`kns.${namespace}`, `ksa.${namespace}.${serviceAccount}`] : own.split(',').filter((name) => name !== '');
}

/** Labels that profiles give to the endpoints that have them (`labelsToApply`), by profile. */
export function profileLabels(snapshot: Snapshot): ReadonlyMap<string, Labels> {
  const profiles = ['projectcalico.org', 'crd.projectcalico.org'].flatMap((group) => ofKind(snapshot, group, 'Profile'));
  return new Map(profiles.map(({ name, object }) => [name, stringMap(dig(object, 'spec', 'labelsToApply'))]));
}
