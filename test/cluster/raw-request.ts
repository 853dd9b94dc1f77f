// Bytes to a server and what comes back, without an HTTP library in between: until an answer is whole or the connection ends.

import { connect } from 'node:tls';

export interface Server {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const silence = 15_000;

/** The answers as text, in Latin-1; ends with `[closed]` where the server closed the connection. */
export function askRaw({ url, ca, cert, key }: Server, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), ca, cert, key, ALPNProtocols: ['http/1.1'] }, () => socket.write(bytes));
    let text = '';
    const end = (how: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text + how);
    };
    const timer = setTimeout(end, silence, '[silence]');
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (isWhole(text)) end('');
    });
    socket.on('error', () => end('[closed]'));
    socket.on('close', () => end('[closed]'));
  });
}

function isWhole(text: string): boolean {
  const rest = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const end = rest.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = rest.slice(0, end);
  const body = rest.slice(end + 4);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length);
  return /\r\ntransfer-encoding: chunked/i.test(head) && body.endsWith('0\r\n\r\n');
}

/** An answer in words that two servers can share: headers sorted, what is of one server alone made alike, JSON by its keys. */
export function shownRaw(text: string): string {
  const isContinued = text.startsWith('HTTP/1.1 100 Continue\r\n\r\n');
  const answer = isContinued ? text.slice('HTTP/1.1 100 Continue\r\n\r\n'.length) : text;
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return answer;
  const [line = '', ...headers] = answer.slice(0, end).split('\r\n');
  const told = headers
    .filter((header) => !/^(?:content-length|transfer-encoding|last-modified):/i.test(header))
    .map((header) => header.replace(/^(audit-id|date|x-kubernetes-pf-[a-z]+-uid):.*/i, '$1'));
  return [isContinued ? 'continued' : '', line, ...told.sort(), shownBody(answer.slice(end + 4))].join('\n');
}

function shownBody(body: string): string {
  const text = body
    .replace(/\[closed\]$/, '')
    .replace(/^[0-9a-f]+\r\n|\r\n[0-9a-f]+\r\n(?:\r\n)?/g, '')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    .replace(/(resourceVersion"?: ?)"\d+"/g, '$1"RV"');
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'managedFields');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}
