// An expression of a policy, compiled with the type it must have (k8s.io/apiserver/pkg/admission/plugin/cel). One that does not compile is
// kept with its error, because a policy with it is one that fails, not one that is absent.

import type { Environment } from '../../languages/cel/environment.ts';
import { issueText } from '../../languages/cel/issue-text.ts';
import { compile, type Program } from '../../languages/cel/program.ts';
import { sameType, type Type, typeText } from '../../languages/cel/type.ts';

export interface Expression {
  readonly source: string;
  /** Undefined where it does not compile. */
  readonly program: Program | undefined;
  readonly error: string | undefined;
}

/** Compiles an expression that must have one of the types; with none given, any will do. */
export function compileExpression(source: string, environment: Environment, wanted: readonly Type[] = []): Expression {
  const compiled = compile(source, environment);
  if (!compiled.ok)
    return { source, program: undefined, error: issueText(source, compiled, 'compilation failed', 'program instantiation failed') };
  const { program } = compiled;
  if (wanted.length > 0 && !wanted.some((type) => sameType(type, program.type))) {
    const [only] = wanted;
    const texts = wanted.length === 1 && only !== undefined ? typeText(only) : `one of [${wanted.map(typeText).join(' ')}]`;
    return { source, program: undefined, error: `must evaluate to ${texts} but got ${typeText(program.type)}` };
  }
  return { source, program, error: undefined };
}
