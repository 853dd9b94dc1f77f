// What a client of Kubernetes makes of an HTTP status that is no success (k8s.io/client-go/rest and NewGenericServerResponse of
// k8s.io/apimachinery/pkg/api/errors, 0.36): the message of a Status, where the body holds one, else words for the code.

import { asString, field } from '../../../lib/json.ts';
import type { WebhookReply } from '../../calls/call.ts';
import { goQuote } from '../../fields/go-text.ts';
import { readText } from './response.ts';

const longest = 2048;

const words: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** The message of the error. */
export function unexpectedStatus({ status, contentType, body }: Extract<WebhookReply, { readonly kind: 'answered' }>): string {
  const own = statusMessage(body);
  if (own !== undefined) return own;
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const said = type === '' || type.startsWith('text/') ? body.slice(0, longest).trim() : 'unknown';
  if (status === 403 || status === 415) return said;
  if (status === 406)
    return said === '' || said === 'unknown' ? 'the server was unable to respond with a content type that the client supports' : said;
  const known = words[status];
  if (known !== undefined) return known;
  if (status >= 500) return `an error on the server (${goQuote(said)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

/** The message of a Status that says it is a failure. */
function statusMessage(body: string): string | undefined {
  if (body === '') return undefined;
  const read = readText(body);
  if (!read.ok) return undefined;
  const kind = asString(field(read.value, 'kind')) ?? '';
  const version = asString(field(read.value, 'apiVersion')) ?? '';
  const isStatus = (kind === '' || kind === 'Status') && (version === '' || version === 'v1');
  return isStatus && field(read.value, 'status') === 'Failure' ? (asString(field(read.value, 'message')) ?? '') : undefined;
}
