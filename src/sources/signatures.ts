// Checks signatures with the cryptography of Node: what the pure core asks of the shell.

import { constants, createPublicKey, verify } from 'node:crypto';
import type { CheckSignature } from '../request/signatures.ts';

/** Whether a signature holds; false for keys and signatures that cannot be read. */
export const checkSignature: CheckSignature = (key, { key: kind, hash, salt }, signed, signature) => {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' });
    const saltLength = salt === 'any' ? constants.RSA_PSS_SALTLEN_AUTO : constants.RSA_PSS_SALTLEN_DIGEST;
    const padding =
      salt === undefined ? { padding: constants.RSA_PKCS1_PADDING } : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
    return verify(kind === 'Ed25519' ? null : hash, signed, { key: publicKey, ...(kind === 'RSA' ? padding : {}) }, signature);
  } catch {
    return false;
  }
};
