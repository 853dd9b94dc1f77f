// Expressions over the claims of a token and over the user made from them, as the AuthenticationConfiguration of kube-apiserver 1.36 has
// them (k8s.io/apiserver pkg/authentication/cel). `claims` is a map of anything, its numbers doubles as JSON has them; `user` has
// username, uid, groups and extra. Keys that are no identifiers can be written escaped: `claims.cognito__dot__groups`.

import { escapeName } from '../../languages/cel/crd/escape.ts';
import { extend } from '../../languages/cel/environment.ts';
import { kubernetesEnvironment } from '../../languages/cel/kubernetes.ts';
import { compile, type Program } from '../../languages/cel/program.ts';
import { listOf, mapTypeOf, objectType, types } from '../../languages/cel/type.ts';
import { CelError, double, type ObjectMap, type Value } from '../../languages/cel/value.ts';
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

const variables = { claims: mapTypeOf(types.string, types.dyn), user: userType };

/** An expression over `claims` or over `user`; the failure says what is wrong with it. */
export function claimExpression(source: string, over: 'claims' | 'user', minor?: number): Result<Program, string> {
  const compiled = compile(source, extend(kubernetesEnvironment(minor), { variables: { [over]: variables[over] }, objects: [userType] }));
  if (compiled.ok) return ok(compiled.program);
  return failure(compiled.issues.map(({ message }) => message).join('; '));
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
  return celValue(claims, 0);
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
