// What went wrong with a request, for people and for programs: network errors and HTTP statuses become problems that say what to do.
// Statuses and reasons as in k8s.io/apimachinery 1.36, metav1.Status. Words of the server are made printable and cut: it may be hostile.

import { asString, field, type Json } from '../../lib/json.ts';
import { type Problem, type ProblemCode, problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import type { Broken } from './http.ts';

export interface Refusal {
  readonly problem: Problem;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The body where it is JSON, such as a Status. */
  readonly body?: Json;
  /** Why there was no answer. */
  readonly broken?: Broken;
  /** Milliseconds the server asks to be left alone. */
  readonly retryAfter?: number;
}

/** Words of a server, fit for a terminal. */
export function quoted(text: string): string {
  const line = printable(text.trim());
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (connection refused); is the address right and the cluster running?',
  ECONNRESET: 'the connection was closed by the other side',
  EPIPE: 'the connection was closed by the other side',
  ENOTFOUND: 'the host name is not known; is a VPN needed?',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to the host; is a VPN needed?',
  ENETUNREACH: 'there is no way to the network; is a VPN needed?',
  ETIMEDOUT: 'the connection timed out; is a VPN or a proxy needed?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and no certificate authority of the kubeconfig vouches for it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that the kubeconfig does not name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that the kubeconfig does not name',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that the kubeconfig does not name',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the authority of the kubeconfig',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; is the clock right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name (tls-server-name in the kubeconfig can say which)',
  EPROTO: 'it does not speak TLS as expected; is it an http server?',
};

/** The problem of a request that got no answer, or half of one. */
export function unanswered(server: string, broken: Broken): Refusal {
  const code: ProblemCode = broken.code === 'bad-encoding' || broken.code === 'too-large' ? 'cluster/bad-answer' : 'cluster/unreachable';
  const why = Object.hasOwn(networkReasons, broken.code) ? networkReasons[broken.code] : `${quoted(broken.message)}`;
  return { problem: problem(code, `${server}: ${why}`), status: 0, broken };
}

/** The problem of an answer that is no success. `right` is what the request needs, such as `list secrets`. */
export function refused(server: string, status: number, body: Json | undefined, right: string, credentials: string): Refusal {
  const said = asString(field(body, 'message'));
  const words = said === undefined || said === '' ? '' : `: ${quoted(said)}`;
  const [code, message] = sentence(status, words, right, credentials);
  return { problem: problem(code, `${server}: ${message}`), status, ...(body === undefined ? {} : { body }) };
}

function sentence(status: number, words: string, right: string, credentials: string): readonly [ProblemCode, string] {
  if (status === 401)
    return ['cluster/unauthorized', `the cluster does not accept ${credentials.replace(/,$/, '')}; sign in again or use another context`];
  if (status === 403) return ['cluster/forbidden', `the right to ${right} is missing${words}`];
  if (status === 429 || status === 503) return ['cluster/overloaded', `the cluster has no capacity for the request (${status})${words}`];
  if (status >= 300 && status < 400) return ['cluster/bad-answer', 'it answers with a redirect, which is not followed'];
  return ['cluster/bad-answer', `status ${status} to ${right}${words}`];
}

/** The problem of an answer whose content is not what an API server gives. */
export function badAnswer(server: string, status: number, message: string): Refusal {
  return { problem: problem('cluster/bad-answer', `${server}: ${message}`), status };
}
