// The target of a request line as Go's net/url reads it (1.26, ParseRequestURI): a path, an absolute URL whose authority does not count, `*`, or
// the authority of a CONNECT. Escapes stay as they were sent, since what a path means is decided later; one that is none is refused here.

/** The path with its query; undefined for what is no target. `requestTarget('GET', 'https://a/healthz?b')` is `"/healthz?b"`. */
export function requestTarget(method: string, target: string): string | undefined {
  if (target === '*') return target;
  if (target === '' || control.test(target)) return undefined;
  if (target.startsWith('/') && !target.includes('%')) return target;
  const url = method === 'CONNECT' && !target.startsWith('/') ? `http://${target}` : target;
  const colon = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(url);
  if (colon === null && !url.startsWith('/')) return undefined;
  const scheme = colon === null ? '' : colon[0].slice(0, -1).toLowerCase();
  const rest = url.slice(colon?.[0].length ?? 0);
  const question = rest.indexOf('?');
  const before = question < 0 ? rest : rest.slice(0, question);
  const query = question < 0 ? '' : rest.slice(question);
  if (scheme !== '' && !before.startsWith('/')) return query;
  if (scheme === '' || !before.startsWith('//')) return isEscaped(before) ? before + query : undefined;
  const slash = before.indexOf('/', 2);
  const authority = before.slice(2, slash < 0 ? undefined : slash);
  const path = slash < 0 ? '' : before.slice(slash);
  return isAuthority(authority, scheme) && isEscaped(path) ? path + query : undefined;
}

const control = /[\x00-\x1f\x7f]/;

/** False where a percent sign begins no escape. */
export function isEscaped(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text);
}

function isAuthority(authority: string, scheme: string): boolean {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) || !isEscaped(user)) return false;
  const host = authority.slice(at + 1);
  const [, literal, port = ''] = /^\[([^\]]*)\](.*)$/.exec(host) ?? [];
  if (literal !== undefined) return /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%25.+)?$/.test(literal) && /^(?::[0-9]*)?$/.test(port);
  if (host.includes('[')) return false;
  const colon = scheme === 'http' || scheme === 'https' ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon >= 0 && !/^:[0-9]*$/.test(host.slice(colon))) return false;
  // Only what is beyond ASCII may be escaped in a host.
  return isEscaped(host) && !/%(?!25|[89A-Fa-f])/.test(host) && /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%\x80-\uffff]*$/.test(host);
}
