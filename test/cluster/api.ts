// Plain requests to the real API server, free of the program's own client, so that one can judge the other.

import { Agent, request } from 'node:https';
import type { KeyPair } from './certificates.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The body where it is JSON. */
  readonly body: unknown;
  /** Texts of the Warning headers. */
  readonly warnings: readonly string[];
}

/** A client with connections of its own; `close` ends them. */
export function client(
  server: string,
  ca: string,
  credentials: KeyPair,
): { readonly api: (method: string, path: string, body?: unknown) => Promise<Answer>; readonly close: () => void } {
  const agent = new Agent({ keepAlive: true, ca, cert: credentials.certificate, key: credentials.key });
  const send = (method: string, path: string, body: unknown, isAgain: boolean): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const kind = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const text = body === undefined ? undefined : JSON.stringify(body);
      // Node does not say by itself that a DELETE has a body.
      const length = text === undefined ? {} : { 'content-length': Buffer.byteLength(text) };
      const headers = { accept: 'application/json', 'content-type': kind, ...length };
      const outgoing = request(`${server}${path}`, { method, agent, headers });
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The server may close an idle connection in the moment it is used again.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET' && !isAgain) send(method, path, body, true).then(resolve, reject);
        else reject(error);
      });
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: incoming.statusCode ?? 0, text, body: parsed(text), warnings: warningsOf(incoming.headersDistinct.warning) });
        });
      });
      outgoing.end(text);
    });
  return { api: (method, path, body) => send(method, path, body, false), close: () => agent.destroy() };
}

/** `299 - "text"`, as the API server writes them. */
function warningsOf(headers: readonly string[] = []): readonly string[] {
  return headers.map((header) => header.replace(/^[0-9]{3} \S+ "([\s\S]*)"$/, '$1').replace(/\\(.)/g, '$1'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
