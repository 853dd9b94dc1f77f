// What a live object says about itself. The status of a manifest means nothing: tools leave stubs of it. An object is live where it was read
// from a cluster, or carries the uid that only a server gives, as in what `kubectl get -o yaml` writes.

import { field, isObject, type JsonObject } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { notApplicable, type Outcome, unknown } from '../control.ts';

export function byStatus(resource: Resource, judge: (status: JsonObject) => readonly Outcome[]): readonly Outcome[] {
  const { status, metadata } = resource.object;
  const isLive = resource.origin.kind === 'cluster' || typeof field(metadata, 'uid') === 'string';
  if (!isLive) return [notApplicable('manifest', 'a manifest has no status')];
  if (isObject(status) && Object.keys(status).length > 0) return judge(status);
  return [unknown('/status', 'no-status', 'the cluster did not give its status')];
}
