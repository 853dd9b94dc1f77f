// What one authenticator says, and the rules by which several are one (k8s.io/apiserver pkg/authentication/request/union, 1.36): they are
// asked in order, the first that knows the caller wins, and what the others found wrong is kept for the refusal.

import type { Identity } from '../impersonation.ts';

export type AuthenticatorName =
  | 'front proxy'
  | 'client certificate'
  | 'static token'
  | 'service account token'
  | 'bootstrap token'
  | 'JWT'
  | 'anonymous';

export interface Accepted {
  readonly kind: 'accepted';
  readonly authenticator: AuthenticatorName;
  readonly user: Identity;
  /** Audiences that both the token and the server name; empty where the authenticator knows none. */
  readonly audiences: readonly string[];
  /** What was taken to hold without being checked, as sentences. */
  readonly assumptions: readonly string[];
}

export interface Refused {
  readonly kind: 'refused';
  readonly errors: readonly string[];
}

/** Undefined: the credential is none of this authenticator's. */
export type Outcome = Accepted | Refused | undefined;

export const refused = (...errors: readonly string[]): Refused => ({ kind: 'refused', errors });

/** Asks each in order. `failFast`: the first that finds something wrong ends it. */
export function union(each: readonly (() => Outcome)[], failFast = false): Outcome {
  const errors: string[] = [];
  for (const ask of each) {
    const outcome = ask();
    if (outcome === undefined) continue;
    if (outcome.kind === 'accepted' || failFast) return outcome;
    errors.push(...outcome.errors);
  }
  return errors.length === 0 ? undefined : refused(...errors);
}

/** Errors as Kubernetes prints them together, each once. */
export function errorText(errors: readonly string[]): string {
  const each = [...new Set(errors)];
  return each.length === 1 ? (each[0] ?? '') : `[${each.join(', ')}]`;
}

/** Whom a credential stands for. */
export function identity(
  name: string,
  groups: readonly string[] = [],
  uid = '',
  extra: Readonly<Record<string, readonly string[]>> = {},
): Identity {
  return { name, groups, uid, extra };
}

export const credentialIdKey = 'authentication.kubernetes.io/credential-id';
