// `cofferdam/policy`: what admission says of objects. Pod Security Standards and their admission, ValidatingAdmissionPolicies and
// MutatingAdmissionPolicies, recorded requests through candidate policies.

export type { AdmissionContext, AdmissionInput, AdmissionOperation, GroupVersionResource, ParamSource, UserInfo } from './admission.ts';
export { type AdmissionRequest, admissionRequest } from './admission-request.ts';
export { type Backtest, backtest } from './backtest.ts';
export { compilePolicies, isPolicyObject } from './compile.ts';
export type { CompiledPolicy, Outcome } from './compiled.ts';
export { type Judgement, judge, type Row } from './judge.ts';
export { type Mutated, mutateTwice } from './mutating/mutate.ts';
export { creation, kindsOf, snapshotContext } from './of-snapshot.ts';
export { podSecurityAdmission } from './pod-security/admission.ts';
export type { PodSecurityAnswer } from './pod-security/answer.ts';
export type { Level, Offence } from './pod-security/check.ts';
export { type PodSecurityConfiguration, readConfiguration } from './pod-security/configuration.ts';
export { type Evaluation, evaluate, forbiddenDetail, levelOf, offenceOf, type Violation } from './pod-security/evaluate.ts';
export { defaultPolicy, type LabelProblem, type LevelVersion, type PodSecurityPolicy, policyOf } from './pod-security/labels.ts';
export { type NamespaceLevel, type PodSecurityLevels, podSecurityLevels, type WorkloadLevel } from './pod-security/levels.ts';
export { type PolicySet, policySet } from './policy-set.ts';
export { recordedRequest } from './recorded.ts';
export { type ExpressionWarning, typeCheck } from './validating/type-check.ts';
export { type Refusal, type Verdict, validate } from './verdict.ts';
