// Bootstrap tokens, `id.secret`, with which nodes join (kube-apiserver 1.36, plugin/pkg/auth/authenticator/token/bootstrap): Secrets named
// bootstrap-token-ID in kube-system. Anything wrong with the Secret means the token is nobody's.

import type { Directory } from './credential.ts';
import { identity, type Outcome } from './outcome.ts';

const form = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const group = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

export function bootstrapTokenUser(token: string, directory: Directory, now: number): Outcome {
  const [, id, secret] = form.exec(token) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const found = directory.secret('kube-system', `bootstrap-token-${id}`);
  const user = (groups: readonly string[]) => identity(`system:bootstrap:${id}`, ['system:bootstrappers', ...groups]);
  if (found === 'absent') return undefined;
  if (found === 'unknown')
    return accepted(user([]), [`a valid Secret kube-system/bootstrap-token-${id} is there; its extra groups are not known`]);
  if (found.deleted !== undefined || found.type !== 'bootstrap.kubernetes.io/token') return undefined;
  const { data } = found;
  if (data === undefined)
    return accepted(user([]), [`the values of the Secret kube-system/bootstrap-token-${id} fit; its extra groups are not known`]);
  const value = (key: string) => (Object.hasOwn(data, key) ? (data[key] ?? '') : '');
  if (value('token-secret') !== secret || value('token-id') !== id) return undefined;
  const expiration = value('expiration');
  if (expiration !== '' && !(Date.parse(rfc3339(expiration)) > now)) return undefined;
  if (value('usage-bootstrap-authentication') !== 'true') return undefined;
  const extra = value('auth-extra-groups') === '' ? [] : value('auth-extra-groups').split(',');
  if (!extra.every((name) => group.test(name))) return undefined;
  return accepted(user([...new Set(extra)].sort()), []);
}

/** Only times as RFC 3339 writes them count; others are over. */
function rfc3339(text: string): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : '';
}

function accepted(user: ReturnType<typeof identity>, assumptions: readonly string[]): Outcome {
  return { kind: 'accepted', authenticator: 'bootstrap token', user, audiences: [], assumptions };
}
