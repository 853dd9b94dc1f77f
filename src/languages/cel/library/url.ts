// `url("https://…")` (Kubernetes' library since the beginning): absolute URIs and absolute paths, read as Go's net/url reads them.

import { fn, type Library, method, readType } from '../function.ts';
import { typeOfType } from '../type.ts';
import { CelError, Opaque, TypeValue, type Value } from '../value.ts';

export class Url extends Opaque {
  readonly type = readType('url');
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  constructor(text: string, parts: { readonly scheme: string; readonly host: string; readonly path: string; readonly query: string }) {
    super();
    this.text = text;
    this.scheme = parts.scheme;
    this.host = parts.host;
    this.path = parts.path;
    this.query = parts.query;
  }
  equals(other: Opaque): boolean {
    return other instanceof Url && other.text === this.text;
  }
  override toString(): string {
    return this.text;
  }
}

/** Go's ParseRequestURI, then Parse for the fragment. */
export function parseRequestUri(text: string): Url | CelError {
  const wrong = (why: string) => new CelError(`parse ${JSON.stringify(text)}: ${why}`);
  if (text === '') return wrong('empty url');
  if (/[\u0000-\u001f\u007f]/.test(text)) return wrong('net/url: invalid control character in URL');
  if (text === '*') return new Url(text, { scheme: '', host: '', path: '*', query: '' });
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  if (match === null && /^[^/?#]*:/.test(text))
    return wrong(text.startsWith(':') ? 'missing protocol scheme' : 'first path segment in URL cannot contain colon');
  const scheme = (match?.[1] ?? '').toLowerCase();
  const whole = text.slice(match?.[0].length ?? 0);
  const rest = whole.split('#')[0] ?? '';
  const question = rest.indexOf('?');
  const front = question < 0 ? rest : rest.slice(0, question);
  const query = question < 0 ? '' : rest.slice(question + 1);
  if (!whole.startsWith('/'))
    return scheme === '' ? wrong('invalid URI for request') : new Url(text, { scheme, host: '', path: '', query });
  if (scheme === '' || !front.startsWith('//')) return pathOf(front) ?? new Url(text, { scheme, host: '', path: front, query });
  const slash = front.indexOf('/', 2);
  const authority = slash < 0 ? front.slice(2) : front.slice(2, slash);
  const path = slash < 0 ? '' : front.slice(slash);
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const fault =
    (at >= 0 && !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(authority.slice(0, at)) ? 'net/url: invalid userinfo' : undefined) ??
    hostFault(host);
  if (fault !== undefined) return wrong(fault);
  return pathOf(path) ?? new Url(text, { scheme, host: unescaped(host), path, query });

  function pathOf(raw: string): CelError | undefined {
    const bad = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(raw);
    return bad === null ? undefined : wrong(`invalid URL escape ${JSON.stringify(bad[0])}`);
  }
}

function hostFault(host: string): string | undefined {
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    if (close < 0) return "missing ']' in host";
    return /^(?::[0-9]*)?$/.test(host.slice(close + 1)) ? undefined : `invalid port ${JSON.stringify(host.slice(close + 1))} after host`;
  }
  const colon = host.indexOf(':');
  if (colon >= 0 && !/^:[0-9]*$/.test(host.slice(host.lastIndexOf(':'))))
    return `invalid port ${JSON.stringify(host.slice(host.lastIndexOf(':')))} after host`;
  const bad = /[^A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%\u0080-\uffff]/.exec(host);
  if (bad !== null) return `invalid character ${JSON.stringify(bad[0])} in host name`;
  return /%(?![0-9A-Fa-f]{2})/.test(host) ? 'invalid URL escape' : undefined;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hostname({ host }: Url): string {
  const bare = host.startsWith('[') ? /^\[([^\]]*)\]/.exec(host)?.[1] : host.split(':')[0];
  return bare ?? '';
}

function port({ host }: Url): string {
  return /:([0-9]*)$/.exec(host.replace(/^\[[^\]]*\]/, ''))?.[1] ?? '';
}

/** As written where that is a valid encoding; else encoded. */
function escapedPath({ path }: Url): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/[\]%]/gu, (character) => encodeURIComponent(character));
}

function queryOf({ query }: Url): Value {
  const values: Record<string, string[]> = Object.create(null);
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const [key, value] = (equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]).map((part) =>
      part.replaceAll('+', ' '),
    );
    if (/%(?![0-9A-Fa-f]{2})/.test(pair)) continue;
    const name = unescaped(key ?? '');
    values[name] = [...(values[name] ?? []), unescaped(value ?? '')];
  }
  return values;
}

function read(text: string): Url | CelError {
  const url = parseRequestUri(text);
  return url instanceof CelError ? new CelError(`URL parse error during conversion from string: ${url.message}`) : url;
}

export const urls: Library = {
  constants: [{ name: 'kubernetes.URL', type: typeOfType(readType('url')), value: new TypeValue('kubernetes.URL') }],
  functions: [
    fn('url', 'string_to_url', 'string -> url', read),
    fn('isURL', 'is_url_string', 'string -> bool', (text: string) => parseRequestUri(text) instanceof Url),
    method('getScheme', 'url_get_scheme', 'url -> string', ({ scheme }: Url) => scheme),
    method('getHost', 'url_get_host', 'url -> string', ({ host }: Url) => host),
    method('getHostname', 'url_get_hostname', 'url -> string', hostname),
    method('getPort', 'url_get_port', 'url -> string', port),
    method('getEscapedPath', 'url_get_escaped_path', 'url -> string', escapedPath),
    method('getQuery', 'url_get_query', 'url -> map(string, list(string))', queryOf),
  ],
};
