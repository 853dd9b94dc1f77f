// How much the copies of one JSON patch may add: copies of copies double with each step (JSONPatchMaxCopyBytes of k8s.io/apiserver, 1.36).

import type { Json } from '../../lib/json.ts';

const most = 3 * 1024 * 1024;

/** Counts the bytes of copies; says in the server's words when they are too many. */
export function copyLimit(): (copied: Json) => string | undefined {
  let total = 0;
  return (copied) => {
    // No value is much larger than the document with what may be copied.
    total += new TextEncoder().encode(JSON.stringify(copied)).length;
    return total > most ? `Unable to copy, the accumulated size increase of copy is ${total}, exceeding the limit ${most}` : undefined;
  };
}
