// What Go says of a certificate and a private key in PEM before it looks inside (crypto/tls X509KeyPair, Go 1.25): which blocks it found. What a
// block holds, and whether key and certificate belong together, is not looked at.

const block = /-----BEGIN ([^\r\n-]+)-----\r?\n[^-]*-----END \1-----/g;

function blockTypes(text: string): readonly string[] {
  return [...text.matchAll(block)].map((match) => match[1] ?? '');
}

/** The complaint about a pair of PEM texts; undefined where both have the blocks they should. */
export function keyPairComplaint(certificate: string, key: string): string | undefined {
  const found = blockTypes(certificate);
  const isKey = (type: string | undefined) => type === 'PRIVATE KEY' || type?.endsWith(' PRIVATE KEY') === true;
  if (!found.includes('CERTIFICATE')) {
    if (found.length === 0) return 'tls: failed to find any PEM data in certificate input';
    if (found.length === 1 && found[0]?.endsWith('PRIVATE KEY') === true)
      return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
    return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${found.join(' ')}]`;
  }
  const keys = blockTypes(key);
  if (keys.some(isKey)) return undefined;
  if (keys.length === 0) return 'tls: failed to find any PEM data in key input';
  if (keys.length === 1 && keys[0] === 'CERTIFICATE') return 'tls: found a certificate rather than a key in the PEM for the private key';
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keys.join(' ')}]`;
}
