// A watch over WebSocket: each event is a message, text where it is JSON, else binary and without the length that frames it elsewhere. What the client
// sends is passed over (kube-apiserver 1.36, endpoints/handlers/watch.go).

import type { Outlet, Upgraded } from '../exchange.ts';
import { binaryFrame, closing, FrameReader, frame, normalClosure, textFrame } from './frames.ts';

/** Bytes of the length before an event in protobuf. */
const lengthBytes = 4;

export function webSocketOutlet({ socket, received }: Upgraded, isText: boolean): Outlet {
  const reader = new FrameReader();
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    if (!socket.destroyed) socket.end(closing(normalClosure));
  };
  const take = (bytes: Uint8Array): void => {
    if (isOver) return;
    for (const answer of reader.take(bytes)) socket.write(answer);
    if (reader.isOver) end();
  };
  socket.on('data', take);
  socket.on('error', () => {});
  socket.once('end', () => socket.destroy());
  if (received.length > 0) take(received);
  return {
    framed: (event) => (isText ? frame(textFrame, event) : frame(binaryFrame, event.subarray(lengthBytes))),
    write: (bytes) => isOver || socket.write(bytes),
    end,
    destroy: () => socket.destroy(),
    get destroyed() {
      return isOver || socket.destroyed;
    },
    on: (event, listener) => socket.on(event, listener),
    once: (event, listener) => socket.once(event, listener),
  };
}
