// `authorizer`: asks the cluster's authorizer from inside an expression (Kubernetes 1.27; selectors 1.31). Who answers comes in as a port.

import { type Library, method, readType } from '../function.ts';
import type { Type } from '../type.ts';
import { CelError, Opaque, type Value } from '../value.ts';
import { problemsOfName } from './names.ts';

/** One question: a path or a resource, the verb, and as whom. */
export interface AuthorizationQuestion {
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Asked for this service account instead of the user of the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface AuthorizationAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error?: string;
}

export type Authorize = (question: AuthorizationQuestion) => AuthorizationAnswer;

type Asked = Omit<AuthorizationQuestion, 'verb'>;

class Check extends Opaque {
  readonly type: Type;
  readonly authorize: Authorize;
  readonly asked: Asked;
  constructor(type: string, authorize: Authorize, asked: Asked) {
    super();
    this.type = readType(type);
    this.authorize = authorize;
    this.asked = asked;
  }
  equals(other: Opaque): boolean {
    return other instanceof Check && JSON.stringify(other.asked) === JSON.stringify(this.asked);
  }
}

class Decision extends Opaque {
  readonly type = readType('decision');
  readonly answer: AuthorizationAnswer;
  constructor(answer: AuthorizationAnswer) {
    super();
    this.answer = answer;
  }
  equals(other: Opaque): boolean {
    return other instanceof Decision && JSON.stringify(other.answer) === JSON.stringify(this.answer);
  }
}

/** The value of the variable `authorizer`. */
export function authorizerValue(authorize: Authorize): Value {
  return new Check('authorizer', authorize, {});
}

/** The value of `authorizer.requestResource`. */
export function requestResourceValue(authorize: Authorize, asked: Asked): Value {
  return new Check('resourceCheck', authorize, asked);
}

const narrowed = (type: string, field: keyof Asked) => (check: Check, value: string) =>
  new Check(type, check.authorize, { ...check.asked, [field]: value });

const required = (type: string, field: keyof Asked) => (check: Check, value: string) =>
  value.trim() === '' ? new CelError(`${field} must not be empty`) : narrowed(type, field)(check, value);

function asServiceAccount(check: Check, namespace: string, name: string): Value {
  if (problemsOfName('dns1123Subdomain', name).length > 0) return new CelError('Invalid service account name');
  if (problemsOfName('dns1123Label', namespace).length > 0) return new CelError('Invalid service account namespace');
  return new Check('authorizer', check.authorize, { serviceAccount: { namespace, name } });
}

const ask = (check: Check, verb: string) => new Decision(check.authorize({ ...check.asked, verb }));

export const authorizer: Library = {
  functions: [
    method('path', 'authorizer_path', 'authorizer, string -> pathCheck', required('pathCheck', 'path')),
    method('group', 'authorizer_group', 'authorizer, string -> groupCheck', narrowed('groupCheck', 'group')),
    method('serviceAccount', 'authorizer_serviceaccount', 'authorizer, string, string -> authorizer', asServiceAccount),
    method('resource', 'groupcheck_resource', 'groupCheck, string -> resourceCheck', required('resourceCheck', 'resource')),
    ...(['subresource', 'namespace', 'name'] as const).map((field) =>
      method(field, `resourcecheck_${field}`, 'resourceCheck, string -> resourceCheck', narrowed('resourceCheck', field)),
    ),
    method('check', 'pathcheck_check', 'pathCheck, string -> decision', ask),
    method('check', 'resourcecheck_check', 'resourceCheck, string -> decision', ask),
    method('errored', 'decision_errored', 'decision -> bool', ({ answer }: Decision) => answer.error !== undefined),
    method('error', 'decision_error', 'decision -> string', ({ answer }: Decision) => answer.error ?? ''),
    method('allowed', 'decision_allowed', 'decision -> bool', ({ answer }: Decision) => answer.allowed),
    method('reason', 'decision_reason', 'decision -> string', ({ answer }: Decision) => answer.reason),
  ],
};

export const authorizerSelectors: Library = {
  functions: (['fieldSelector', 'labelSelector'] as const).map((field) =>
    method(field, `authorizer_${field.toLowerCase()}`, 'resourceCheck, string -> resourceCheck', narrowed('resourceCheck', field)),
  ),
};
