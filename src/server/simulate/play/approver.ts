// Requests for certificates, played before they are signed and after: those of kubelets are approved for whom RBAC lets ask for them, and old
// ones are cleaned away (pkg/controller/certificates/{approver,cleaner}, 1.36).

import { X509Certificate } from 'node:crypto';
import { can } from '../../../identity/access-review.ts';
import { requestInfo } from '../../../identity/request-info.ts';
import { nameOf } from '../../../kube/metadata.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject, strings } from '../../../lib/json.ts';
import { requestParts, requestSubject } from '../../../request/admission/certificate-request.ts';
import { timestamp, type World } from '../world.ts';
import { requests } from './signer.ts';
import { timeOf } from './stage.ts';

const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const [hour, day] = [3_600_000, 86_400_000];
const usual = ['client auth', 'digital signature'];

function conditionsOf(request: JsonObject): readonly Json[] {
  return asList(dig(request, 'status', 'conditions'));
}

/** Approves what a node, or somebody for one, asks for to be known by. */
export function approve(world: World, request: JsonObject): void {
  const said = conditionsOf(request).map((each) => field(each, 'type'));
  if (said.includes('Approved') || said.includes('Denied') || dig(request, 'status', 'certificate') !== undefined) return;
  const subject = kubeletIn(request);
  if (subject === undefined) return;
  const { username, uid, groups, extra } = asObject(request.spec);
  const name = asString(username) ?? '';
  const user = { name, uid: asString(uid) ?? '', groups: strings(groups), extra: extraOf(extra) };
  const may = (subresource: string) => {
    const info = { ...requestInfo('POST', `${path}/x/${subresource}`), name: '' };
    return can(world.snapshot(), user, info).allowed;
  };
  const who = name === subject && may('selfnodeclient') ? 'self kubelet' : may('nodeclient') ? 'kubelet' : undefined;
  if (who === undefined) return;
  const message = `Auto approving ${who} client certificate after SubjectAccessReview.`;
  const now = timestamp(world.clock.now());
  const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message, lastUpdateTime: now, lastTransitionTime: now };
  const status = { ...asObject(request.status), conditions: [...conditionsOf(request), approved] };
  world.store.put(requests, '', nameOf(request), { ...request, status });
}

function extraOf(extra: Json | undefined): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(asObject(extra)).map(([key, values]) => [key, strings(values)]));
}

/** The name of the node whose kubelet the certificate would be of; undefined for any other. */
function kubeletIn(request: JsonObject): string | undefined {
  if (dig(request, 'spec', 'signerName') !== 'kubernetes.io/kube-apiserver-client-kubelet') return undefined;
  const text = asString(dig(request, 'spec', 'request')) ?? '';
  const subject = requestSubject(text);
  const usages = strings(dig(request, 'spec', 'usages')).filter((each) => each !== 'key encipherment');
  const isUsual = [...usages].sort().join() === usual.join();
  const hasOthers = requestParts(text)?.otherNames !== undefined;
  const isNode = subject?.organizations.join() === 'system:nodes' && subject.commonName.startsWith('system:node:');
  return isNode && isUsual && !hasOthers ? subject.commonName : undefined;
}

/** When a request goes: an hour after it was decided, a day after it was made, or when its certificate runs out. */
export function expiryOf(request: JsonObject): number {
  const since = timeOf(dig(request, 'metadata', 'creationTimestamp')) ?? Number.POSITIVE_INFINITY;
  const certificate = asString(dig(request, 'status', 'certificate'));
  const times = conditionsOf(request).flatMap((each) => timeOf(field(each, 'lastUpdateTime')) ?? []);
  const decided = times.length === 0 ? since + day : Math.min(...times) + hour;
  return Math.min(decided, certificate === undefined ? decided : endOf(certificate));
}

function endOf(certificate: string): number {
  try {
    return new X509Certificate(Buffer.from(certificate, 'base64')).validToDate.getTime();
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
