// `cofferdam/request`: what an API server would answer to a request, at which stage and why, and what it would store.

export type { Attributes, Operation, Plugin } from './admission/plugin.ts';
export type { Happening, Observe } from './admission/run.ts';
export type { Answer, Refusal, StatusCause, StatusReason } from './answer.ts';
export type { Arrival } from './arrival.ts';
export type { Change } from './fields/changes.ts';
export type { FieldError } from './fields/error.ts';
export type { MadePods, NextStep } from './next/step.ts';
export { type Answered, answerWrite } from './pipeline.ts';
export type { ApiRequest, RequestBody, Requester } from './request.ts';
export type { NodeFit } from './scheduling/placement.ts';
export type { Candidate } from './scheduling/preemption.ts';
export { apiServer, defaultPlugins, type Server, type Serving, usualPlugins } from './server.ts';
export { type ServiceRanges, serviceRangesOf } from './services/ranges.ts';
export { type Assembled, storeOf } from './store/of-snapshot.ts';
export type { Circumstances, GroupResource, State } from './store/state.ts';
export { type Change as StoreChange, memoryStore, type Store } from './store/store.ts';
export type { Target } from './target.ts';
export type { Decision, TraceStage } from './trace/stages.ts';
export { type FollowedWrite, followWrite, type RequestTrace, traceWrite } from './trace/trace.ts';
export { refusalsOf } from './validate/refusals.ts';
export type { Writing } from './write/update.ts';
