// One watch stream: events of one resource from a resourceVersion on. Kubernetes API concepts, "Efficient detection of changes": bookmarks
// tell how far the stream has come while nothing changes; 410, as status or as ERROR event, means the history is gone. A stream that is
// silent for longer than bookmarks ever are is taken for half-closed and ended, so that the caller goes on from where it was.

import { asNumber, asString, dig, field, type Json } from '../../lib/json.ts';
import type { Connection } from './connection.ts';
import { type ResourceType, resourceName } from './discovery.ts';
import { readLines } from './http.ts';
import { resourcePath } from './list.ts';
import { badAnswer, type Refusal, refused, unanswered } from './refusal.ts';

export type WatchEvent =
  | { readonly kind: 'change'; readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Json; readonly resourceVersion: string }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string }
  /** The last event of a stream that did not end by itself. */
  | { readonly kind: 'broken'; readonly refusal: Refusal };

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Seconds after which the server ends the stream. Default 290, below what load balancers usually allow. */
  readonly timeoutSeconds?: number;
  /** Milliseconds of silence after which the stream counts as dead. Bookmarks come about once a minute. Default 150,000. */
  readonly silence?: number;
  readonly signal?: AbortSignal;
}

/** Opens a stream and yields its events until it ends, by itself or broken. */
export async function* watch(
  connection: Connection,
  type: ResourceType,
  resourceVersion: string,
  options: WatchOptions = {},
): AsyncGenerator<WatchEvent> {
  const seconds = options.timeoutSeconds ?? 290;
  const right = `watch ${resourceName(type)}`;
  const head = await connection.open({
    path: resourcePath(type, options.namespace),
    query: {
      watch: '1',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(seconds),
      resourceVersion,
      ...(options.labelSelector === undefined ? {} : { labelSelector: options.labelSelector }),
    },
    right,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (!head.ok) {
    yield { kind: 'broken', refusal: head.problem };
    return;
  }
  const limits = { ...connection.limits, silence: options.silence ?? 150_000, total: (seconds + 60) * 1000, bytes: 32 * 1024 * 1024 };
  try {
    for await (const line of readLines(head.value, limits)) {
      if (!line.ok) {
        yield { kind: 'broken', refusal: unanswered(connection.server, line.problem) };
        return;
      }
      const event = eventOf(connection, line.value, right);
      if (event === undefined) continue;
      yield event;
      if (event.kind === 'broken') return;
    }
  } finally {
    head.value.end();
  }
}

function eventOf(connection: Connection, line: string, right: string): WatchEvent | undefined {
  if (line.trim() === '') return undefined;
  const event = parsed(line);
  const type = field(event, 'type');
  const object = field(event, 'object');
  const resourceVersion = asString(dig(object, 'metadata', 'resourceVersion')) ?? '';
  if (type === 'BOOKMARK') return { kind: 'bookmark', resourceVersion };
  if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') && object !== undefined)
    return { kind: 'change', type, object, resourceVersion };
  if (type === 'ERROR')
    return { kind: 'broken', refusal: refused(connection.server, asNumber(field(object, 'code')) ?? 500, object, right, '') };
  return { kind: 'broken', refusal: badAnswer(connection.server, 200, 'the watch holds something that is no event') };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
