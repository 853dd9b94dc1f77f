// The credential that the flags name, as it would reach the API server. Files that hold it are read and forgotten: nothing of it is printed.

import { readFileSync } from 'node:fs';
import { type Certificate, readPem } from '../../identity/authentication/certificate.ts';
import type { Credential } from '../../identity/authentication/credential.ts';
import { asString, field, strings } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { authentication } from '../../sources/cluster/authentication.ts';
import { readKubeconfig } from '../../sources/cluster/kubeconfig.ts';
import type { CommandInput } from '../command.ts';
import { Stop } from '../exit.ts';
import { word } from '../flags.ts';

export interface Presented {
  readonly credential: Credential;
  /** Where it is from, in words. */
  readonly source: string;
  /** Whom a kubeconfig asks to be taken for; undefined for nobody else. */
  readonly impersonates: { readonly user: string; readonly groups: readonly string[] } | undefined;
}

const largest = 4 * 1024 * 1024;

/** Reads a file of the flags, `-` being standard input. */
export function readText(file: string): string {
  try {
    const bytes = readFileSync(file === '-' ? 0 : file);
    if (bytes.length <= largest) return bytes.toString('utf8');
  } catch {
    throw new Stop(problem('input/unreadable', `cannot read ${printable(file)}`));
  }
  throw new Stop(problem('input/too-large', `${printable(file)} is too large for a credential or a key`));
}

export function presented({ flags, environment }: Pick<CommandInput, 'flags' | 'environment'>): Presented {
  const [tokenFile, certificateFile] = [word(flags, 'token'), word(flags, 'certificate')];
  if (tokenFile === undefined && certificateFile === undefined) return ofKubeconfig(flags, environment);
  if (word(flags, 'kubeconfig') !== undefined || word(flags, 'context') !== undefined)
    throw new Stop(problem('usage/bad-flag', 'give either a token or certificate, or a kubeconfig'));
  const token = tokenFile === undefined ? undefined : readText(tokenFile).trim();
  const certificates = certificateFile === undefined ? [] : chain(readText(certificateFile), printable(certificateFile));
  const names = [tokenFile, certificateFile].filter((name) => name !== undefined).map((name) => (name === '-' ? 'standard input' : name));
  return { credential: credential(token, certificates), source: printable(names.join(' and ')), impersonates: undefined };
}

function credential(token: string | undefined, certificates: readonly Certificate[]): Credential {
  return { headers: token === undefined || token === '' ? {} : { authorization: [`Bearer ${token}`] }, certificates, path: '/api' };
}

function chain(text: string, file: string): readonly Certificate[] {
  const found = readPem(text);
  if (found.length === 0 || found[0] === undefined) throw new Stop(problem('input/unreadable', `${file} holds no certificate in PEM`));
  return found.filter((one) => one !== undefined);
}

function ofKubeconfig(flags: CommandInput['flags'], environment: CommandInput['environment']): Presented {
  const read = readKubeconfig(word(flags, 'kubeconfig'), environment);
  if (!read.ok) throw new Stop(read.problem);
  const config = read.value;
  if (config === undefined)
    throw new Stop(
      problem('usage/bad-flag', 'who? Give --token FILE, --certificate FILE or --kubeconfig FILE; there is no kubeconfig here'),
    );
  const name = word(flags, 'context') ?? config.currentContext;
  const context = name === undefined ? undefined : config.contexts.get(name);
  if (name === undefined || context === undefined)
    throw new Stop(
      problem('kubeconfig/invalid', name === undefined ? 'the kubeconfig has no current context' : `no context "${printable(name)}"`),
    );
  const userName = asString(field(context.value, 'user')) ?? '';
  const user = config.users.get(userName);
  if (user === undefined) throw new Stop(problem('kubeconfig/invalid', `context "${printable(name)}" names no user that is there`));
  const found = authentication(user, userName);
  if (!found.ok) throw new Stop(found.problem);
  const { value: own } = found;
  const source = `user "${own.name}" of context "${printable(name)}"`;
  const as = asString(field(user.value, 'as')) ?? '';
  const impersonates = as === '' ? undefined : { user: as, groups: strings(field(user.value, 'as-groups')) };
  const certificates =
    own.certificate === undefined
      ? []
      : chain(own.certificate.kind === 'data' ? own.certificate.certificate : readText(own.certificate.certificate), source);
  if (own.kind === 'exec' && certificates.length === 0)
    throw new Stop(
      problem(
        'kubeconfig/invalid',
        `${source} gets its credential from the program ${printable(own.plugin.command)}, which is not run here`,
      ),
    );
  if (own.kind === 'basic') throw new Stop(problem('kubeconfig/invalid', `${source} has a password; no API server takes one since 1.19`));
  const token = own.kind === 'token' ? (own.file === undefined ? own.value : readText(own.file).trim()) : undefined;
  return { credential: credential(token, certificates), source, impersonates };
}
