// What goes back over the wire: code, headers and a body that is JSON or text. An answer of the pipeline becomes one here, a refusal as the
// Status that clients read (meta/v1, fields left out where empty as in kube-apiserver 1.36).

import type { JsonObject } from '../../lib/json.ts';
import type { Answer, Refusal } from '../answer.ts';
import { type MediaType, statusType } from './accept.ts';

export interface Reply {
  readonly code: number;
  readonly contentType: string;
  /** Beside the content type; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly object?: JsonObject;
  readonly text?: string;
  /** A body that is neither. */
  readonly bytes?: Uint8Array;
  /** JSON that is written with two blanks a level, whatever is asked for. */
  readonly isIndented?: boolean;
  readonly warnings: readonly string[];
}

const notStored = { 'cache-control': 'no-cache, private' };

/** A JSON body, to be written as the media type. */
export function objectReply(object: JsonObject, type: string = 'application/json', code = 200): Reply {
  return { code, contentType: type, headers: notStored, object, warnings: [] };
}

export function textReply(text: string, code = 200, contentType = 'text/plain; charset=utf-8'): Reply {
  return { code, contentType, headers: notStored, text, warnings: [] };
}

/** The text of a path that nobody serves. */
export function pageNotFound(): Reply {
  return textReply('404 page not found\n', 404);
}

export function refusalReply(refusal: Refusal, type: MediaType = 'application/json', warnings: readonly string[] = []): Reply {
  return { code: refusal.code, contentType: type, headers: notStored, object: statusOf(refusal), warnings };
}

/** A refusal in the form its client reads; in lines of JSON where it takes none. */
export function refusalFor(accept: string, refusal: Refusal): Reply {
  const type = statusType(accept);
  return type === undefined ? { ...refusalReply(refusal), isIndented: true } : refusalReply(refusal, type);
}

/** An answer of the pipeline as a reply. */
export function answerReply(answer: Answer, type: MediaType = 'application/json'): Reply {
  if (answer.refusal !== undefined) return refusalReply(answer.refusal, type, answer.warnings);
  if (answer.object !== undefined) return { ...objectReply(answer.object, type, answer.code), warnings: answer.warnings };
  return { ...textReply(answer.text ?? '', answer.code), warnings: answer.warnings };
}

/** `kind: Status` of a refusal. */
export function statusOf({ code, reason, message, details }: Refusal): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    ...(message === '' ? {} : { message }),
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details: detailsOf(details) }),
    code,
  };
}

function detailsOf({ causes, ...details }: NonNullable<Refusal['details']>): JsonObject {
  if (causes === undefined || causes.length === 0) return details;
  const listed = causes.map(({ reason, message, field }) => ({
    ...(reason === '' ? {} : { reason }),
    ...(message === '' ? {} : { message }),
    ...(field === undefined || field === '' ? {} : { field }),
  }));
  return { ...details, causes: listed };
}

/** 406: none of what the client wants can be given. */
export function notAcceptable(accepted: readonly string[]): Refusal {
  return {
    code: 406,
    reason: 'NotAcceptable',
    message: `only the following media types are accepted: ${accepted.join(', ')}`,
  };
}

/** The router's 406. */
export function notRepresented(available: readonly string[]): Refusal {
  const message = `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`;
  return { code: 406, reason: 'NotAcceptable', message, details: {} };
}
