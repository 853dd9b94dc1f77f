// Generated reads to a real API server and to ours: lists, gets and watches with odd parameters and Accept headers, over templates that are written,
// changed and deleted between them, the same on both sides. SEED and COUNT in the environment make more of them.

import assert from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { test } from 'node:test';
import { startSimulated } from '../simulated.ts';
import { realCluster } from './cluster.ts';

interface Server {
  readonly url: string;
  readonly agent: Agent;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

function ask({ url, agent }: Server, method: string, path: string, accept: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'user-agent': 'reads',
      ...(accept === '' ? {} : { accept }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const outgoing = request(`${url}${path}`, { method, agent, headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk) => {
        text += String(chunk);
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const namespace = '/api/v1/namespaces/default/podtemplates';
const paths = [
  namespace,
  namespace,
  namespace,
  '/api/v1/podtemplates',
  `${namespace}/a`,
  `${namespace}/gone`,
  '/api/v1/watch/namespaces/default/podtemplates',
  '/api/v1/watch/namespaces/default/podtemplates/a',
  '/api/v1/watch/podtemplates',
];
const meta = (kind: string) => `application/json;as=${kind};g=meta.k8s.io;v=v1`;
const accepts = [
  '',
  '',
  'application/json',
  'application/yaml',
  ...['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'Other'].map(meta),
];
/** `NOW` and `OLD` stand for versions that a server gave, `NEXT` for its token of a page. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  limit: ['0', '1', '2', '3', '-1', 'x', '', '500', '1.5', '99999999999999999999'],
  continue: ['', 'NEXT', 'NEXT', 'abc', 'e30', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ', '!'],
  resourceVersion: ['', '0', 'OLD', 'NOW', 'NOW', 'x', '-1'],
  resourceVersionMatch: ['', 'Exact', 'NotOlderThan', 'NotOlderThan', 'exact'],
  sendInitialEvents: ['true', 'true', 'false', '', 'x'],
  allowWatchBookmarks: ['true', 'true', 'false', '1', 'x'],
  watch: ['1', 'true', 'false', '0', 'x', ''],
  fieldSelector: [
    'metadata.name=a',
    'metadata.name!=a',
    'metadata.namespace=default',
    'metadata.namespace=other',
    'spec.x=1',
    'a',
    'metadata.name=a,metadata.name=b',
    '',
    'metadata.name==b',
    'metadata.name=%2F',
    'metadata.name=a%20b',
  ],
  labelSelector: ['l=1', 'l!=1', 'l', '!l', 'l in (1,2)', 'l notin (1)', 'l in (', 'l>1', '=', '', 'l=1,l=2', 'A/b/c', 'l=a b', 'l in ()'],
  includeObject: ['None', 'Metadata', 'Object', 'x', ''],
  pretty: ['1', 'true', '0', 'x'],
  timeoutSeconds: ['1', '1', 'x'],
  timeout: ['10s', 'x', ''],
  unknown: ['1'],
};

/** xorshift: the same numbers for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

interface Read {
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly accept: string;
}

function generated(next: (below: number) => number): Read {
  const pick = <T>(of: readonly [T, ...T[]] | readonly T[]): T => of[next(of.length)] as T;
  const names = Object.keys(parameters);
  const query = Array.from({ length: next(4) }, () => pick(names)).map((name) => [name, pick(parameters[name] ?? [''])] as const);
  const path = pick(paths);
  // A watch has to end.
  const isWatch = path.includes('/watch/') || query.some(([name]) => name === 'watch' || name === 'sendInitialEvents');
  const timed = isWatch && query.every(([name]) => name !== 'timeoutSeconds') ? ([['timeoutSeconds', '1']] as const) : [];
  return { path, query: [...query, ...timed], accept: pick(accepts) };
}

const kept = ['content-type', 'cache-control', 'warning', 'retry-after', 'x-content-type-options'];

/** An answer without what is of one server alone. */
function shown({ status, headers, text }: Answer): string {
  const told = kept.filter((name) => headers[name] !== undefined).map((name) => `${name}: ${String(headers[name])}`);
  const same = text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    .replace(/("?resourceVersion"?: ?")\d+"/g, '$1RV"')
    .replace(/(: )\d+(, current: )\d+/g, '$1RV$2RV')
    .replace(/too old resource version: \d+ \(\d+\)/g, 'too old resource version: RV')
    .replace(/"(?:\d+[smh])+"/g, '"AGE"')
    .replace(/("?continue"?: ?"?)([A-Za-z0-9_-]{20,})/g, (_all, before: string, token: string) => before + startOf(token));
  // Bookmarks of a watch that is about to end come when they come.
  const lines = same
    .split('\n')
    .map((each) => canonical(each))
    .filter((each) => each !== '' && (!each.includes('"type":"BOOKMARK"') || each.includes('initial-events-end')));
  return [String(status), ...told, ...(same.startsWith('{\n') ? [canonical(same)] : lines)].join('\n');
}

function startOf(token: string): string {
  return Buffer.from(token, 'base64url')
    .toString()
    .replace(/"rv":\d+/, 'RV')
    .replaceAll('"', "'");
}

function canonical(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

function template(name: string, labels: Readonly<Record<string, string>>): unknown {
  return {
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name, labels },
    template: { spec: { containers: [{ name: 'c', image: 'i' }] } },
  };
}

interface Marks {
  readonly OLD: string;
  readonly NOW: string;
  readonly NEXT: string;
}

test('reads with odd parameters are answered as the real server answers them', { timeout: 280_000 }, async (t) => {
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  const simulated = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  const { certificate, key } = simulated.authority.client('admin', ['system:masters']);
  const keys = [
    { url: cluster.server, ca: cluster.ca, cert: cluster.credentials.certificate, key: cluster.credentials.key },
    { url: simulated.url, ca: simulated.authority.certificate, cert: certificate, key },
  ];
  const servers = keys.map(({ url, ...options }): Server => ({ url, agent: new Agent({ keepAlive: true, ...options }) }));
  t.after(async () => {
    for (const { agent } of servers) agent.destroy();
    await simulated.stop();
  });
  const all = async (method: string, path: string, body?: unknown) => {
    for (const server of servers) await ask(server, method, path, 'application/json', body);
  };
  const field = (text: string, name: string) => new RegExp(`"${name}":"([^"]*)"`).exec(text)?.[1] ?? '';
  const versionOf = async (server: Server) => field((await ask(server, 'GET', `${namespace}?limit=1`, '')).text, 'resourceVersion');
  for (const [name, l] of [
    ['a', '1'],
    ['b', '2'],
    ['c', '1'],
    ['gone', '3'],
  ] as const)
    await all('POST', namespace, template(name, { l }));
  let old = await Promise.all(servers.map(versionOf));
  const next = random(Number(process.env.SEED ?? 7));
  const rounds = Math.ceil(Number(process.env.COUNT ?? 120) / 60);
  const differences: string[] = [];
  for (let round = 0; round < rounds; round++) {
    await all('PUT', `${namespace}/a`, template('a', { l: String(1 + (round % 2)), round: String(round) }));
    if (round % 2 === 0) await all('DELETE', `${namespace}/gone`);
    else await all('POST', namespace, template('gone', { l: '3' }));
    const marks = await Promise.all(
      servers.map(async (server, index): Promise<Marks> => {
        const { text } = await ask(server, 'GET', `${namespace}?limit=2`, '');
        return { OLD: old[index] ?? '', NOW: await versionOf(server), NEXT: field(text, 'continue') };
      }),
    );
    const left = Array.from({ length: 60 }, () => generated(next));
    const worker = async () => {
      for (let read = left.pop(); read !== undefined; read = left.pop()) {
        const { path, query, accept } = read;
        const asking = () =>
          Promise.all(
            servers.map((server, index) => {
              const filled = query.map(
                ([name, value]) =>
                  `${name}=${encodeURIComponent(marks[index]?.[value as keyof Marks] ?? value)
                    .replaceAll('%252F', '%2F')
                    .replaceAll('%2520', '%20')}`,
              );
              return ask(server, 'GET', `${path}${filled.length === 0 ? '' : `?${filled.join('&')}`}`, accept);
            }),
          );
        // A server that is slow may not get to an event before its watch is over.
        let [wanted = '', found = ''] = (await asking()).map(shown);
        for (let again = 0; again < 2 && wanted !== found; again++) [wanted = '', found = ''] = (await asking()).map(shown);
        if (wanted === found) continue;
        const [real, ours] = [wanted.split('\n'), found.split('\n')];
        const only = (of: readonly string[], than: readonly string[]) => of.filter((each) => !than.includes(each)).join('\n    ');
        const asked = query.map((each) => each.join('=')).join('&');
        differences.push(`${path}?${asked} as ${accept}\n  real ${only(real, ours)}\n  ours ${only(ours, real)}`);
      }
    };
    await Promise.all(Array.from({ length: 12 }, worker));
    old = marks.map(({ NOW }) => NOW);
  }
  assert.deepEqual(differences, []);
});
