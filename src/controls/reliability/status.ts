// What a live object says about itself. A manifest has no status and is not asked; an object of a cluster without one is an open question.

import { isObject, type JsonObject } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { notApplicable, type Outcome, unknown } from '../control.ts';

export function byStatus(resource: Resource, judge: (status: JsonObject) => readonly Outcome[]): readonly Outcome[] {
  const { status } = resource.object;
  if (isObject(status) && Object.keys(status).length > 0) return judge(status);
  return resource.origin.kind === 'cluster'
    ? [unknown('/status', 'no-status', 'the cluster did not give its status')]
    : [notApplicable('no-status', 'a manifest has no status')];
}
