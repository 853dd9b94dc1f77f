// Kubeconfigs of a simulated server. A file that holds anybody else's credentials is never written over.

import { readFileSync, statSync } from 'node:fs';
import { type Problem, problem, told } from '../../lib/problem.ts';
import type { Authority } from './certificates.ts';
import { replaceFile } from './replace-file.ts';

const name = 'simulated';

/** A kubeconfig with a certificate of the authority for this user. */
export function kubeconfigText(url: string, authority: Authority, user: string, groups: readonly string[]): string {
  const { certificate, key } = authority.client(user, groups);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': base64(authority.certificate) } }],
    users: [{ name: user, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
    contexts: [{ name, context: { cluster: name, user } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Writes it; what stands in the way is said. */
export function writeKubeconfig(file: string, text: string): Problem | undefined {
  const at = `--kubeconfig-out ${file}`;
  try {
    if (isForeign(file)) return problem('input/unreadable', `${at}: holds something else than a kubeconfig of simulate; name another file`);
    replaceFile(file, [text]);
    return undefined;
  } catch (error) {
    return problem('input/unreadable', `${at}: cannot be written: ${told(error)}`);
  }
}

function isForeign(file: string): boolean {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const text = readFileSync(file, 'utf8');
  return text.trim() !== '' && !(text.startsWith('{') && text.includes(`"current-context": "${name}"`));
}
