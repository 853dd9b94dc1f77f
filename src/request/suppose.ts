// A write that is only supposed: followed through all stages, and its outcome put into a store that is nobody's, for what comes after it. Webhooks
// are told that it is a dry run, and are asked once: both steps have the same UIDs, names and tokens.

import { asString, field } from '../lib/json.ts';
import type { Arrival } from './arrival.ts';
import { type MakeCall, repeatable, takenOnce, withCalls } from './calling.ts';
import { answerWrite } from './pipeline.ts';
import type { ApiRequest } from './request.ts';
import { giveServiceAccount } from './snapshot-state.ts';
import { type RequestTrace, traceWrite } from './trace.ts';
import type { Writing } from './update.ts';

/** The trace of a write; what it stores is in the store then. */
export function suppose(request: ApiRequest, writing: Writing, arrival: Arrival = {}): RequestTrace {
  const same = repeatable(writing.circumstances);
  const { eventLimits } = writing;
  const over: Writing = { ...writing, isSupposed: true, ...(eventLimits === undefined ? {} : { eventLimits: takenOnce(eventLimits) }) };
  const trace = traceWrite(request, { ...over, circumstances: same.again() }, arrival);
  if (!trace.allowed || trace.user === undefined) return trace;
  answerWrite({ ...request, user: trace.user }, { ...over, circumstances: same.again() });
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
