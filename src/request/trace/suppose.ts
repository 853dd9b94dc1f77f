// A write that is only supposed: followed through all stages, and its outcome put into a store that is nobody's, for what comes after it.
// Webhooks are told that it is a dry run.

import { asString, field } from '../../lib/json.ts';
import type { Arrival } from '../arrival.ts';
import { type MakeCall, withCalls } from '../calls/calling.ts';
import type { ApiRequest } from '../request.ts';
import { giveServiceAccount } from '../store/of-snapshot.ts';
import type { Writing } from '../write/update.ts';
import { followWrite, type RequestTrace } from './trace.ts';

/** The trace of a write; what it stores is in the store then. */
export function suppose(request: ApiRequest, writing: Writing, arrival: Arrival = {}): RequestTrace {
  const { trace, store } = followWrite(request, writing, arrival);
  if (!trace.allowed) return trace;
  store();
  // What comes into a new namespace next finds what its controllers have made there by then.
  const { object } = trace.answer;
  if (object?.kind === 'Namespace' && object.apiVersion === 'v1' && request.method !== 'DELETE')
    giveServiceAccount(writing.store, asString(field(object.metadata, 'name')) ?? '');
  return trace;
}

/** What `run` gives, with webhooks asked where `makeCall` is given; undefined where that does not come to an end. */
export async function supposedly<T>(
  writing: Writing,
  makeCall: MakeCall | undefined,
  run: (writing: Writing) => T,
): Promise<T | undefined> {
  return makeCall === undefined ? run(writing) : withCalls(writing, makeCall, run);
}
