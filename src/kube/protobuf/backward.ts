// Bytes of protobuf written from the last to the first: when the length of a message is due, all of it stands already.

export const utf8 = new TextEncoder();

export class BackwardBytes {
  #bytes: Uint8Array;
  #at: number;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#at = capacity;
  }

  /** A place: bytes from its end on. */
  mark(): number {
    return this.#bytes.length - this.#at;
  }

  /** What was written since a mark. */
  since(mark: number): Uint8Array {
    return this.#bytes.slice(this.#at, this.#bytes.length - mark);
  }

  length(mark: number): number {
    return this.#bytes.length - this.#at - mark;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#at -= bytes.length;
    this.#bytes.set(bytes, this.#at);
  }

  /** Makes what was written since a mark a field of this number. */
  close(number: number, mark: number): void {
    this.#varint(this.length(mark));
    this.#varint(number * 8 + 2);
  }

  bytes(number: number, bytes: Uint8Array): void {
    this.raw(bytes);
    this.#varint(bytes.length);
    this.#varint(number * 8 + 2);
  }

  text(number: number, text: string): void {
    const { length } = text;
    let index = length - 1;
    this.#room(length);
    while (index >= 0) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) break;
      this.#bytes[--this.#at] = unit;
      index--;
    }
    if (index >= 0) {
      this.#at += length - 1 - index;
      this.bytes(number, utf8.encode(text));
      return;
    }
    this.#varint(length);
    this.#varint(number * 8 + 2);
  }

  /** Whole numbers as int64: negative ones take ten bytes. */
  integer(number: number, value: number): void {
    const whole = Number.isFinite(value) ? Math.trunc(value) : 0;
    if (whole < 0) this.#big(BigInt.asUintN(64, BigInt(whole)));
    else this.#varint(whole);
    this.#varint(number * 8);
  }

  double(number: number, value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.raw(bytes);
    this.#varint(number * 8 + 1);
  }

  #varint(value: number): void {
    this.#room(10);
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) size++;
    this.#at -= size;
    let at = this.#at;
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[at] = rest;
  }

  #big(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.raw(Uint8Array.from(bytes));
  }

  #room(count: number): void {
    if (this.#at >= count) return;
    const used = this.#bytes.length - this.#at;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, used + count));
    larger.set(this.#bytes.subarray(this.#at), larger.length - used);
    this.#at = larger.length - used;
    this.#bytes = larger;
  }
}
