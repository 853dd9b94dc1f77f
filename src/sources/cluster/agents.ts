// Pools of connections to one API server: the authorities that are trusted, the client certificate that is shown, the proxy between.

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext, getCACertificates } from 'node:tls';
import { problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Credentials } from './authenticator.ts';
import type { Refusal } from './refusal.ts';
import type { Target } from './target.ts';

export interface Agents {
  readonly get: (credentials: Credentials) => Result<HttpAgent | HttpsAgent, Refusal>;
  readonly close: () => void;
}

/** One pool for as long as the client certificate stays the same. */
export function agentsOf(target: Target): Agents {
  let held: { readonly certificate: string | undefined; readonly agent: HttpAgent | HttpsAgent } | undefined;
  const make = ({ certificate }: Credentials): HttpAgent | HttpsAgent => {
    const pool = { keepAlive: true, keepAliveMsecs: 30_000, maxSockets: 16 };
    const proxyEnv = target.proxy === undefined ? undefined : { HTTPS_PROXY: target.proxy, HTTP_PROXY: target.proxy };
    if (target.server.protocol === 'http:') return new HttpAgent({ ...pool, ...(proxyEnv === undefined ? {} : { proxyEnv }) });
    const tls = {
      ca: target.certificateAuthority ?? [...getCACertificates('default'), ...getCACertificates('system')],
      ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
    };
    createSecureContext(tls);
    return new HttpsAgent({
      ...pool,
      ...tls,
      rejectUnauthorized: !target.insecure,
      ...(target.serverName === undefined ? {} : { servername: target.serverName }),
      ...(proxyEnv === undefined ? {} : { proxyEnv }),
    });
  };
  return {
    get(credentials) {
      const certificate = credentials.certificate?.certificate;
      if (held !== undefined && held.certificate === certificate) return ok(held.agent);
      try {
        held = { certificate, agent: make(credentials) };
        return ok(held.agent);
      } catch {
        const what = 'the certificate authority, client certificate or key of the kubeconfig is not PEM that fits together';
        return failure({ problem: problem('kubeconfig/invalid', `context "${target.context}": ${what}`), status: 0 });
      }
    },
    close: () => held?.agent.destroy(),
  };
}
