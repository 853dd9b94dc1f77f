// One request to an API server, as it arrives after authentication: method, path, query, body, and who asks.

import type { User } from '../identity/subjects.ts';
import type { Json } from '../lib/json.ts';

/** A body: text as it was sent, or JSON that was never text. The second spares reading and keeps no odd spelling of numbers. */
export type RequestBody = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'json'; readonly value: Json };

export interface ApiRequest {
  /** `POST`, in capitals. */
  readonly method: string;
  /** Without the query: `/api/v1/namespaces/shop/pods`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** `application/json` where absent. */
  readonly contentType?: string;
  readonly body?: RequestBody;
  readonly user: Requester;
  readonly userAgent?: string;
}

/** Who asks, with what only some objects record of it. */
export interface Requester extends User {
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** How unknown and repeated fields are treated: warned of, unless the query says otherwise. */
export function fieldValidationOf({ query }: ApiRequest): FieldValidation {
  const wanted = Object.hasOwn(query, 'fieldValidation') ? query.fieldValidation : undefined;
  return wanted === 'Ignore' || wanted === 'Strict' ? wanted : 'Warn';
}

/** True where nothing is to be stored. */
export function isDryRun({ query }: ApiRequest): boolean {
  return Object.hasOwn(query, 'dryRun') && query.dryRun === 'All';
}
