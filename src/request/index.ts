// `cofferdam/request`: what an API server would answer to a request, at which stage and why, and what it would store.

export type { Answer, Refusal, StatusCause, StatusReason } from './answer.ts';
export { type Answered, answerWrite } from './pipeline.ts';
export type { ApiRequest } from './request.ts';
export { apiServer, defaultPlugins, type Server, type Serving } from './server.ts';
export { type Assembled, storeOf } from './store/of-snapshot.ts';
export type { Circumstances, GroupResource, State } from './store/state.ts';
export { memoryStore, type Store } from './store/store.ts';
export { refusalsOf } from './trace/refusals.ts';
export { type RequestTrace, type TraceStage, traceWrite } from './trace/trace.ts';
