// What a caller must be allowed before it becomes somebody else (kube-apiserver 1.36): for each mode of constrained impersonation (KEP-5284) whom
// it may become, with what that gives nobody, and the classic verb `impersonate` for each user, group, uid and extra.

import { isDns1123Label, isDns1123Subdomain } from '../kube/names.ts';
import type { Identity, Impersonation, ImpersonationMode } from './impersonation.ts';
import { type RequestAttributes, request } from './rules.ts';

const authentication = 'authentication.k8s.io';
/** From this many values on the server asks for all of them, name `*`, before each. */
const many = 4;

/** A check that failed. */
export interface Refusal {
  readonly asked: RequestAttributes;
  readonly reason: string;
}

/** Asks for one thing, as the caller or as somebody else. */
export type May = (asked: RequestAttributes, as?: Identity) => Refusal | undefined;

/** The first of the checks that is refused. */
export function firstRefusal(may: May, checks: readonly RequestAttributes[]): Refusal | undefined {
  for (const check of checks) {
    const refusal = may(check);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Whether the caller may become whom the headers name, in one of the constrained modes. */
export function mayBecome(may: May, mode: ImpersonationMode, { user, uid, groups, extra }: Impersonation): Refusal | undefined {
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

/** What the classic way asks. */
export function classicChecks({ user, uid, groups, extra }: Impersonation): readonly RequestAttributes[] {
  const verb = 'impersonate';
  const account = accountOf(user);
  return [
    account === undefined ? request(verb, '', 'users', { name: user }) : request(verb, '', 'serviceaccounts', account),
    ...(uid === '' ? [] : [request(verb, authentication, 'uids', { name: uid })]),
    ...groups.map((group) => request(verb, '', 'groups', { name: group })),
    ...Object.entries(extra).flatMap(([key, list]) => list.map((value) => extraCheck(verb, key, value))),
  ];
}

/** The node that a user stands for. */
export function nodeOf(user: string): string | undefined {
  if (!user.startsWith('system:node:')) return undefined;
  const name = user.slice('system:node:'.length);
  return isDns1123Subdomain(name) ? name : undefined;
}

/** The service account that a user is. */
export function accountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace = '', name = ''] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return isDns1123Label(namespace) && isDns1123Subdomain(name) ? { namespace, name } : undefined;
}
