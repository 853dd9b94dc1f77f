// Events of the played controllers, gathered as client-go gathers them (tools/record/events_cache.go): equal ones are counted, from the tenth
// unlike one of the same kind on they are one that is combined, and after a burst of twenty-five an object has no more. The scheduler's are
// of the newer kind, which carry one time.

import { randomUUID } from 'node:crypto';
import { asNumber, asString, dig, type JsonObject } from '../../../lib/json.ts';
import { rfc3339Micro } from '../../../lib/rfc3339.ts';
import { timestamp, type World } from '../world.ts';

export interface Happening {
  readonly component: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface Recorder {
  readonly note: (object: JsonObject, happening: Happening) => void;
  /** The same, but only one time as long as the object stays as it is: the real controllers say it each time that they look. */
  readonly once: (object: JsonObject, happening: Happening) => void;
  /** What the scheduler says of a pod. */
  readonly schedule: (pod: JsonObject, type: Happening['type'], reason: string, message: string) => void;
}

const events = { group: '', resource: 'events' };
const mostUnlike = 10;
const burst = 25;
const forgetAfter = 600_000;

interface Similar {
  readonly messages: Set<string>;
  last: number;
}

export function recorderOf({ store, clock }: World): Recorder {
  const similar = new Map<string, Similar>();
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  let tick = 0n;
  const nameFor = (object: JsonObject) => {
    tick = tick >= BigInt(clock.now()) * 1_000_000n ? tick + 1n : BigInt(clock.now()) * 1_000_000n;
    return `${asString(dig(object, 'metadata', 'name')) ?? ''}.${tick.toString(16).padStart(16, '0')}`;
  };
  const put = (namespace: string, name: string, event: JsonObject) => {
    const metadata = { name, namespace, uid: randomUUID(), creationTimestamp: timestamp(clock.now()) };
    store.put(events, namespace, name, { apiVersion: 'v1', kind: 'Event', metadata, ...event });
  };
  const told = new WeakMap<JsonObject, Set<string>>();
  const recorder: Recorder = {
    once(object, happening) {
      const before = told.get(object) ?? new Set();
      const key = JSON.stringify(happening);
      if (before.has(key)) return;
      told.set(object, before.add(key));
      recorder.note(object, happening);
    },
    note(object, { component, type, reason, message }) {
      const now = clock.now();
      const namespace = namespaceOf(object);
      const source = JSON.stringify([component, dig(object, 'metadata', 'uid')]);
      const kind = JSON.stringify([source, type, reason]);
      const known = similar.get(kind);
      const group = known === undefined || now - known.last > forgetAfter ? { messages: new Set<string>(), last: now } : known;
      similar.set(kind, group);
      group.last = now;
      group.messages.add(message);
      const isCombined = group.messages.size >= mostUnlike;
      // The real one forgets any of them; here it is the first.
      const [first] = group.messages;
      if (isCombined && first !== undefined) group.messages.delete(first);
      const shown = isCombined ? `(combined from similar events): ${message}` : message;
      const key = isCombined ? kind : JSON.stringify([kind, message]);
      const before = store.get(events, namespace, names.get(key) ?? '');
      if (before !== undefined) {
        const count = (asNumber(before.count) ?? 1) + 1;
        store.put(events, namespace, names.get(key) ?? '', { ...before, count, lastTimestamp: timestamp(clock.now()), message: shown });
        return;
      }
      const spent = (counts.get(source) ?? 0) + 1;
      if (spent > burst) return;
      counts.set(source, spent);
      const name = nameFor(object);
      names.set(key, name);
      put(namespace, name, {
        ...about(object, type, reason, shown),
        source: { component },
        firstTimestamp: timestamp(clock.now()),
        lastTimestamp: timestamp(clock.now()),
        count: 1,
        eventTime: null,
        reportingComponent: component,
        reportingInstance: '',
      });
    },
    schedule(pod, type, reason, message) {
      put(namespaceOf(pod), nameFor(pod), {
        ...about(pod, type, reason, message),
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
        eventTime: rfc3339Micro(clock.now()),
        action: reason === 'Scheduled' ? 'Binding' : reason === 'Preempted' ? 'Preempting' : 'Scheduling',
        reportingComponent: 'default-scheduler',
        reportingInstance: 'default-scheduler-simulated',
      });
    },
  };
  return recorder;
}

function namespaceOf(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'namespace')) ?? 'default';
}

function about(object: JsonObject, type: string, reason: string, message: string): JsonObject {
  const { apiVersion = '', kind = '' } = object;
  const { name = '', namespace, uid = '', resourceVersion = '' } = object.metadata as JsonObject;
  const involvedObject = { kind, ...(namespace === undefined ? {} : { namespace }), name, uid, apiVersion, resourceVersion };
  return { involvedObject, type, reason, message };
}
