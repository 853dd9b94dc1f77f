// Where the objects of a served resource are stored: under its own group, but events of both groups with the core ones.

import type { GroupResource } from '../store/state.ts';

export function storageOf({ group, resource }: GroupResource): GroupResource {
  return group === 'events.k8s.io' && resource === 'events' ? { group: '', resource } : { group, resource };
}
