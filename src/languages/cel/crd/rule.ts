// One rule of `x-kubernetes-validations`, compiled for the place in the schema where it stands.

import { asString, field, type Json, type JsonObject } from '../../../lib/json.ts';
import type { Node } from '../ast.ts';
import { type Environment, extend } from '../environment.ts';
import { estimateCost } from '../estimate.ts';
import { issueText } from '../issue-text.ts';
import { compile, type Program } from '../program.ts';
import { optionalOf } from '../type.ts';
import { children } from '../walk.ts';
import { readFieldPath, type Segment } from './field-path.ts';
import { type Declaration, sizesOf } from './schema.ts';

export interface CompiledRule {
  readonly rule: string;
  readonly message: string;
  readonly reason: string | undefined;
  readonly optionalOldSelf: boolean;
  /** Undefined where the rule is empty or does not compile. */
  readonly program: Program | undefined;
  readonly error: string | undefined;
  /** A transition rule: it runs only on updates. */
  readonly usesOldSelf: boolean;
  readonly maxCost: bigint;
  readonly messageProgram: Program | undefined;
  readonly messageMaxCost: bigint;
  readonly messageError: string | undefined;
  readonly fieldPath: readonly Segment[];
}

export function compileRule(json: Json, schema: JsonObject, declaration: Declaration, base: Environment): CompiledRule {
  const rule = asString(field(json, 'rule')) ?? '';
  const optionalOldSelf = field(json, 'optionalOldSelf') === true;
  const { type } = declaration;
  const environment = extend(base, { variables: { self: type, oldSelf: optionalOldSelf ? optionalOf(type) : type } });
  const path = readFieldPath(asString(field(json, 'fieldPath')) ?? '', schema);
  const common = {
    rule,
    message: (asString(field(json, 'message')) ?? '').trim(),
    reason: asString(field(json, 'reason')),
    optionalOldSelf,
    fieldPath: path.ok ? path.value : [],
  };
  const failed = (error: string | undefined): CompiledRule => ({
    ...common,
    program: undefined,
    error,
    usesOldSelf: false,
    maxCost: 0n,
    messageProgram: undefined,
    messageMaxCost: 0n,
    messageError: undefined,
  });
  if (rule.trim() === '') return failed(undefined);
  const compiled = compile(rule, environment);
  if (!compiled.ok) return failed(issueText(rule, compiled, 'compilation failed', 'program instantiation failed'));
  const { program } = compiled;
  if (program.type.kind !== 'bool') return failed('cel expression must evaluate to a bool');
  const costOf = ({ node, checked }: Program): bigint =>
    checked === undefined ? 0n : estimateCost(node, checked, sizesOf(declaration)).max;
  const message = compileMessage(asString(field(json, 'messageExpression')) ?? '', environment);
  return {
    ...common,
    program,
    error: undefined,
    usesOldSelf: names(program.node, 'oldSelf'),
    get maxCost() {
      return costOf(program);
    },
    messageProgram: message.program,
    get messageMaxCost() {
      return message.program === undefined ? 0n : costOf(message.program);
    },
    messageError: message.error,
  };
}

interface Message {
  readonly program: Program | undefined;
  readonly error: string | undefined;
}

function compileMessage(source: string, environment: Environment): Message {
  if (source === '') return { program: undefined, error: undefined };
  const compiled = compile(source, environment);
  if (!compiled.ok)
    return {
      program: undefined,
      error: issueText(source, compiled, 'messageExpression compilation failed', 'messageExpression instantiation failed'),
    };
  if (compiled.program.type.kind !== 'string') return { program: undefined, error: 'messageExpression must evaluate to a string' };
  return { program: compiled.program, error: undefined };
}

function names(node: Node, name: string): boolean {
  return (node.kind === 'ident' && node.name === name) || children(node).some((child) => names(child, name));
}
