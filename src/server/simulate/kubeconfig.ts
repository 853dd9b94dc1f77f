// Kubeconfigs of a simulated server.

import type { Authority } from './certificates.ts';

/** A kubeconfig with a certificate of the authority for this user. */
export function kubeconfigText(url: string, authority: Authority, user: string, groups: readonly string[]): string {
  const { certificate, key } = authority.client(user, groups);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'simulated', cluster: { server: url, 'certificate-authority-data': base64(authority.certificate) } }],
    users: [{ name: user, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
    contexts: [{ name: 'simulated', context: { cluster: 'simulated', user } }],
    'current-context': 'simulated',
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
