// Whether a request is worth another attempt, and when: what a busy server asks for with Retry-After is honoured within a minute in all,
// as client-go does; a connection that breaks is tried again a few times, since a rolling API server drops them.

import type { Refusal } from './refusal.ts';

/** Longest time spent on one request waiting for a busy server, in milliseconds. */
export const patience = 60_000;

/** Connections that break may be new ones tomorrow; a name that is not known or a wrong certificate will not change in a second. */
const passing = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Milliseconds to wait before another attempt; undefined where there should be none. */
export function waitBefore({ status, broken, retryAfter }: Refusal, attempt: number, retries: number, left: number): number | undefined {
  const doubling = 250 * 2 ** Math.min(attempt, 7);
  if (broken !== undefined) return passing.has(broken.code) && attempt < retries ? doubling : undefined;
  if (retryAfter === undefined) return (status === 429 || status === 503) && attempt < retries ? doubling : undefined;
  return attempt < 10 && retryAfter <= left ? retryAfter : undefined;
}

/** Waits, but not longer than the signal allows. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (signal?.aborted === true) end();
    else signal?.addEventListener('abort', end);
  });
}
