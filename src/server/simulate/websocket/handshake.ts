// The handshake of RFC 6455 as golang.org/x/net/websocket makes it for watches (kube-apiserver 1.36): version 13, an Origin that is a URL, at most
// one protocol, whatever that is. Extensions are passed over. A client that asks wrongly gets a bare head, and the connection ends.

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What is written in answer; `isAccepted` where frames follow. */
export interface Handshake {
  readonly text: string;
  readonly isAccepted: boolean;
}

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Whether a request asks for WebSocket. */
export function asksForWebSocket(headers: IncomingHttpHeaders): boolean {
  const isUpgrade = String(headers.connection ?? '')
    .toLowerCase()
    .includes('upgrade');
  return isUpgrade && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Answers a request that asks for WebSocket. */
export function shakeHands(headers: IncomingHttpHeaders): Handshake {
  const key = headers['sec-websocket-key'] ?? '';
  if (key === '') return refused(`400 Bad Request\r\n\r\nmismatch challenge/response`);
  if (headers['sec-websocket-version'] !== '13')
    return refused('400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\nmissing or bad WebSocket Version');
  const origin = headers.origin ?? '';
  if (!/^(?:\/|[A-Za-z][A-Za-z0-9+.-]*:)/.test(origin) || /[\x00-\x20\x7f]|%(?![0-9A-Fa-f]{2})/.test(origin))
    return refused('403 Forbidden\r\n\r\n');
  const wanted = (headers['sec-websocket-protocol'] ?? '').trim();
  if (wanted.includes(',')) return refused('400 Bad Request\r\n\r\n');
  const accept = createHash('sha1').update(key, 'latin1').update(guid).digest('base64');
  const protocol = wanted === '' ? '' : `Sec-WebSocket-Protocol: ${wanted}\r\n`;
  return {
    isAccepted: true,
    text: `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${protocol}\r\n`,
  };
}

function refused(text: string): Handshake {
  return { text: `HTTP/1.1 ${text}`, isAccepted: false };
}
