// Acting as somebody else: the Impersonate headers as kube-apiserver 1.36 handles them. Constrained impersonation (KEP-5284, on by default
// from 1.36) is asked first: a mode that fits the target, with `impersonate-on:<mode>:<verb>` for the request itself and `impersonate:<mode>`
// for whom it becomes. Where that is refused, the classic verb `impersonate` for each user, group, uid and extra decides as before.
// Left out: the caches of the server, which change when it asks and never what it answers, and the words of a refusal.

import type { Snapshot } from '../snapshot/snapshot.ts';
import { allows } from './access-review.ts';
import { type RequestAttributes, request } from './rules.ts';
import { serviceAccount, type User } from './subjects.ts';

/** A caller with what else authenticators may say of it. */
export interface Identity extends User {
  readonly uid: string;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** What the headers ask for; an empty user asks for nobody. */
export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export type ImpersonationMode = 'associated-node' | 'arbitrary-node' | 'serviceaccount' | 'user-info';

export type Impersonated =
  /** `mode` is undefined for the classic way, and where nobody is impersonated. */
  | { readonly status: 200; readonly user: Identity; readonly mode: ImpersonationMode | undefined }
  /** 400: headers that make no sense; 403: not allowed. */
  | { readonly status: 400 | 403 };

const authentication = 'authentication.k8s.io';
const nodeNameKey = 'authentication.kubernetes.io/node-name';
/** From this many values on the server asks for all of them, name `*`, before each. */
const many = 4;

/** Who the request is made as. `constrained`: whether the release has constrained impersonation on. */
export function impersonate(
  snapshot: Snapshot,
  requester: Identity,
  headers: Impersonation,
  wanted: RequestAttributes,
  constrained: boolean,
): Impersonated {
  const { user, uid, groups, extra } = headers;
  if (user === '')
    return uid !== '' || groups.length > 0 || Object.keys(extra).length > 0
      ? { status: 400 }
      : { status: 200, user: requester, mode: undefined };
  const may = (asked: RequestAttributes) => allows(snapshot, requester, asked);
  for (const mode of constrained ? modesFor(requester, headers) : [])
    if (may({ ...wanted, verb: `impersonate-on:${mode}:${wanted.verb}` }) && mayBecome(may, mode, headers))
      return { status: 200, user: become(headers, mode), mode };
  return classicChecks(headers).every(may) ? { status: 200, user: become(headers, undefined), mode: undefined } : { status: 403 };
}

/** The modes that fit the target, narrowest first. Nodes and service accounts are taken whole: nothing may be added to them. */
function modesFor(requester: Identity, { user, uid, groups, extra }: Impersonation): readonly ImpersonationMode[] {
  const bare = uid === '' && groups.length === 0 && Object.keys(extra).length === 0;
  const node = nodeOf(user);
  if (node !== undefined) {
    const own =
      accountOf(requester.name) !== undefined && requester.extra[nodeNameKey]?.length === 1 && requester.extra[nodeNameKey]?.[0] === node;
    return bare ? [...(own ? (['associated-node'] as const) : []), 'arbitrary-node'] : [];
  }
  if (accountOf(user) !== undefined) return bare ? ['serviceaccount'] : [];
  return ['user-info'];
}

function nodeOf(user: string): string | undefined {
  return user.startsWith('system:node:') && user.length > 'system:node:'.length ? user.slice('system:node:'.length) : undefined;
}

function accountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

type May = (asked: RequestAttributes) => boolean;

function mayBecome(may: May, mode: ImpersonationMode, { user, uid, groups, extra }: Impersonation): boolean {
  const verb = `impersonate:${mode}`;
  const asked = (plural: string, name: string, namespace = '') => request(verb, authentication, plural, { name, namespace });
  const account = accountOf(user);
  if (mode === 'associated-node') return may(asked('nodes', '*'));
  if (mode === 'arbitrary-node') return may(asked('nodes', nodeOf(user) ?? ''));
  if (mode === 'serviceaccount') return may(asked('serviceaccounts', account?.name ?? '', account?.namespace));
  const values = Object.entries(extra).flatMap(([key, list]) => list.map((value) => extraCheck(verb, key, value)));
  return (
    may(asked('users', user)) &&
    (uid === '' || may(asked('uids', uid))) &&
    all(
      may,
      groups.map((group) => asked('groups', group)),
      asked('groups', '*'),
    ) &&
    all(may, values, extraCheck(verb, '*', '*'))
  );
}

function all(may: May, each: readonly RequestAttributes[], whole: RequestAttributes): boolean {
  return (each.length >= many && may(whole)) || each.every(may);
}

/** Keys of extras hold slashes themselves. */
function extraCheck(verb: string, key: string, value: string): RequestAttributes {
  return { ...request(verb, authentication, 'userextras', { name: value }), subresource: key };
}

function classicChecks({ user, uid, groups, extra }: Impersonation): readonly RequestAttributes[] {
  const verb = 'impersonate';
  const account = accountOf(user);
  return [
    account === undefined ? request(verb, '', 'users', { name: user }) : request(verb, '', 'serviceaccounts', account),
    ...groups.map((group) => request(verb, '', 'groups', { name: group })),
    ...(uid === '' ? [] : [request(verb, authentication, 'uids', { name: uid })]),
    ...Object.entries(extra).flatMap(([key, list]) => list.map((value) => extraCheck(verb, key, value))),
  ];
}

/** The user that comes out, with the groups the server adds. */
function become({ user, uid, groups, extra }: Impersonation, mode: ImpersonationMode | undefined): Identity {
  const account = accountOf(user);
  const isNode = mode === 'associated-node' || mode === 'arbitrary-node';
  const own = isNode
    ? ['system:nodes']
    : groups.length === 0 && account !== undefined
      ? serviceAccount(account.namespace, account.name).groups
      : groups;
  const added = user === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const isSet = own.includes('system:authenticated') || own.includes('system:unauthenticated');
  return { name: user, uid, groups: isSet ? own : [...own, added], extra };
}

/** The key of an extra from the end of its header's name: lower case, percent-decoded where it can be. */
export function extraKey(suffix: string): string {
  const lower = suffix.toLowerCase();
  try {
    return decodeURIComponent(lower);
  } catch {
    return lower;
  }
}
