// The audit log: one event of audit.k8s.io/v1 a line when a request is answered, at level Metadata, so that no body is in
// it; what a refusal says is.

import { requestInfo } from '../../identity/request-info.ts';
import { asObject, type Json, type JsonObject } from '../../lib/json.ts';
import { rfc3339Micro } from '../../lib/rfc3339.ts';
import type { Observe } from '../../request/admission/run.ts';
import type { Outgoing } from './respond.ts';

/** What the pipeline notes of a write while it carries it out. */
export interface Noted {
  readonly observe: Observe;
  /** Metadata of the object as it was sent; nothing of a patch. */
  readonly sent: () => JsonObject;
  /** Of Pod Security, policies, webhooks, tokens. */
  readonly annotations: () => Readonly<Record<string, string>>;
}

/** Notes what an event needs of a write. */
export function noting(method: string): Noted {
  const audits = new Set<ReadonlyMap<string, string>>();
  let sent: JsonObject = {};
  return {
    observe({ stage, attributes }) {
      audits.add(attributes.audit);
      if (stage !== 'decoded' || (method !== 'POST' && method !== 'PUT')) return;
      const { name, namespace, uid, resourceVersion } = asObject(attributes.object?.metadata as Json | undefined);
      sent = filled({ name, namespace, uid: method === 'PUT' ? uid : '', resourceVersion });
    },
    sent: () => sent,
    annotations: () => Object.fromEntries([...audits].flatMap((each) => [...each])),
  };
}

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
  const sent = reply.noted?.sent() ?? {};
  const about = {
    resource,
    namespace: namespace || sent.namespace,
    name: name || sent.name,
    uid: sent.uid,
    apiGroup,
    apiVersion,
    resourceVersion: sent.resourceVersion,
    subresource,
  };
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: auditId,
    stage: 'ResponseComplete',
    requestURI: path,
    verb: info.verb,
    user: caller === undefined ? {} : person(caller),
    ...(user !== undefined && caller !== undefined && user !== caller ? { impersonatedUser: person(user) } : {}),
    sourceIPs: [from],
    userAgent,
    ...(info.isResourceRequest ? { objectRef: filled(about) } : {}),
    responseStatus: { metadata: {}, ...statusOf(reply), code: reply.code },
    requestReceivedTimestamp: rfc3339Micro(received.getTime()),
    stageTimestamp: rfc3339Micro(Date.now()),
    ...annotations(reply),
  };
}

function filled(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined)) as JsonObject;
}

/** What a Status says; of other answers the code is enough. */
function statusOf({ object }: Outgoing): JsonObject {
  if (object?.kind !== 'Status') return {};
  const { status, message, reason, details } = object;
  return filled({ status, message, reason, details });
}

/** Only requests that came as far as the authorizers have been decided by them. */
function annotations({ review, noted }: Outgoing): JsonObject {
  if (review === undefined) return {};
  const { allowed, reason } = review();
  const decided = { 'authorization.k8s.io/decision': allowed ? 'allow' : 'forbid', 'authorization.k8s.io/reason': reason };
  return { annotations: { ...decided, ...noted?.annotations() } };
}
