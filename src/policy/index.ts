// `cofferdam/policy`: what admission policies say of objects. Pod Security Standards.

export type { Level, Offence } from './pod-security/check.ts';
export { type Evaluation, evaluate, forbiddenDetail, levelOf, offenceOf, type Violation } from './pod-security/evaluate.ts';
export { defaultPolicy, type LabelProblem, type LevelVersion, type PodSecurityPolicy, policyOf } from './pod-security/labels.ts';
export { type NamespaceLevel, type PodSecurityLevels, podSecurityLevels, type WorkloadLevel } from './pod-security/levels.ts';
