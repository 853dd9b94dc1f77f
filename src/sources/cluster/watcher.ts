// A resource kept up to date: list, then watch from there, for as long as it is wanted. Streams that end are opened again from the last
// resourceVersion; when the history is gone (410) the list is read anew and the difference told, so that no deletion is missed.
// Objects come as `ingest` makes them: Secrets without values.

import type { KubeObject } from '../../kube/object.ts';
import { asString, dig } from '../../lib/json.ts';
import type { Problem } from '../../lib/problem.ts';
import type { Connection } from './connection.ts';
import type { ResourceType } from './discovery.ts';
import { type Ingestion, ingest } from './ingest.ts';
import { list } from './list.ts';
import { isSlow } from './outcome.ts';
import type { Refusal } from './refusal.ts';
import { pause } from './retry.ts';
import { type WatchOptions, watch } from './watch.ts';

export type Change =
  | { readonly kind: 'added' | 'modified'; readonly type: ResourceType; readonly object: KubeObject }
  /** `object` is the last state where the server told it; after a gap only the name is known. */
  | {
      readonly kind: 'deleted';
      readonly type: ResourceType;
      readonly namespace: string;
      readonly name: string;
      readonly object?: KubeObject;
    }
  /** Everything there was at `resourceVersion` has been told. */
  | { readonly kind: 'synced'; readonly type: ResourceType; readonly resourceVersion: string }
  /** Something went wrong; the watcher goes on by itself. */
  | { readonly kind: 'problem'; readonly type: ResourceType; readonly problem: Problem };

export interface WatcherOptions extends WatchOptions {
  readonly ingestion: Ingestion;
  /** Milliseconds before the second attempt after a failure, doubling up to `longestPause`. Defaults 800 and 30,000. */
  readonly firstPause?: number;
  readonly longestPause?: number;
  readonly signal: AbortSignal;
}

/** Yields what is there and then every change, until the signal ends it. */
export async function* follow(connection: Connection, type: ResourceType, options: WatcherOptions): AsyncGenerator<Change> {
  const told = new Map<string, string>();
  let at = '';
  let mustList = true;
  let failures = 0;
  while (!options.signal.aborted) {
    if (failures > 0) await pause(backoff(failures - 1, options), options.signal);
    if (mustList) {
      const answer = await list(connection, type, options.ingestion, { ...options, ...(at === '' ? {} : { notOlderThan: at }) });
      if (options.signal.aborted) return;
      for (const problem of answer.problems) yield { kind: 'problem', type, problem };
      if (answer.refusal !== undefined) {
        yield { kind: 'problem', type, problem: answer.refusal.problem };
        if (isLost(answer.refusal)) at = '';
        failures++;
        continue;
      }
      yield* difference(told, type, answer.objects);
      at = answer.resourceVersion;
      mustList = false;
      yield { kind: 'synced', type, resourceVersion: at };
    }
    const opened = Date.now();
    let refusal: Refusal | undefined;
    for await (const event of watch(connection, type, at, options)) {
      if (event.kind === 'broken') {
        refusal = event.refusal;
        continue;
      }
      failures = 0;
      if (event.resourceVersion !== '') at = event.resourceVersion;
      if (event.kind === 'change') yield* changed(told, type, event.type, ingest(event.object, type, options.ingestion));
    }
    if (options.signal.aborted) return;
    if (refusal !== undefined && isLost(refusal)) {
      mustList = true;
      if (refusal.status !== 410) at = '';
    }
    if (refusal !== undefined && refusal.status !== 410 && !isSlow(refusal)) yield { kind: 'problem', type, problem: refusal.problem };
    if (refusal !== undefined || Date.now() - opened < 1000) failures++;
  }
}

/** The place in history is gone, or the server cannot make sense of it: only a new list helps. A restored backup answers 504. */
function isLost({ status }: Refusal): boolean {
  return status === 410 || status === 400 || status === 500 || status === 504;
}

/** What a list says that was not told yet. */
function* difference(told: Map<string, string>, type: ResourceType, objects: readonly KubeObject[]): Generator<Change> {
  const present = new Set<string>();
  for (const object of objects) {
    const key = keyOf(object);
    present.add(key);
    const known = told.get(key);
    const version = versionOf(object);
    told.set(key, version);
    if (known === undefined) yield { kind: 'added', type, object };
    else if (known !== version) yield { kind: 'modified', type, object };
  }
  for (const key of told.keys()) {
    if (present.has(key)) continue;
    told.delete(key);
    const [namespace = '', name = ''] = key.split('/');
    yield { kind: 'deleted', type, namespace, name };
  }
}

function* changed(
  told: Map<string, string>,
  type: ResourceType,
  verb: 'ADDED' | 'MODIFIED' | 'DELETED',
  object: KubeObject | undefined,
): Generator<Change> {
  if (object === undefined) return;
  const key = keyOf(object);
  const known = told.get(key);
  const version = versionOf(object);
  if (verb === 'DELETED') {
    told.delete(key);
    const [namespace = '', name = ''] = key.split('/');
    yield { kind: 'deleted', type, namespace, name, object };
  } else if (known !== version) {
    told.set(key, version);
    yield { kind: known === undefined ? 'added' : 'modified', type, object };
  }
}

function keyOf(object: KubeObject): string {
  return `${asString(dig(object, 'metadata', 'namespace')) ?? ''}/${asString(dig(object, 'metadata', 'name')) ?? ''}`;
}

function versionOf(object: KubeObject): string {
  return asString(dig(object, 'metadata', 'resourceVersion')) ?? '';
}

/** Doubling, with up to half of it by chance, so that many watchers do not come back at once. */
function backoff(failures: number, { firstPause = 800, longestPause = 30_000 }: WatcherOptions): number {
  return Math.min(longestPause, firstPause * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
}
