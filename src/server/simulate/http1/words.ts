// What a server writes in HTTP/1: heads with names as Go spells them, chunks, and the refusals that Go's server gives without a Date.

import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';

export const continueLine = 'HTTP/1.1 100 Continue\r\n\r\n';
export const lastChunk = Buffer.from('0\r\n\r\n');

/** The head of an answer. */
export function headText(code: number, headers: OutgoingHttpHeaders, { isOld }: { readonly isOld: boolean }, isLast: boolean): string {
  let text = `HTTP/1.${isOld ? 0 : 1} ${code} ${reason(code)}\r\n`;
  const isBare = code === 204 || code === 304;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || name === 'connection' || (isBare && (name === 'content-length' || name === 'content-type'))) continue;
    const spelled = canonical(name);
    if (Array.isArray(value)) for (const each of value) text += `${spelled}: ${clean(each)}\r\n`;
    else text += `${spelled}: ${clean(String(value))}\r\n`;
  }
  const connection = isLast ? (isOld ? '' : 'Connection: close\r\n') : isOld ? 'Connection: keep-alive\r\n' : '';
  return `${text}Date: ${date()}\r\n${connection}\r\n`;
}

/** What is said of a request that is none. */
export function refusalText(line: string, body: string): string {
  return `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${body}`;
}

/** Bytes as a chunk. */
export function chunk(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`, 'latin1'), bytes, lineEnd]);
}

const lineEnd = Buffer.from('\r\n');

/** Reasons that Go words otherwise than Node. */
const reasons: Readonly<Record<number, string>> = { 413: 'Request Entity Too Large' };

function reason(code: number): string {
  return reasons[code] ?? STATUS_CODES[code] ?? `status code ${code}`;
}

const spellings = new Map<string, string>();

function canonical(name: string): string {
  let spelled = spellings.get(name);
  if (spelled === undefined) {
    spelled = name.replace(/(?:^|-)[a-z]/g, (letters) => letters.toUpperCase());
    spellings.set(name, spelled);
  }
  return spelled;
}

/** A value cannot end its line: what a client sent and is told again (Audit-ID) may be anything. */
function clean(value: string): string {
  return /[\r\n]/.test(value) ? value.replace(/[\r\n]+/g, ' ') : value;
}

let second = 0;
let dated = '';

function date(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    dated = new Date(now * 1000).toUTCString();
  }
  return dated;
}
