// The second round of mutating admission: plugins that change objects on behalf of users ask for it, and then every mutating plugin looks at the
// object once more (k8s.io/apiserver/pkg/admission/reinvocation.go, 0.36).

import type { Attributes } from './plugin.ts';

const wanted = new WeakSet<Attributes>();
const begun = new WeakSet<Attributes>();

/** Asks for a second round; in the second round for none. */
export function requireSecondRound(attributes: Attributes): void {
  wanted.add(attributes);
}

/** True where a second round is due; it has begun then. */
export function beginSecondRound(attributes: Attributes): boolean {
  if (!wanted.has(attributes)) return false;
  begun.add(attributes);
  return true;
}

export function isSecondRound(attributes: Attributes): boolean {
  return begun.has(attributes);
}
