// A watch over WebSocket: each event is a message, text where it is JSON, else binary and without the length that frames it elsewhere. What the client
// sends is passed over (kube-apiserver 1.36, endpoints/handlers/watch.go). A client that does not read its pongs is not read either.

import type { Outlet, Upgraded } from '../exchange.ts';
import { binaryFrame, closing, FrameReader, frame, normalClosure, textFrame } from './frames.ts';

/** Bytes of the length before an event in protobuf. */
const lengthBytes = 4;
/** Milliseconds that a client who does not read may keep a watch that is over. */
const patience = 10_000;

export function webSocketOutlet({ socket, received }: Upgraded, isText: boolean): Outlet {
  const reader = new FrameReader();
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    if (socket.destroyed) return;
    socket.end(closing(normalClosure));
    const farewell = setTimeout(() => socket.destroy(), patience);
    socket.once('close', () => clearTimeout(farewell));
  };
  const take = (bytes: Uint8Array): void => {
    if (isOver) return;
    const pongs = Buffer.concat(reader.take(bytes));
    if (pongs.length > 0 && !socket.write(pongs)) socket.pause();
    if (reader.isOver) end();
  };
  socket.on('data', take);
  socket.on('drain', () => socket.resume());
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
