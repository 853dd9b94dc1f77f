// The webhook's certificate: read from files, read again when they change, never put in use where key and certificate do not belong together.
// Kubernetes swaps the files of a mounted Secret through a symbolic link, which file watchers miss; so the files are looked at by the clock.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Problem, problem, told } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the leaf, for records. */
  readonly fingerprint: string;
}

/** Reads a certificate chain and its key, both PEM. */
export function readCertificate(certFile: string, keyFile: string): Result<Certificate, Problem> {
  let cert: string;
  let key: string;
  try {
    cert = readFileSync(certFile, 'utf8');
    key = readFileSync(keyFile, 'utf8');
  } catch (error) {
    return bad(told(error));
  }
  try {
    const leaf = new X509Certificate(cert);
    if (!leaf.checkPrivateKey(createPrivateKey(key))) return bad(`${keyFile} is not the key of ${certFile}`);
    return ok({ cert, key, notBefore: Date.parse(leaf.validFrom), notAfter: Date.parse(leaf.validTo), fingerprint: leaf.fingerprint256 });
  } catch {
    return bad(`${certFile} and ${keyFile} hold no certificate and key in PEM`);
  }
}

function bad(message: string): Result<never, Problem> {
  return failure(problem('admission/certificate', message));
}

export function isValid({ notBefore, notAfter }: Certificate, now: number): boolean {
  return now >= notBefore && now < notAfter;
}

/** What is wrong with a certificate at a time; undefined where nothing is. */
export function complaint({ notBefore, notAfter }: Certificate, now: number): string | undefined {
  if (now < notBefore) return `the certificate is valid only from ${new Date(notBefore).toISOString()} on; look at the clock`;
  if (now >= notAfter) return `the certificate expired on ${new Date(notAfter).toISOString()}`;
  const days = Math.floor((notAfter - now) / 86_400_000);
  return days < 7 ? `the certificate expires in ${days} days, on ${new Date(notAfter).toISOString()}` : undefined;
}
