// A simulated API server, put together: world, keys, listener, controllers' chores, audit log, the file its state is kept in.

import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isKubeObject, type KubeObject } from '../../kube/object.ts';
import { asList, field, type JsonObject } from '../../lib/json.ts';
import { type Authority, makeAuthority } from './certificates.ts';
import { startControllers } from './controllers.ts';
import { eventBytesOf } from './event-bytes.ts';
import { listen } from './listener.ts';
import { startPlay } from './play/play.ts';
import { tokenIssuer } from './service-account-tokens.ts';
import { watchesOf } from './watches.ts';
import { makeWorld, type World } from './world.ts';

export interface SimulateOptions {
  readonly objects: readonly KubeObject[];
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where the administrator's kubeconfig is written. */
  readonly kubeconfig?: string;
  readonly auditLog?: string;
  /** Where the state is kept: read at the start where it is there, written when it has changed and at the end. */
  readonly save?: string;
  /** Plays controllers: owners make pods, pods run in words. */
  readonly play?: boolean;
  /** Whose API versions and fields are served: `1.34`; the newest known where it is not given. */
  readonly kubernetesVersion?: string;
}

export interface Simulated {
  readonly port: number;
  /** `https://127.0.0.1:6443`. */
  readonly url: string;
  readonly authority: Authority;
  readonly world: World;
  /** Watches that are open. */
  readonly watches: () => number;
  readonly stop: () => Promise<void>;
}

const saveAfter = 1_000;

/** Starts a server over these objects. */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const kept = options.save !== undefined && existsSync(options.save) ? readSaved(options.save) : [];
  const authority = makeAuthority(Date.now());
  let stopControllers = () => {};
  const world = await makeWorld(
    kept.length > 0 ? kept : options.objects,
    (made) => {
      const { settle, stop } = startControllers(made, authority.certificate);
      stopControllers = stop;
      return { settle };
    },
    options.kubernetesVersion,
  );
  const stopPlay = options.play === true ? startPlay(world, authority) : () => {};
  const tokens = tokenIssuer();
  const watches = watchesOf(world.store, eventBytesOf(world));
  const log = options.auditLog === undefined ? undefined : createWriteStream(options.auditLog, { flags: 'a', mode: 0o600 });
  const names = [
    ...new Set([
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      '127.0.0.1',
      '::1',
      '10.0.0.1',
      ...named(options.host),
    ]),
  ];
  const shownHost = options.host.includes(':') ? `[${options.host}]` : options.host;
  const host = isEverywhere(options.host) ? '127.0.0.1' : shownHost;
  const listener = await listen(
    {
      host: options.host,
      port: options.port,
      serving: authority.server(names),
      clientAuthority: authority.certificate,
      audit: log === undefined ? undefined : (event) => log.write(`${JSON.stringify(event)}\n`),
    },
    (port) => ({ world, tokens, watches, address: `${host}:${port}`, metrics: () => metricsText(world, watches.count()) }),
  );
  const url = `https://${host}:${listener.port}`;
  if (options.kubeconfig !== undefined) writePrivately(options.kubeconfig, kubeconfigText(url, authority, 'admin', ['system:masters']));
  const stopSaving = options.save === undefined ? () => {} : keep(world, options.save);
  return {
    port: listener.port,
    url,
    authority,
    world,
    watches: watches.count,
    async stop() {
      stopPlay();
      stopControllers();
      await listener.stop();
      stopSaving();
      await new Promise<void>((resolve) => (log === undefined ? resolve() : log.end(() => resolve())));
    },
  };
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function named(host: string): readonly string[] {
  return isEverywhere(host) ? [] : [host];
}

/** A kubeconfig with a certificate of the authority for this user. */
export function kubeconfigText(url: string, authority: Authority, user: string, groups: readonly string[]): string {
  const { certificate, key } = authority.client(user, groups);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'simulated', cluster: { server: url, 'certificate-authority-data': base64(authority.certificate) } }],
    users: [{ name: user, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
    contexts: [{ name: 'simulated', context: { cluster: 'simulated', user } }],
    'current-context': 'simulated',
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}.part`;
  writeFileSync(half, text, { mode: 0o600 });
  renameSync(half, file);
}

function readSaved(file: string): readonly KubeObject[] {
  const list: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return asList(field(list, 'items')).filter(isKubeObject);
}

/** Writes the state a moment after it changed, and at the end. */
function keep({ store, catalog }: World, file: string): () => void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    timer = undefined;
    const { core, groups } = catalog();
    const seen = new Set<string>();
    const items: JsonObject[] = [];
    for (const { versions } of [core, ...groups])
      for (const { resources } of versions)
        for (const { group, resource } of resources) {
          if (seen.has(`${group}/${resource}`)) continue;
          seen.add(`${group}/${resource}`);
          items.push(...store.list({ group, resource }));
        }
    writePrivately(file, `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items })}\n`);
  };
  const unsubscribe = store.subscribe(() => {
    timer ??= setTimeout(save, saveAfter);
  });
  return () => {
    unsubscribe();
    clearTimeout(timer);
    save();
  };
}

function metricsText({ store }: World, watches: number): string {
  return [
    '# HELP apiserver_longrunning_requests Watches that are open.',
    '# TYPE apiserver_longrunning_requests gauge',
    `apiserver_longrunning_requests{verb="WATCH"} ${watches}`,
    '# HELP cofferdam_simulate_revision The revision of the last write.',
    '# TYPE cofferdam_simulate_revision counter',
    `cofferdam_simulate_revision ${store.revision()}`,
    '',
  ].join('\n');
}
