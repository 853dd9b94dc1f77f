// The wire format of protobuf: fields by number, each a number or bytes with a length. What is broken is told in the words of the code that
// gogo/protobuf generates for Kubernetes' types (1.36). Numbers of fixed size come as their bits; groups, which are of old, are skipped.

export class Malformed extends Error {}

/** The bytes of a field that has a length; what has none is of the wrong type. */
export function delimited(value: bigint | Uint8Array, wire: number, goName: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw wrongType(wire, goName);
}

export function wrongType(wire: number, goName: string): Malformed {
  return new Malformed(`proto: wrong wireType = ${wire} for field ${goName}`);
}

/** The numbers of a field that stand one after the other. */
export function varints(bytes: Uint8Array): readonly bigint[] {
  const values: bigint[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, next } = varint(bytes, at);
    values.push(value);
    at = next;
  }
  return values;
}

function varint(bytes: Uint8Array, start: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  let at = start;
  for (let shift = 0n; shift < 64n; shift += 7n) {
    const byte = bytes[at++];
    if (byte === undefined) throw new Malformed('unexpected EOF');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: at };
  }
  throw new Malformed('proto: integer overflow');
}

export type Visit = (number: number, value: bigint | Uint8Array, wire: number) => void;

/**
 * Calls with each field of a message: numbers as bigint (fixed ones as their bits), everything else as bytes. Groups, which are of old, are
 * skipped. Keys and values of a map's entry are read with a length whatever they say of themselves.
 */
export function each(bytes: Uint8Array, message: string, visit: Visit, isEntry = false): void {
  let at = 0;
  let groups = 0;
  const next = (): bigint => {
    const read = varint(bytes, at);
    at = read.next;
    return read.value;
  };
  const fixed = (size: number): bigint => {
    if (at + size > bytes.length) throw new Malformed('unexpected EOF');
    let value = 0n;
    for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[at + index] ?? 0);
    at += size;
    return value;
  };
  const told = (number: number, value: bigint | Uint8Array, wire: number): void => {
    if (groups === 0) visit(number, value, wire);
  };
  while (at < bytes.length) {
    const key = next();
    const number = Number(BigInt.asIntN(32, key >> 3n));
    const wire = isEntry && (number === 1 || number === 2) ? 2 : Number(key & 7n);
    if (groups === 0 && wire === 4) throw new Malformed(`proto: ${message}: wiretype end group for non-group`);
    if (groups === 0 && number <= 0) throw new Malformed(`proto: ${message}: illegal tag ${number} (wire type ${wire})`);
    if (wire === 0) told(number, next(), wire);
    else if (wire === 1) told(number, fixed(8), wire);
    else if (wire === 5) told(number, fixed(4), wire);
    else if (wire === 3) groups++;
    else if (wire === 4) groups--;
    else if (wire === 2) {
      const length = Number(BigInt.asIntN(64, next()));
      if (length < 0) throw new Malformed('proto: negative length found during unmarshaling');
      if (at + length > bytes.length) throw new Malformed('unexpected EOF');
      told(number, bytes.subarray(at, at + length), wire);
      at += length;
    } else throw new Malformed(`proto: illegal wireType ${wire}`);
  }
  if (groups > 0) throw new Malformed('unexpected EOF');
}

/** A field that is a number. */
export function numberIn(value: bigint | Uint8Array, wire: number, goName: string): bigint {
  if (typeof value === 'bigint' && wire === 0) return value;
  throw wrongType(wire, goName);
}
