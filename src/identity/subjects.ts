// Who a subject of a binding stands for. Subjects of bindings as the RBAC authorizer of kube-apiserver 1.36 reads them
// (pkg/registry/rbac/validation/rule.go, appliesTo); names and groups of service accounts as their tokens carry them.

import { asString, field, type Json } from '../lib/json.ts';

/** A caller of the API, as authentication leaves it. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** A subject of a binding; `namespace` is that of a service account, else empty. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

export const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Reads a subject. A service account without a namespace takes the binding's; in a ClusterRoleBinding there is none to take. */
export function readSubject(value: Json | undefined, bindingNamespace: string): Subject {
  const kind = asString(field(value, 'kind')) ?? '';
  const written = asString(field(value, 'namespace')) ?? '';
  return {
    kind,
    name: asString(field(value, 'name')) ?? '',
    namespace: kind !== 'ServiceAccount' ? '' : written === '' ? bindingNamespace : written,
  };
}

/** The name a service account's token authenticates as. `serviceAccountUser('shop', 'web')` is `'system:serviceaccount:shop:web'`. */
export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** A service account as a caller, with the groups its tokens give it. */
export function serviceAccount(namespace: string, name: string): User {
  return {
    name: serviceAccountUser(namespace, name),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

/** True where the subject stands for this caller. A User is compared by name, so one spelled like a service account is one. */
export function subjectMatches(subject: Subject, user: User): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.name;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount':
      return subject.namespace !== '' && subject.name !== '' && user.name === serviceAccountUser(subject.namespace, subject.name);
    default:
      return false;
  }
}

/** Whom a subject stands for as `User NAME` or `Group NAME`; empty for one that stands for nobody. */
export function subjectUser(subject: Subject): string {
  if (subject.kind === 'User' || subject.kind === 'Group') return `${subject.kind} ${subject.name}`;
  const isAccount = subject.kind === 'ServiceAccount' && subject.name !== '' && subject.namespace !== '';
  return isAccount ? `User ${serviceAccountUser(subject.namespace, subject.name)}` : '';
}

/** A subject in words: `ServiceAccount shop/web`, `Group dev`. */
export function subjectText(subject: Subject): string {
  return `${subject.kind === '' ? '(no kind)' : subject.kind} ${subject.namespace === '' ? '' : `${subject.namespace}/`}${subject.name}`;
}
