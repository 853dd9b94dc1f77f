// Semantic validation of one kind: the checks that live in the API server's Go code and in no published schema. A validator gets objects that
// are decoded, defaulted and admitted, so it never sees a wrong type, but must not throw on one either.

import type { Features } from '../../kube/version/feature-gates.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { FieldError } from '../fields/error.ts';
import type { CheckSignature } from '../signatures.ts';
import type { State } from '../store/state.ts';

/** What validation may look at besides the object. */
export interface ValidationContext {
  /** `1.36`. */
  readonly version: string;
  /** Which checks are made: the feature gates of the server. */
  readonly features: Features;
  readonly apiVersion: string;
  readonly state: State;
  /** `--allow-privileged` of the API server. */
  readonly allowPrivileged: boolean;
  readonly serviceClusterIpRanges: readonly string[];
  /** `--service-node-port-range`, both ends included. */
  readonly nodePortRange: readonly [number, number];
  readonly dryRun: boolean;
  /** The time of the request, RFC 3339. */
  readonly now: string;
  /** Checks signatures, where the shell has given somebody who can. */
  readonly checkSignature?: CheckSignature;
  /** Told what could not be checked, as a sentence. */
  readonly unsure?: (why: string) => void;
  /** The user of the request, where validation asks for it (certificates). */
  readonly username: string;
}

export interface Validator {
  /** Errors of a new object, in the server's order, those of metadata among them. `createErrors` asks what is common to all kinds too. */
  readonly create: (object: JsonObject, context: ValidationContext) => readonly FieldError[];
  /** Errors of an update. `subresource` is '' for the object itself. `updateErrors` asks what is common to all kinds too. */
  readonly update: (object: JsonObject, old: JsonObject, context: ValidationContext, subresource: string) => readonly FieldError[];
  /** Warnings that the kind's strategy returns beside the answer; `subresource` is '' for the object itself. */
  readonly warnings?: (
    object: JsonObject,
    old: JsonObject | undefined,
    context: ValidationContext,
    subresource: string,
  ) => readonly string[];
}
