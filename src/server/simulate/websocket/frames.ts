// Frames of RFC 6455 §5, as a server writes them, and as it reads what a client of a watch sends: nothing that is data is kept, whatever it says of
// itself, so that a frame costs no memory. A client must mask, and may ping; its close, or what golang.org/x/net/websocket does not bear, is the end.

export const textFrame = 1;
export const binaryFrame = 2;
const closeFrame = 8;
const pingFrame = 9;
const pongFrame = 10;

/** What a control frame may carry. */
const longestControl = 125;
/** A message over this is the end (x/net's DefaultMaxPayloadBytes). */
const largestMessage = 32 * 1024 * 1024;

export const normalClosure = 1000;
export const protocolError = 1002;

/** A whole message in one frame. */
export function frame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length <= 125 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (length <= 125) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

export function closing(status: number): Buffer {
  return frame(closeFrame, Uint8Array.of(status >> 8, status & 0xff));
}

/** Reads what a client sends; tells what is to be written for it. */
export class FrameReader {
  isOver = false;
  #waiting = Buffer.alloc(0);
  /** Of the frame that is being read: bytes that are still to come, and of a ping the beginning. */
  #left = 0n;
  #ping: { readonly bytes: number[]; readonly mask: Uint8Array } | undefined;

  /** What to answer to these bytes: pongs, and a close where the client may not do that. */
  take(bytes: Uint8Array): readonly Buffer[] {
    const answers: Buffer[] = [];
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    while (!this.isOver) {
      if (this.#left > 0n) {
        if (this.#waiting.length === 0) break;
        this.#skip();
      } else if (this.#ping !== undefined) {
        answers.push(frame(pongFrame, Uint8Array.from(this.#ping.bytes)));
        this.#ping = undefined;
      } else if (!this.#head(answers)) break;
    }
    return answers;
  }

  #skip(): void {
    const count = this.#left < BigInt(this.#waiting.length) ? Number(this.#left) : this.#waiting.length;
    const ping = this.#ping;
    if (ping !== undefined)
      for (const byte of this.#waiting.subarray(0, Math.min(count, longestControl - ping.bytes.length)))
        ping.bytes.push(byte ^ (ping.mask[ping.bytes.length % 4] ?? 0));
    this.#waiting = this.#waiting.subarray(count);
    this.#left -= BigInt(count);
  }

  /** False where the head of the next frame is not there yet. */
  #head(answers: Buffer[]): boolean {
    const bytes = this.#waiting;
    const [first = 0, second = 0] = bytes;
    if (bytes.length < 2) return false;
    const code = second & 0x7f;
    const extended = code === 126 ? 2 : code === 127 ? 8 : 0;
    const isMasked = second >= 0x80;
    const size = 2 + extended + (isMasked ? 4 : 0);
    if (bytes.length < size) return false;
    this.#waiting = bytes.subarray(size);
    if (!isMasked) {
      answers.push(closing(protocolError));
      this.isOver = true;
      return false;
    }
    const length =
      extended === 0 ? BigInt(code) : extended === 2 ? BigInt(bytes.readUInt16BE(2)) : bytes.readBigUInt64BE(2) & 0x7fff_ffff_ffff_ffffn;
    const opcode = first & 0x0f;
    const isControl = opcode === pingFrame || opcode === pongFrame;
    if (opcode === closeFrame || (!isControl && length > BigInt(largestMessage))) this.isOver = true;
    this.#left = length;
    if (opcode === pingFrame) this.#ping = { bytes: [], mask: bytes.subarray(size - 4, size) };
    return true;
  }
}
