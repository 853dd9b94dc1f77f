// Acting as somebody else: the Impersonate headers as kube-apiserver 1.36 handles them. Constrained impersonation (KEP-5284, on by default
// from 1.36) is asked first: a mode that fits the target, with `impersonate-on:<mode>:<verb>` for the request itself and `impersonate:<mode>`
// for whom it becomes. Where that is refused, the classic verb `impersonate` for each user, group, uid and extra decides as before.
// Left out: the caches of the server, which change when it asks and never what it answers, but for one: it remembers the mode that last let
// a caller through and tries it first, so that a refusal names what that mode wanted. `remembered` says which.

import { type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { can } from './access-review.ts';
import { forbiddenMessage } from './forbidden.ts';
import { accountOf, classicChecks, firstRefusal, type May, mayBecome, nodeOf, type Refusal } from './impersonation-checks.ts';
import { headersText } from './impersonation-headers.ts';
import type { RequestAttributes } from './rules.ts';
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

const nodeNameKey = 'authentication.kubernetes.io/node-name';

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
      ? { status: 400, message: `requested ${headersText(headers)} without impersonating a user name` }
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
