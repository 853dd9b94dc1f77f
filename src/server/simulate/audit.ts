// The audit log: one event of audit.k8s.io/v1 a line when a request is answered, at level Metadata, so that no body and no Secret is in it.

import { requestInfo } from '../../identity/request-info.ts';
import type { JsonObject } from '../../lib/json.ts';
import { rfc3339Micro } from '../../lib/rfc3339.ts';
import type { Outgoing } from './respond.ts';

/** What is known of a request beside its answer. */
export interface Audited {
  readonly auditId: string;
  readonly method: string;
  readonly path: string;
  /** The client's address. */
  readonly from: string;
  readonly userAgent: string;
  readonly received: Date;
}

/** The event of a request that was answered. */
export function auditEvent(reply: Outgoing, { auditId, method, path, from, userAgent, received }: Audited): JsonObject {
  const { caller, user } = reply;
  const info = reply.info ?? requestInfo(method, path);
  const person = (of: NonNullable<typeof user>) => ({
    username: of.name,
    ...(of.uid === '' ? {} : { uid: of.uid }),
    groups: of.groups,
    ...(Object.keys(of.extra).length === 0 ? {} : { extra: of.extra }),
  });
  const { namespace, resource, subresource, name, apiGroup, apiVersion } = info;
  const filled = (fields: JsonObject) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: auditId,
    stage: 'ResponseComplete',
    requestURI: path,
    verb: info.verb,
    user: caller === undefined ? {} : person(caller),
    ...(user !== undefined && caller !== undefined && user.name !== caller.name ? { impersonatedUser: person(user) } : {}),
    sourceIPs: [from],
    userAgent,
    ...(info.isResourceRequest ? { objectRef: filled({ resource, namespace, name, apiGroup, apiVersion, subresource }) } : {}),
    responseStatus: { metadata: {}, code: reply.code },
    requestReceivedTimestamp: rfc3339Micro(received.getTime()),
    stageTimestamp: rfc3339Micro(Date.now()),
    ...annotations(reply),
  };
}

/** Only requests that came as far as the authorizers have been decided by them. */
function annotations({ review }: Outgoing): JsonObject {
  if (review === undefined) return {};
  const { allowed, reason } = review();
  return { annotations: { 'authorization.k8s.io/decision': allowed ? 'allow' : 'forbid', 'authorization.k8s.io/reason': reason } };
}
