// Acting as somebody else: the Impersonate headers as kube-apiserver 1.36 handles them. Constrained impersonation (KEP-5284, on by default
// from 1.36) is asked first: a mode that fits the target, with `impersonate-on:<mode>:<verb>` for the request itself and `impersonate:<mode>`
// for whom it becomes. Where that is refused, the classic verb `impersonate` for each user, group, uid and extra decides as before.
// Left out: the caches of the server, which change when it asks and never what it answers, but for one: it remembers the mode that last let
// a caller through and tries it first, so that a refusal names what that mode wanted. `remembered` says which.

import { isDns1123Label, isDns1123Subdomain } from '../kube/names.ts';
import { type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { can } from './access-review.ts';
import { forbiddenMessage } from './forbidden.ts';
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

export const impersonationModes = ['associated-node', 'arbitrary-node', 'serviceaccount', 'user-info'] as const;
export type ImpersonationMode = (typeof impersonationModes)[number];

export type Impersonated =
  /** `mode` is undefined for the classic way, and where nobody is impersonated. */
  | { readonly status: 200; readonly user: Identity; readonly mode: ImpersonationMode | undefined }
  /** Headers that make no sense. */
  | { readonly status: 400; readonly message: string }
  /** Not allowed: the first thing that was asked for and refused. */
  | { readonly status: 403; readonly message: string; readonly refused: RequestAttributes };

/** Whether a caller may do something, and why not. */
export type Decide = (user: Identity, asked: RequestAttributes) => { readonly allowed: boolean; readonly reason: string };

const authentication = 'authentication.k8s.io';
const nodeNameKey = 'authentication.kubernetes.io/node-name';
/** From this many values on the server asks for all of them, name `*`, before each. */
const many = 4;

/**
 * Who the request is made as. `constrained`: whether the release has constrained impersonation on. `decide`: the authorizers; without it
 * those of `can`.
 */
export function impersonate(
  state: Snapshot,
  requester: Identity,
  headers: Impersonation,
  wanted: RequestAttributes,
  constrained: boolean,
  decide: Decide = (user, asked) => can(state, user, asked),
  remembered?: ImpersonationMode | 'classic',
): Impersonated {
  const { user, uid, groups, extra } = headers;
  if (user === '')
    return uid !== '' || groups.length > 0 || Object.keys(extra).length > 0
      ? { status: 400, message: `requested ${goText(headers)} without impersonating a user name` }
      : { status: 200, user: requester, mode: undefined };
  let first: Refusal | undefined;
  const attempt = (checks: () => Refusal | undefined): boolean => {
    const refusal = checks();
    first ??= refusal;
    return refusal === undefined;
  };
  const may: May = (asked, as = requester) => {
    const { allowed, reason } = decide(as, asked);
    return allowed ? undefined : { asked, reason };
  };
  const modes: readonly (ImpersonationMode | 'classic')[] = [...(constrained ? modesFor(requester, headers) : []), 'classic'];
  const inOrder = modes.filter((mode) => mode === remembered).concat(modes.filter((mode) => mode !== remembered));
  for (const mode of inOrder) {
    const on = { ...wanted, verb: `impersonate-on:${mode}:${wanted.verb}` };
    const as = mode === 'associated-node' ? withoutExtra(requester) : requester;
    const asked: May = (one) => may(one, as);
    const made = mode === 'classic' ? undefined : mode;
    const checks = () => (made === undefined ? firstRefusal(may, classicChecks(headers)) : (asked(on) ?? mayBecome(asked, made, headers)));
    if (attempt(checks)) return { status: 200, user: become(headers, made), mode: made };
  }
  const { asked, reason } = first ?? { asked: wanted, reason: '' };
  return { status: 403, message: forbiddenMessage(requester, asked, reason), refused: asked };
}

/**
 * What a caller needs to make this request as somebody else in one mode: the checks of the server, each name by itself.
 * `impersonationChecks(caller, { user: 'jane', uid: '', groups: [], extra: {} }, wanted, 'classic')` asks `impersonate` on the user jane alone.
 */
export function impersonationChecks(
  requester: Identity,
  headers: Impersonation,
  wanted: RequestAttributes,
  mode: ImpersonationMode | 'classic',
): readonly RequestAttributes[] {
  const needed: RequestAttributes[] = [];
  const decide: Decide = (_, asked) => {
    const isShortcut = mode === 'user-info' && asked.name === '*';
    if (!isShortcut) needed.push(asked);
    return { allowed: !isShortcut, reason: '' };
  };
  impersonate(snapshot({ resources: [] }), requester, headers, wanted, mode !== 'classic', decide, mode);
  return needed;
}

/** A check that failed. */
interface Refusal {
  readonly asked: RequestAttributes;
  readonly reason: string;
}

type May = (asked: RequestAttributes, as?: Identity) => Refusal | undefined;

function firstRefusal(may: May, checks: readonly RequestAttributes[]): Refusal | undefined {
  for (const check of checks) {
    const refusal = may(check);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Whoever stands for its own node is asked about without what is particular to the node. */
function withoutExtra(requester: Identity): Identity {
  return { ...requester, extra: { 'authentication.kubernetes.io/associated-node-keys': Object.keys(requester.extra).sort() } };
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
  if (!user.startsWith('system:node:')) return undefined;
  const name = user.slice('system:node:'.length);
  return isDns1123Subdomain(name) ? name : undefined;
}

function accountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace = '', name = ''] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return isDns1123Label(namespace) && isDns1123Subdomain(name) ? { namespace, name } : undefined;
}

function mayBecome(may: May, mode: ImpersonationMode, { user, uid, groups, extra }: Impersonation): Refusal | undefined {
  const verb = `impersonate:${mode}`;
  const asked = (plural: string, name: string, namespace = '') => request(verb, authentication, plural, { name, namespace });
  const account = accountOf(user);
  if (mode === 'associated-node') return may(asked('nodes', '*'));
  if (mode === 'arbitrary-node') return may(asked('nodes', nodeOf(user) ?? ''));
  if (mode === 'serviceaccount') return may(asked('serviceaccounts', account?.name ?? '', account?.namespace));
  const values = Object.entries(extra).flatMap(([key, list]) => list.map((value) => extraCheck(verb, key, value)));
  const large = Math.max(values.length, Object.keys(extra).length) >= many;
  return (
    may(asked('users', user)) ??
    (uid === '' ? undefined : may(asked('uids', uid))) ??
    senselessGroups(groups, asked) ??
    all(
      may,
      groups.map((group) => asked('groups', group)),
      asked('groups', '*'),
      groups.length >= many,
    ) ??
    senselessExtra(extra, verb) ??
    all(may, values, extraCheck(verb, '*', '*'), large)
  );
}

function all(may: May, each: readonly RequestAttributes[], whole: RequestAttributes, large: boolean): Refusal | undefined {
  return large && may(whole) === undefined ? undefined : firstRefusal(may, each);
}

/** Groups that constrained impersonation gives nobody. */
function senselessGroups(groups: readonly string[], asked: (plural: string, name: string) => RequestAttributes): Refusal | undefined {
  if (groups.includes('')) return { asked: asked('groups', ''), reason: 'impersonating the empty string group is not allowed' };
  const masters = 'system:masters';
  if (groups.includes(masters)) return { asked: asked('groups', masters), reason: `impersonating the ${masters} group is not allowed` };
  return undefined;
}

/** Keys of extras are paths under a domain, in lower case, with values. */
function senselessExtra(extra: Impersonation['extra'], verb: string): Refusal | undefined {
  for (const [key, values] of Object.entries(extra)) {
    const why =
      key === ''
        ? 'the empty string key in extra'
        : !isDomainPath(key)
          ? 'an invalid key in extra'
          : key !== key.toLowerCase()
            ? 'a non-lowercase key in extra'
            : values.length === 0
              ? 'empty values in extra'
              : values.includes('')
                ? 'the empty string value in extra'
                : undefined;
    if (why !== undefined) return { asked: request(verb, authentication, 'userextras'), reason: `impersonating ${why} is not allowed` };
  }
  return undefined;
}

/** True for a path under a domain, as keys of extras are: `example.com/tenant`. */
export function isDomainPath(key: string): boolean {
  const slash = key.indexOf('/');
  return slash > 0 && isDns1123Subdomain(key.slice(0, slash)) && /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(key.slice(slash + 1));
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
    ...(uid === '' ? [] : [request(verb, authentication, 'uids', { name: uid })]),
    ...groups.map((group) => request(verb, '', 'groups', { name: group })),
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

/** What the headers of a request ask for, by header name in lower case. */
export function readImpersonation(headers: Readonly<Record<string, readonly string[]>>): Impersonation {
  const own = (name: string) => (Object.hasOwn(headers, name) ? (headers[name] ?? []) : []);
  const prefix = 'impersonate-extra-';
  const extra = new Map<string, readonly string[]>();
  for (const name of Object.keys(headers).filter((one) => one.startsWith(prefix))) {
    const key = extraKey(name.slice(prefix.length));
    extra.set(key, [...(extra.get(key) ?? []), ...own(name)]);
  }
  return {
    user: own('impersonate-user')[0] ?? '',
    uid: own('impersonate-uid')[0] ?? '',
    groups: own('impersonate-group'),
    extra: Object.fromEntries(extra),
  };
}

/** The headers as the server's message shows them: Go's notation of a record. */
function goText({ user, uid, groups, extra }: Impersonation): string {
  const list = (values: readonly string[]) => `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`;
  const pairs = Object.keys(extra).sort();
  const map = pairs.length === 0 ? '(nil)' : `{${pairs.map((key) => `${JSON.stringify(key)}:${list(extra[key] ?? [])}`).join(', ')}}`;
  const name = `Name:${JSON.stringify(user)}, UID:${JSON.stringify(uid)}`;
  return `&user.DefaultInfo{${name}, Groups:${groups.length === 0 ? '[]string(nil)' : list(groups)}, Extra:map[string][]string${map}}`;
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
