// `cofferdam/request`: what an API server would answer to a request, at which stage and why, and what it would store.

export type { Answer, Refusal, StatusCause, StatusReason } from './answer.ts';
export { type Answered, answerWrite } from './pipeline.ts';
export { refusalsOf } from './refusals.ts';
export type { ApiRequest } from './request.ts';
export { apiServer, defaultPlugins, type Server, type Serving } from './server.ts';
export { type Assembled, storeOf } from './snapshot-state.ts';
export type { Circumstances, GroupResource, State } from './state.ts';
export { memoryStore, type Store } from './store.ts';
export { type RequestTrace, type TraceStage, traceWrite } from './trace.ts';
