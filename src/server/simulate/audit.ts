// The audit log: one event of audit.k8s.io/v1 a line when a request is answered, at level Metadata, so that no body and no Secret is in it.

import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../lib/json.ts';
import type { Outgoing } from './respond.ts';

/** The event of a request that was answered. */
export function auditEvent(reply: Outgoing, path: string, from: string, userAgent: string, received: Date): JsonObject {
  const { info, caller, user } = reply;
  const person = (of: NonNullable<typeof user>) => ({ username: of.name, ...(of.uid === '' ? {} : { uid: of.uid }), groups: of.groups });
  const { namespace, resource, subresource, name, apiGroup, apiVersion } = info;
  const filled = (fields: JsonObject) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: randomUUID(),
    stage: 'ResponseComplete',
    requestURI: path,
    verb: info.verb,
    user: caller === undefined ? {} : person(caller),
    ...(user !== undefined && caller !== undefined && user.name !== caller.name ? { impersonatedUser: person(user) } : {}),
    sourceIPs: [from],
    userAgent,
    ...(info.isResourceRequest ? { objectRef: filled({ resource, namespace, name, apiGroup, apiVersion, subresource }) } : {}),
    responseStatus: { metadata: {}, code: reply.code },
    requestReceivedTimestamp: micro(received),
    stageTimestamp: micro(new Date()),
    annotations: { 'authorization.k8s.io/decision': reply.code === 403 ? 'forbid' : 'allow' },
  };
}

function micro(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
