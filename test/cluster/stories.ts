// Stories for two servers at once: each step is asked of the real control plane and of the simulated one, and then both are looked at until
// they say the same. How long the controllers take is no difference; only what still differs after a long time is one.

import { asList, asObject, asString, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import type { Cluster } from './cluster.ts';

type Api = Cluster['api'];

/** `NS` stands for the story's namespace wherever it is written. */
export type Step = readonly [method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: JsonObject];

export interface Story {
  readonly what: string;
  /** Each is done when both servers have come to say the same of the steps before. */
  readonly steps: readonly (Step | readonly Step[])[];
  /** Collections that are compared; of those that stand in no namespace, objects whose names hold `NS`. */
  readonly looks: readonly string[];
  /** Whether what the controllers said in events is compared; where it is a pattern, reasons that fit it. */
  readonly events?: boolean | RegExp;
  /** What must be seen at the end, where waiting for it is the point. */
  readonly ends?: RegExp;
  /** Keys of objects that are not compared, besides those no two servers share. */
  readonly leaves?: readonly string[];
  /** Milliseconds until a difference is believed. */
  readonly patience?: number;
}

const usualPatience = 90_000;
/** Looks in which both say the same before the story goes on: one may not have begun. */
const steady = 5;
const pause = 400;

/** Where the two servers still differ after all steps, or have to after one of them; undefined where they agree. */
export async function difference(story: Story, namespace: string, real: Api, ours: Api): Promise<string | undefined> {
  const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await Promise.all([real, ours].map((api) => api('POST', '/api/v1/namespaces', made)));
  for (const api of [real, ours]) await accountOf(api, namespace);
  for (const [at, given] of story.steps.entries()) {
    const steps = typeof given[0] === 'string' ? [given as Step] : (given as readonly Step[]);
    for (const step of steps) {
      const [method, path, body] = JSON.parse(JSON.stringify(step).replaceAll('NS', namespace)) as Step;
      const answers = await Promise.all([real, ours].map((api) => api(method, path, body)));
      const [wanted, got] = answers.map(({ status, body: answer }) => `${status} ${status < 400 ? '' : dig(answer as Json, 'message')}`);
      if (wanted !== got) return `${story.what}: step ${at + 1} ends as ${wanted} there and as ${got} here`;
    }
    const ends = at === story.steps.length - 1 ? story.ends : undefined;
    const left = await apart(story, namespace, real, ours, ends);
    if (left !== undefined) return `${story.what}: after step ${at + 1}\n${left}`;
  }
  return undefined;
}

/** Waits until the namespace has its account, without which no pod is made. */
export async function accountOf(api: Api, namespace: string): Promise<void> {
  for (let looks = 0; looks < 200; looks++) {
    if ((await api('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`)).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function apart(story: Story, namespace: string, real: Api, ours: Api, ends = /(?:)/): Promise<string | undefined> {
  let [wanted, got] = ['', ''];
  const end = Date.now() + (story.patience ?? usualPatience);
  for (let same = 0; same < steady; ) {
    [wanted = '', got = ''] = await Promise.all([real, ours].map((api) => seen(api, story, namespace)));
    same = wanted === got && ends.test(wanted) ? same + 1 : 0;
    if (same === 0 && Date.now() > end) return `--- real\n${wanted}\n--- played\n${got}`;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return undefined;
}

async function seen(api: Api, story: Story, namespace: string): Promise<string> {
  const lists = await Promise.all(
    story.looks.map(async (look) => {
      const path = look.replaceAll('NS', namespace);
      const items = asList(field((await api('GET', path)).body as Json, 'items'));
      const own = path.includes(namespace)
        ? items
        : items.filter((each) => (asString(dig(each, 'metadata', 'name')) ?? '').includes(namespace));
      return own.map((each) => JSON.stringify(plain(isPod(each) ? shownPod(each) : each, new Set(story.leaves)), undefined, 1)).sort();
    }),
  );
  const said = story.events === undefined || story.events === false ? [] : await events(api, namespace, story.events);
  return [...lists.flat(), ...said]
    .map((text) => alike(text))
    .sort()
    .join('\n');
}

function isPod(object: Json): boolean {
  return dig(object, 'spec', 'containers') !== undefined;
}

/** What controllers make of a pod; the rest is the server's. Of a pod that has succeeded kwok says that it is ready; no kubelet does. */
function shownPod(pod: Json): JsonObject {
  const phase = dig(pod, 'status', 'phase') ?? '';
  const isEnded = (condition: Json) => phase === 'Succeeded' && field(condition, 'type') === 'Ready';
  const { metadata, status } = asObject(pod);
  const volumes = asList(dig(pod, 'spec', 'volumes')).filter((each) => field(each, 'projected') === undefined);
  return {
    metadata: { ...asObject(metadata), uid: '' },
    volumes,
    phase,
    conditions: asList(field(status, 'conditions')).filter((each) => !isEnded(each)),
  };
}

/** What was said, of what, by whom: each once, as how often is a matter of time. */
async function events(api: Api, namespace: string, wanted: true | RegExp): Promise<readonly string[]> {
  const items = asList(field((await api('GET', `/api/v1/namespaces/${namespace}/events`)).body as Json, 'items'));
  const lines = items
    .map((each) => asObject(each))
    .filter(({ reason }) => wanted === true || wanted.test(String(reason)))
    .map(({ type, reason, message, involvedObject: of, reportingComponent, source }) => {
      const component = asString(field(source, 'component')) ?? asString(reportingComponent) ?? '';
      return `event ${type} ${reason} ${field(of, 'kind')} ${asString(field(of, 'name')) ?? ''} by ${component}: ${message}`;
    });
  return [...new Set(lines.map(alike))];
}

const others: ReadonlySet<string> = new Set([
  ...['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'deletionTimestamp', 'selfLink'],
  ...['topology.kubernetes.io/zone', 'endpoints.kubernetes.io/last-change-trigger-time', 'lastProbeTime'],
]);
const times = /^(?:last\w*Time|startTime|startedAt|finishedAt|completionTime|timeAdded|since)$/;

function plain(value: Json, leaves: ReadonlySet<string>): Json {
  if (Array.isArray(value)) return value.map((each) => plain(each, leaves));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !others.has(key) && !times.test(key) && !leaves.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, unordered.has(key) ? sorted(plain(each as Json, leaves)) : plain(each as Json, leaves)])
      .filter(([key, each]) => key !== 'annotations' || JSON.stringify(each) !== '{}'),
  );
}

/** Lists whose order is nobody's promise. */
const unordered: ReadonlySet<string> = new Set(['ports', 'endpoints', 'addresses', 'notReadyAddresses', 'subsets', 'conditions']);

function sorted(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return value.map((each) => alike(JSON.stringify(each))).sort();
}

/** Names that are drawn, addresses, nodes and UIDs. */
function alike(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/\b10\.(?:0|244)\.\d+\.\d+\b/g, 'ADDRESS')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, 'TIME')
    .replace(/0\/\d+ nodes are available: [^"]*/g, 'NODES')
    .replace(/\bnode-[123]\b/g, 'NODE')
    .replace(/\bzone-[012]\b/g, 'ZONE')
    .replace(/\b(x[\w-]*)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-RANDOM');
}
