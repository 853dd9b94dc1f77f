// A server that answers what a test says, over real TLS, to see what a client makes of answers no API server would give.
// It remembers every request; `opened` holds the sockets, so that a test can cut them.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeAuthority, makeCertificate } from './certificates.ts';

export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export interface ScriptedServer {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  readonly requests: readonly Seen[];
  /** Writes a kubeconfig for a user with these fields and returns its path. */
  readonly kubeconfig: (user: Readonly<Record<string, unknown>>, cluster?: Readonly<Record<string, unknown>>) => string;
  /** A folder for what else the test needs. */
  readonly folder: string;
  /** Cuts every connection and listens no more. */
  readonly die: () => void;
}

export type Script = (request: IncomingMessage, response: ServerResponse, requests: readonly Seen[]) => void;

/** Starts a server for this test; undefined, and the test skipped, where no certificates can be made. */
export async function scriptedServer(t: TestContext, script: Script): Promise<ScriptedServer | undefined> {
  if (spawnSync('openssl', ['version'], { stdio: 'ignore' }).status !== 0) {
    t.skip('openssl is not installed, so no certificates can be made');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-scripted-'));
  const ca = makeAuthority(folder).certificate;
  const { certificate, key } = makeCertificate(folder, { file: 'server', subject: '/CN=scripted', names: 'DNS:localhost,IP:127.0.0.1' });
  const requests: Seen[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    script(request, response, requests);
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  const die = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  t.after(() => {
    die();
    rmSync(folder, { recursive: true, force: true });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  let configs = 0;
  return {
    server: url,
    requests,
    folder,
    die,
    kubeconfig(user, cluster = {}) {
      const path = join(folder, `config-${++configs}`);
      const config = {
        clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64'), ...cluster } }],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'scripted', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'scripted',
      };
      writeFileSync(path, JSON.stringify(config));
      return path;
    },
  };
}

/** Answers JSON with a status. */
export function json(response: ServerResponse, body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export interface Served {
  readonly resource: string;
  readonly kind: string;
  readonly namespaced?: boolean;
}

/** A discovery answer with these core resources, as a small API server gives it. */
function discovery(resources: readonly Served[]): unknown {
  const listed = resources.map(({ resource, kind, namespaced = true }) => ({
    resource,
    responseKind: { group: '', version: 'v1', kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    verbs: ['get', 'list', 'watch'],
  }));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    items: [{ metadata: { name: '' }, versions: [{ version: 'v1', resources: listed, freshness: 'Current' }] }],
  };
}

/** A script for a small API server: /version, discovery of `resources`, and `lists` for everything else. */
export function smallApi(resources: readonly Served[], lists: Script): Script {
  return (request, response, requests) => {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/version') json(response, { major: '1', minor: '36', gitVersion: 'v1.36.3' });
    else if (path === '/api') json(response, discovery(resources));
    else if (path === '/apis') json(response, { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items: [] });
    else lists(request, response, requests);
  };
}
