// What an admission plugin is: it may change the object of a write, and may refuse it before or after it is validated
// (k8s.io/apiserver/pkg/admission, 1.36).

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import type { Requester } from '../request.ts';
import type { Serving } from '../server.ts';
import type { Target } from '../target.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A write on its way through admission. */
export interface Attributes {
  readonly operation: Operation;
  readonly target: Target;
  readonly serving: Serving;
  readonly user: Requester;
  /** '' where the server is still to make the name. */
  readonly name: string;
  /** Of the request; a Namespace is in itself. */
  readonly namespace: string;
  /** Decoded and defaulted; mutating plugins change it. Undefined for deletes. */
  readonly object: Struct | undefined;
  readonly old: JsonObject | undefined;
  /** Of the delete, patch or create options. */
  readonly options: JsonObject;
  readonly dryRun: boolean;
  readonly warnings: string[];
  /** What would decide too and cannot be asked here, as sentences. */
  readonly unknown?: string[];
  /** Annotations of the audit event. */
  readonly audit: Map<string, string>;
  /** What else refuses, where several do and one is answered. */
  alsoRefused?: readonly string[];
}

export interface Plugin {
  readonly name: string;
  /** May change `attributes.object`. */
  readonly admit?: (attributes: Attributes) => Refusal | undefined;
  readonly validate?: (attributes: Attributes) => Refusal | undefined;
}
