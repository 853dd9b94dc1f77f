// What an API server answers to a request: an object or a Status, the HTTP code, and the warnings beside it. Status as in
// k8s.io/apimachinery meta/v1 (1.36); the texts of messages are part of the interface, because clients print and compare them.

import type { JsonObject } from '../lib/json.ts';

/** `metav1.StatusReason`: the machine-readable why of a refusal. */
export type StatusReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'ServerTimeout'
  | 'Timeout'
  | 'TooManyRequests'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'Expired'
  | 'ServiceUnavailable'
  | '';

/** One cause of a Status: of a field, where the reason is the type of a field error. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** A refusal, as `kind: Status` carries it. */
export interface Refusal {
  readonly code: number;
  readonly reason: StatusReason;
  readonly message: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
}

/** The whole answer. Exactly one of `object`, `refusal` and `text` is there. */
export interface Answer {
  readonly code: number;
  readonly object?: JsonObject;
  readonly refusal?: Refusal;
  /** A body that is no JSON: the plain text for a path that nobody serves. */
  readonly text?: string;
  /** What nobody here could be asked, where the answer depends on it: the refusal then says so, and is not the server's. */
  readonly unknown?: string;
  /** Texts of the Warning headers, in order. */
  readonly warnings: readonly string[];
}
