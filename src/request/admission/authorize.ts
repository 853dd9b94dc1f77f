// Questions that plugins ask the authorizers about the user of the request.

import { type AccessReview, can } from '../../identity/access-review.ts';
import { type RequestAttributes, request } from '../../identity/rules.ts';
import type { Attributes } from './plugin.ts';

/** What the authorizers say of the user of the request; undefined where nobody can be asked. */
export function asked({ serving, user }: Attributes, wanted: RequestAttributes): AccessReview | undefined {
  const snapshot = serving.access?.();
  return snapshot === undefined ? undefined : can(snapshot, user, wanted);
}

/** True where the user may do this to a signer, or to all of its domain (pkg/registry/certificates, 1.36). */
export function mayActFor(attributes: Attributes, verb: string, signer: string): boolean {
  const wildcard = `${signer.split('/')[0] ?? ''}/*`;
  return [signer, wildcard].some((name) => {
    const review = asked(attributes, request(verb, 'certificates.k8s.io', 'signers', { name }));
    return review === undefined || review.allowed;
  });
}
