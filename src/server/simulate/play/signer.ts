// The signers of Kubernetes, played: a request for a certificate that is approved gets one of the simulation's own authority, for the time and the
// usages that it asks for (pkg/controller/certificates/signer, 1.36). Who has it is that user here. Other signers are not played.

import { nameOf } from '../../../kube/metadata.ts';
import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject, strings } from '../../../lib/json.ts';
import { requestParts, requestSubject } from '../../../request/admission/certificate-request.ts';
import type { Authority } from '../certificates.ts';
import { timestamp, type World } from '../world.ts';

export const requests = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' };
const [minute, year] = [60_000, 365 * 86_400_000];
const short = 8 * 60 * minute;

/** The usage that each signer's certificates are for. */
const signers: Readonly<Record<string, string>> = {
  'kubernetes.io/kube-apiserver-client': 'client auth',
  'kubernetes.io/kube-apiserver-client-kubelet': 'client auth',
  'kubernetes.io/kubelet-serving': 'server auth',
};
/** Bits of the extension keyUsage. */
const simple: Readonly<Record<string, number>> = { 'digital signature': 0x80, 'key encipherment': 0x20 };
const extended: Readonly<Record<string, string>> = { 'server auth': '1.3.6.1.5.5.7.3.1', 'client auth': '1.3.6.1.5.5.7.3.2' };

export function playRequest({ store }: World, authority: Authority, request: JsonObject): void {
  const conditions = asList(dig(request, 'status', 'conditions'));
  const is = (type: string) => conditions.some((each) => field(each, 'type') === type && field(each, 'status') !== 'False');
  if (!is('Approved') || is('Failed') || dig(request, 'status', 'certificate') !== undefined) return;
  const signer = asString(dig(request, 'spec', 'signerName')) ?? '';
  const usage = Object.hasOwn(signers, signer) ? signers[signer] : undefined;
  const text = asString(dig(request, 'spec', 'request')) ?? '';
  const parts = requestParts(text);
  if (usage === undefined || parts === undefined) return;
  const keep = (status: JsonObject) =>
    store.put(requests, '', nameOf(request), { ...request, status: { ...asObject(request.status), ...status } });
  const usages = strings(dig(request, 'spec', 'usages'));
  const wrong = usages.find((each) => each !== usage && !Object.hasOwn(simple, each));
  const kind = usage === 'client auth' ? 'client' : 'serving';
  const message =
    wrong !== undefined
      ? `invalid usage for ${kind} certificate: ${wrong}`
      : usages.includes(usage)
        ? undefined
        : `missing required usage for ${kind} certificate: ${usage}`;
  if (message !== undefined) {
    if (signer === 'kubernetes.io/kube-apiserver-client') keep({ conditions: [...conditions, failed(message)] });
    return;
  }
  if (signer !== 'kubernetes.io/kube-apiserver-client' && !isOfNode(text)) return;
  const asked = asNumber(dig(request, 'spec', 'expirationSeconds'));
  const life = asked === undefined ? year : Math.min(year, Math.max(10 * minute, asked * 1000));
  const now = Date.now();
  const certificate = authority.sign({
    ...parts,
    keyUsage: usages.reduce((flags, each) => flags | (simple[each] ?? 0), 0),
    usages: usages.flatMap((each) => extended[each] ?? []),
    from: now - 5 * minute,
    to: now + life - (life < short ? 0 : 5 * minute),
  });
  keep({ certificate: Buffer.from(certificate).toString('base64') });
}

function failed(message: string): Json {
  const now = timestamp();
  return { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, lastUpdateTime: now, lastTransitionTime: now };
}

/** Certificates of kubelets are for nodes alone. */
function isOfNode(request: string): boolean {
  const subject = requestSubject(request);
  return subject?.commonName.startsWith('system:node:') === true && subject.organizations.join() === 'system:nodes';
}
