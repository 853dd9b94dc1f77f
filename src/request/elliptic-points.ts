// Whether a point lies on one of NIST's curves (FIPS 186-5, a = -3): Go reads no key whose point does not, and says so in these words.

interface Curve {
  readonly name: string;
  /** Bytes of a coordinate. */
  readonly size: number;
  readonly prime: bigint;
  readonly b: bigint;
}

const curves: Readonly<Record<string, Curve>> = {
  'P-224': { name: 'P224', size: 28, prime: 2n ** 224n - 2n ** 96n + 1n, b: 0xb4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4n },
  'P-256': {
    name: 'P256',
    size: 32,
    prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    name: 'P384',
    size: 48,
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  'P-521': {
    name: 'P521',
    size: 66,
    prime: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
};

/** What is wrong with an uncompressed point of a curve; undefined where it is one. */
export function pointProblem(curve: string, point: Uint8Array): string | undefined {
  const known = Object.hasOwn(curves, curve) ? curves[curve] : undefined;
  if (known === undefined) return 'x509: unsupported elliptic curve';
  const { name, size, prime, b } = known;
  if (point.length !== 1 + 2 * size || point[0] !== 4) return `invalid ${name} point encoding`;
  const [x, y] = [numberOf(point.subarray(1, 1 + size)), numberOf(point.subarray(1 + size))];
  if (x >= prime || y >= prime) return `invalid ${name} element encoding`;
  return (y * y - (x * x * x - 3n * x + b)) % prime === 0n ? undefined : `${name} point not on curve`;
}

function numberOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value;
}
