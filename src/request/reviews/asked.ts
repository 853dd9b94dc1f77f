// What every review begins with: its options and body, read as of any create, and what admission plugins are told of it.

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Attributes, Operation } from '../admission/plugin.ts';
import type { Answer } from '../answer.ts';
import { decodeRequest } from '../decode/decode.ts';
import { type ApiRequest, isDryRun } from '../request.ts';
import { refused } from '../status.ts';
import type { Target } from '../target.ts';
import { writeOptions } from '../write/operation-options.ts';
import { optionsRefusal } from '../write/options.ts';
import type { Writing } from '../write/update.ts';

/** What admission is told. */
export function attributesOf(
  target: Target,
  request: ApiRequest,
  writing: Writing,
  operation: Operation,
  object: Struct | undefined,
): Attributes {
  return {
    operation,
    target,
    serving: writing,
    user: request.user,
    name: target.name,
    namespace: target.namespace,
    object,
    old: undefined,
    options: operation === 'CREATE' ? writeOptions('CreateOptions', request) : {},
    dryRun: isDryRun(request),
    warnings: [],
    unknown: [],
    audit: new Map(),
  };
}

/** The body, or the refusal of what is none. */
export function decoded(target: Target, request: ApiRequest, writing: Writing): { readonly object: Struct } | Answer {
  const unfit = optionsRefusal('CreateOptions', request);
  if (unfit !== undefined) return refused(unfit);
  const result = decodeRequest(request, target, writing);
  return result.ok ? { object: result.value.object } : refused(result.problem);
}
