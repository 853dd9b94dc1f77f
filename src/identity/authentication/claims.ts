// Expressions over the claims of a token and over the user made from them, as the AuthenticationConfiguration of kube-apiserver 1.36 has
// them (k8s.io/apiserver pkg/authentication/cel). `claims` is a map of anything, its numbers doubles as JSON has them; `user` has
// username, uid, groups and extra. Keys that are no identifiers can be written escaped: `claims.cognito__dot__groups`. The map of all claims
// is one of its own kind in the API server: `in` and `size()` of it fail, and going through it gives values, which is not modelled here.

import type { Node } from '../../languages/cel/ast.ts';
import { escapeName } from '../../languages/cel/crd/escape.ts';
import { type Environment, extend } from '../../languages/cel/environment.ts';
import type { Library } from '../../languages/cel/function.ts';
import { kubernetesEnvironment } from '../../languages/cel/kubernetes.ts';
import { compile, type Program } from '../../languages/cel/program.ts';
import { listOf, mapTypeOf, objectType, types } from '../../languages/cel/type.ts';
import { CelError, double, type ObjectMap, type Value } from '../../languages/cel/value.ts';
import { children } from '../../languages/cel/walk.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Identity } from '../impersonation.ts';

const userType = objectType(
  'kubernetes.UserInfo',
  new Map([
    ['username', types.string],
    ['uid', types.string],
    ['groups', listOf(types.string)],
    ['extra', mapTypeOf(types.string, listOf(types.string))],
  ]),
);

/** Maps of all claims of a token. */
const roots = new WeakSet<object>();

/** The functions of maps that a map of all claims does not have. */
function withoutRoots(base: Environment): Library {
  const functions = ['@in', 'size'].flatMap((name) => base.functions.get(name) ?? []);
  const isRoot = (value: unknown) => typeof value === 'object' && value !== null && roots.has(value);
  return {
    functions: functions.map((overload) => ({
      ...overload,
      call: (...args: readonly unknown[]) => (args.some(isRoot) ? new CelError('no such overload') : overload.call(...args)),
    })),
  };
}

const environments = new Map<string, Environment>();

function environmentOf(over: 'claims' | 'user', minor: number | undefined): Environment {
  const key = `${over} ${minor}`;
  let made = environments.get(key);
  if (made === undefined) {
    const base = kubernetesEnvironment(minor);
    made = extend(base, { libraries: [withoutRoots(base)], variables: { [over]: variables[over] }, objects: [userType] });
    environments.set(key, made);
  }
  return made;
}

const variables = { claims: mapTypeOf(types.string, types.dyn), user: userType };

/** An expression over `claims` or over `user`; the failure says what is wrong with it. */
export function claimExpression(source: string, over: 'claims' | 'user', minor?: number): Result<Program, string> {
  const compiled = compile(source, environmentOf(over, minor));
  if (compiled.ok && goesThroughClaims(compiled.program.node)) return failure('going through all claims is not modelled here');
  if (compiled.ok) return ok(compiled.program);
  return failure(compiled.issues.map(({ message }) => message).join('; '));
}

function goesThroughClaims(node: Node): boolean {
  const ranges = node.kind === 'comprehension' && node.range.kind === 'ident' && node.range.name === 'claims';
  return ranges || children(node).some(goesThroughClaims);
}

/** True where the expression names this claim as `claims.NAME` or `claims.?NAME`. */
export function namesClaim({ node }: Program, claim: string): boolean {
  const isClaims = (part: Node | undefined) => part?.kind === 'ident' && part.name === 'claims';
  const names = (part: Node): boolean => {
    if (part.kind === 'select' && isClaims(part.operand) && part.field === claim) return true;
    const second = part.kind === 'call' && part.name === '_?._' && isClaims(part.args[0]) ? part.args[1] : undefined;
    return (second?.kind === 'literal' && second.value === claim) || children(part).some(names);
  };
  return names(node);
}

/** The value of an expression; the failure is in the API server's words. */
export function evaluated(program: Program, over: 'claims' | 'user', value: Value): Result<Value, string> {
  const { value: result } = program.evaluate({ [over]: value });
  if (result instanceof CelError) return failure(`expression '${program.source}' resulted in error: ${result.message}`);
  return ok(result);
}

const deepest = 200;

/** Claims as CEL sees them. */
export function claimsValue(claims: JsonObject): Value {
  const root = celValue(claims, 0);
  if (typeof root === 'object' && root !== null) roots.add(root);
  return root;
}

function celValue(json: Json | undefined, depth: number): Value {
  if (json === undefined || depth > deepest) return null;
  if (typeof json === 'number') return double(json);
  if (Array.isArray(json)) return (json as readonly Json[]).map((item) => celValue(item, depth + 1));
  if (!isObject(json)) return json as null | boolean | string;
  const map: Record<string, Value> = Object.create(null);
  for (const key of Object.keys(json)) {
    const value = celValue(json[key], depth + 1);
    map[key] = value;
    // Found by its escaped name too, but counted once.
    const escaped = escapeName(key);
    if (escaped !== undefined && escaped !== key && !Object.hasOwn(json, escaped)) Object.defineProperty(map, escaped, { value });
  }
  return map;
}

/** A user as CEL sees it. */
export function userValue({ name, uid, groups, extra }: Identity): ObjectMap {
  return { username: name, uid, groups, extra: celValue({ ...extra }, 0) };
}
