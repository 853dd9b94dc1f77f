// `timeout` of a request: how long its client waits. Everything here is answered at once, so that nothing runs out; what is no duration is
// refused before anybody asks who the client is (k8s.io/apiserver pkg/endpoints/filters/request_deadline.go, 1.36; Go's time.ParseDuration).

import type { RequestInfo } from '../../identity/request-info.ts';
import type { Refusal } from '../../request/answer.ts';
import { first, parseQuery } from '../../request/read/query.ts';
import { badRequest } from '../../request/status.ts';

const longSubresources: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

/** Requests that go on as long as somebody wants, and that nobody queues: all of these but watches. */
export function isStream({ verb, subresource, isResourceRequest }: RequestInfo): boolean {
  return isResourceRequest && (verb === 'proxy' || longSubresources.has(subresource));
}

/** The refusal of a timeout that is none; undefined for every other request. */
export function timeoutRefusal(path: string, info: RequestInfo): Refusal | undefined {
  const question = path.indexOf('?');
  if (question < 0 || !path.includes('timeout=', question)) return undefined;
  if (info.verb === 'watch' || isStream(info)) return undefined;
  const value = first(parseQuery(path.slice(question + 1)), 'timeout') ?? '';
  const why = value === '' ? undefined : durationFault(value);
  return why === undefined ? undefined : badRequest(`invalid timeout specified in the request URL - time: ${why}`);
}

/** What Go says of a text that is no duration. */
function durationFault(text: string): string | undefined {
  const rest = text.replace(/^[-+]/, '');
  const invalid = `invalid duration ${JSON.stringify(text)}`;
  if (rest === '0') return undefined;
  if (rest === '') return invalid;
  for (let left = rest; left !== ''; ) {
    const [whole = '', digits = '', unit = ''] = /^([0-9]*(?:\.[0-9]*)?)([^0-9.]*)/.exec(left) ?? [];
    if (!/[0-9]/.test(digits)) return invalid;
    if (unit === '') return `missing unit in duration ${JSON.stringify(text)}`;
    if (!/^(?:ns|us|µs|μs|ms|s|m|h)$/.test(unit)) return `unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`;
    left = left.slice(whole.length);
  }
  return undefined;
}
