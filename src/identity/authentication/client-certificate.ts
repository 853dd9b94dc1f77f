// Callers by certificate (k8s.io/apiserver pkg/authentication/request/x509 and …/headerrequest, 1.36). A client certificate names its user
// itself; a front proxy's certificate lets the proxy name one in headers. Both need a chain to their own authority, a time that includes
// now, and the purpose of clients or none.

import { anyUsage, type Certificate, clientAuth } from './certificate.ts';
import { type Credential, header, headersNamed, type Verifier } from './credential.ts';
import { credentialIdKey, identity, type Outcome, refused } from './outcome.ts';

export interface FrontProxy {
  /** Common names a proxy's certificate may have; empty for any. */
  readonly allowedNames: readonly string[];
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraHeaderPrefixes: readonly string[];
}

const unknownAuthority = 'x509: certificate signed by unknown authority';

/** What is wrong with a chain, or what was taken to hold. */
function examined(
  chain: readonly Certificate[],
  authority: 'client' | 'front-proxy',
  verifier: Verifier,
  now: number,
): { readonly fault?: string; readonly assumptions: readonly string[] } {
  const [own] = chain;
  const assumptions: string[] = [];
  if (own === undefined) return { fault: unknownAuthority, assumptions };
  if (own.notAfter !== undefined && now > own.notAfter)
    return { fault: 'x509: certificate has expired or is not yet valid: it has expired', assumptions };
  if (own.notBefore !== undefined && now < own.notBefore)
    return { fault: 'x509: certificate has expired or is not yet valid: it is not yet valid', assumptions };
  const checked = verifier.certificate(chain, authority);
  if (checked === false) return { fault: unknownAuthority, assumptions };
  if (own.usages?.includes(clientAuth) === false && !own.usages.includes(anyUsage))
    return { fault: 'x509: certificate specifies an incompatible key usage', assumptions };
  const whose = authority === 'client' ? 'clients' : 'front proxies';
  return { assumptions: checked === undefined ? [`the certificate is signed by the authority of ${whose}`] : assumptions };
}

/** `minor`: the release, as 1.33 began to read a UID. */
export function clientCertificate({ certificates }: Credential, verifier: Verifier, now: number, minor: number): Outcome {
  const [own] = certificates;
  if (own === undefined) return undefined;
  const { fault, assumptions } = examined(certificates, 'client', verifier, now);
  if (fault !== undefined) return refused(fault);
  if (own.commonName === '') return undefined;
  const uids = minor >= 33 ? own.uids : [];
  if (uids.length > 1) return refused(`expected 1 UID, but found multiple: [${uids.join(' ')}]`);
  if (uids[0] === '') return refused('UID cannot be an empty string');
  const fingerprint = verifier.fingerprint(own);
  const extra = fingerprint === undefined ? {} : { [credentialIdKey]: [`X509SHA256=${fingerprint}`] };
  const user = identity(own.commonName, own.organizations, uids[0] ?? '', extra);
  return { kind: 'accepted', authenticator: 'client certificate', user, audiences: [], assumptions };
}

export function frontProxyUser(proxy: FrontProxy, credential: Credential, verifier: Verifier, now: number): Outcome {
  const [own] = credential.certificates;
  if (own === undefined) return undefined;
  const { fault, assumptions } = examined(credential.certificates, 'front-proxy', verifier, now);
  if (fault !== undefined) return refused(fault);
  if (proxy.allowedNames.length > 0 && !proxy.allowedNames.includes(own.commonName))
    return refused(`x509: subject with cn=${own.commonName} is not in the allowed list`);
  const first = (names: readonly string[]) => names.map((name) => header(credential, name)).find((value) => value !== '') ?? '';
  const name = first(proxy.usernameHeaders);
  if (name === '') return undefined;
  const groups = proxy.groupHeaders.flatMap((key) => headersNamed(credential.headers, key)).filter((group) => group !== '');
  const user = identity(name, groups, first(proxy.uidHeaders), extraOf(credential.headers, proxy.extraHeaderPrefixes));
  return { kind: 'accepted', authenticator: 'front proxy', user, audiences: [], assumptions };
}

/** Extras from headers that begin with a prefix; the rest of the name is the key. */
export function extraOf(headers: Credential['headers'], prefixes: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const extra = new Map<string, string[]>();
  for (const prefix of prefixes.map((one) => one.toLowerCase()))
    for (const name of Object.keys(headers).filter((one) => one.startsWith(prefix))) {
      const key = decoded(name.slice(prefix.length));
      extra.set(key, [...(extra.get(key) ?? []), ...(headers[name] ?? [])]);
    }
  return Object.fromEntries(extra);
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
