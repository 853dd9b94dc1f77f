// Where a webhook is reached: `clientConfig`, with one of a URL and a Service (k8s.io/apiserver/pkg/util/webhook, 1.36). Go's own parser of
// URLs decides what is one; of its complaints those that a configuration can provoke are told in its words.

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain, portNumber } from '../meta/names.ts';
import { count, given, struct, text } from '../read.ts';

const form = '; desired format: https://host[/path]';

export function validateClientConfig(config: JsonObject, path: Path, errors: FieldError[]): void {
  if (given(config.url) === given(config.service)) errors.push(required(path, 'exactly one of url or service is required'));
  else if (given(config.url)) validateUrl(text(config.url), path.child('url'), errors);
  else validateService(struct(config.service), path.child('service'), errors);
}

interface GoUrl {
  readonly scheme: string;
  readonly host: string;
  readonly user: string | undefined;
  readonly fragment: string;
  readonly query: string;
}

export function validateUrl(url: string, path: Path, errors: FieldError[]): void {
  const parsed = parseUrl(url);
  if (typeof parsed === 'string') {
    errors.push(required(path, `url must be a valid URL: parse ${JSON.stringify(url)}: ${parsed}${form}`));
    return;
  }
  const { scheme, host, user, fragment, query } = parsed;
  if (scheme !== 'https') errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme${form}`));
  if (host === '') errors.push(invalid(path, host, `host must be specified${form}`));
  if (user !== undefined) errors.push(invalid(path, user, 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(invalid(path, query, 'query parameters are not permitted in the URL'));
}

/** Go's net/url, as far as the parts above go; a text is its complaint. */
function parseUrl(text: string): GoUrl | string {
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'net/url: invalid control character in URL';
  if (text === '') return { scheme: '', host: '', user: undefined, fragment: '', query: '' };
  const hash = text.indexOf('#');
  const fragment = hash < 0 ? '' : text.slice(hash + 1);
  let rest = hash < 0 ? text : text.slice(0, hash);
  let scheme = '';
  const [, word = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(rest) ?? [];
  if (word !== '') {
    scheme = word.toLowerCase();
    rest = rest.slice(word.length + 1);
  } else if (rest.startsWith(':')) return 'missing protocol scheme';
  const question = rest.indexOf('?');
  const query = question < 0 ? '' : rest.slice(question + 1);
  if (question >= 0) rest = rest.slice(0, question);
  if (scheme === '' && !rest.startsWith('/') && rest.split('/')[0]?.includes(':') === true)
    return 'first path segment in URL cannot contain colon';
  const badEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(rest);
  if (badEscape !== null) return `invalid URL escape ${JSON.stringify(badEscape[0])}`;
  if (!rest.startsWith('//')) return { scheme, host: '', user: undefined, fragment, query };
  const [authority = ''] = rest.slice(2).split('/');
  const sign = authority.lastIndexOf('@');
  const host = authority.slice(sign + 1);
  const port = /:([^:\]]*)$/.exec(host)?.[1];
  if (port !== undefined && !/^[0-9]*$/.test(port)) return `invalid port ${JSON.stringify(`:${port}`)} after host`;
  if (/[ "<>\\^`{|}]/.test(host)) return `invalid character ${JSON.stringify(/[ "<>\\^`{|}]/.exec(host)?.[0])} in host name`;
  return { scheme, host, user: sign < 0 ? undefined : authority.slice(0, sign), fragment, query };
}

/** The server hands name and namespace over the other way round, so the errors of one name the other. */
function validateService(service: JsonObject, path: Path, errors: FieldError[]): void {
  if (text(service.namespace) === '') errors.push(required(path.child('name')));
  if (text(service.name) === '') errors.push(required(path.child('namespace')));
  const port = count(service.port);
  const complaints = portNumber(port);
  if (complaints.length > 0) errors.push(invalid(path.child('port'), port, `port is not valid: ${complaints.join(', ')}`));
  if (!given(service.path)) return;
  const written = text(service.path);
  const at = path.child('path');
  if (written === '' || written === '/') return;
  if (written === '//') {
    errors.push(invalid(at, written, 'segment[0] may not be empty'));
    return;
  }
  if (!written.startsWith('/')) errors.push(invalid(at, written, "must start with a '/'"));
  const checked = written.slice(1);
  for (const [index, segment] of (checked.endsWith('/') ? checked.slice(0, -1) : checked).split('/').entries())
    if (segment === '') errors.push(invalid(at, written, `segment[${index}] may not be empty`));
    else
      complain(
        written,
        dnsSubdomain(segment).map((complaint) => `segment[${index}]: ${complaint}`),
        at,
        errors,
      );
}
