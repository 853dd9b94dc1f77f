// `cofferdam/cel`: Kubernetes' CEL of every release: compile, evaluate with the API server's cost, estimate.

export { type Environment, extend } from './environment.ts';
export { kubernetesEnvironment } from './kubernetes.ts';
export { type Compiled, compile, type Diagnostic, type Evaluation, type Program, preferBackEnd } from './program.ts';
export { types } from './type.ts';
export { CelError, type Value } from './value.ts';
