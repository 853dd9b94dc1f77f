// EventRateLimit: events are taken as fast as token buckets allow, of the whole server, of a namespace, a user, or of one source about one object
// (plugin/pkg/admission/eventratelimit, Kubernetes 1.36). Time comes in from outside. Buckets of other keys than the last few are forgotten.

import { type Struct, structAt, textIn } from '../../kube/schema/defaults/struct.ts';
import type { Refusal } from '../answer.ts';
import type { Attributes, Plugin } from './plugin.ts';

export type LimitType = 'Server' | 'Namespace' | 'User' | 'SourceAndObject';

export interface EventLimit {
  readonly type: LimitType;
  /** Events a second. */
  readonly qps: number;
  readonly burst: number;
  readonly cacheSize: number;
}

export interface EventLimits {
  readonly limits: readonly EventLimit[];
  /** Takes a token out of the bucket of a key, where there is one. */
  readonly accept: (limit: number, key: string) => boolean;
}

const defaultCacheSize = 4096;

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  last: number;
}

/** Full buckets; `now` gives milliseconds. */
export function eventLimits(limits: readonly EventLimit[], now: () => number): EventLimits {
  const buckets = limits.map(() => new Map<string, Bucket>());
  return {
    limits,
    accept(index, key) {
      const limit = limits[index];
      const kept = buckets[index];
      if (limit === undefined || kept === undefined) return true;
      const time = now();
      const bucket = kept.get(key) ?? { tokens: limit.burst, last: time };
      kept.delete(key);
      kept.set(key, bucket);
      const most = limit.cacheSize > 0 ? limit.cacheSize : defaultCacheSize;
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break;
        kept.delete(oldest);
      }
      bucket.tokens = Math.min(limit.burst, bucket.tokens + (Math.max(0, time - bucket.last) / 1000) * limit.qps);
      bucket.last = time;
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}

export const eventRateLimit: Plugin = {
  name: 'EventRateLimit',
  validate: (attributes) => {
    const { target, operation, dryRun, serving } = attributes;
    // Events of events.k8s.io are of a kind of their own group, which the plugin does not look at.
    if (target.group !== '' || target.kind !== 'Event' || (operation !== 'CREATE' && operation !== 'UPDATE')) return undefined;
    const { eventLimits: known } = serving;
    if (known === undefined || dryRun) return undefined;
    const reached = known.limits.flatMap((limit, index) => {
      const key = keyOf(limit.type, attributes);
      return known.accept(index, key) ? [] : [`limit reached on type ${limit.type} for key ${key}`];
    });
    return reached.length === 0 ? undefined : tooMany(reached.length === 1 ? (reached[0] ?? '') : `[${[...new Set(reached)].join(', ')}]`);
  },
};

function tooMany(message: string): Refusal {
  return { code: 429, reason: 'TooManyRequests', message: `Too many requests: ${message}` };
}

function keyOf(type: LimitType, { namespace, user, object }: Attributes): string {
  switch (type) {
    case 'Server':
      return '';
    case 'Namespace':
      return namespace;
    case 'User':
      return user.name;
    case 'SourceAndObject':
      return object === undefined ? '' : sourceAndObject(object);
  }
}

function sourceAndObject(event: Struct): string {
  const source = structAt(event, 'source');
  const involved = structAt(event, 'involvedObject');
  const about = ['kind', 'namespace', 'name', 'uid', 'apiVersion'].map((key) => textIn(involved, key));
  return [textIn(source, 'component'), textIn(source, 'host'), ...about].join('');
}
