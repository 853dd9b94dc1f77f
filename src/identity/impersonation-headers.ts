// The Impersonate headers of a request as kube-apiserver 1.36 reads them, and as its messages show them.

import type { Impersonation } from './impersonation.ts';

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
export function headersText({ user, uid, groups, extra }: Impersonation): string {
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
