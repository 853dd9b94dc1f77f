// How a user of the kubeconfig proves who it is, as written there; `authenticator.ts` makes headers and certificates of it.
// client-go 1.36, clientcmd/api/v1 AuthInfo: a client certificate, and one of token, token file, user name with password, exec plugin.

import { asList, asObject, asString, field, type JsonObject, strings } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { printable } from '../../lib/text.ts';
import { type Entry, pathIn } from './kubeconfig.ts';

/** A client certificate with its key: PEM text, or files that are read anew because they are rotated. */
export type ClientCertificate =
  | { readonly kind: 'data'; readonly certificate: string; readonly key: string }
  | { readonly kind: 'file'; readonly certificate: string; readonly key: string };

/** A program that hands out credentials, client.authentication.k8s.io. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What to tell a person who lacks the program; may be empty. */
  readonly installHint: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
}

export type Authentication = { readonly name: string; readonly certificate: ClientCertificate | undefined } & (
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly value: string | undefined; readonly file: string | undefined }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'exec'; readonly plugin: ExecPlugin }
);

/** Reads one user of a kubeconfig. */
export function authentication(user: Entry, name: string): Result<Authentication> {
  const shown = printable(name);
  const certificate = clientCertificate(user);
  if (certificate === 'half') return invalid(`user "${shown}" has a client certificate without its key, or a key without its certificate`);
  const common = { name: shown, certificate };
  const { value } = user;
  if (field(value, 'auth-provider') !== undefined)
    return invalid(`user "${shown}" uses auth-provider, which Kubernetes 1.26 removed; use an exec plugin`);
  if (field(value, 'exec') !== undefined && value.exec !== null) {
    const plugin = execPlugin(asObject(value.exec), user.folder, shown);
    return plugin.ok ? ok({ ...common, kind: 'exec', plugin: plugin.value }) : plugin;
  }
  const token = asString(value.token) || undefined;
  const file = pathIn(user, 'tokenFile');
  const username = asString(value.username) || undefined;
  if ((token !== undefined || file !== undefined) && username !== undefined)
    return invalid(`user "${shown}" has a token and a user name; only one can be used`);
  if (token !== undefined || file !== undefined) return ok({ ...common, kind: 'token', value: token, file });
  if (username !== undefined) return ok({ ...common, kind: 'basic', username, password: asString(value.password) ?? '' });
  return ok({ ...common, kind: 'none' });
}

function clientCertificate(user: Entry): ClientCertificate | undefined | 'half' {
  const data = (key: string) => Buffer.from(asString(user.value[key]) ?? '', 'base64').toString('utf8');
  const certificate = data('client-certificate-data');
  const key = data('client-key-data');
  const certificateFile = pathIn(user, 'client-certificate');
  const keyFile = pathIn(user, 'client-key');
  if (certificate !== '' && key !== '') return { kind: 'data', certificate, key };
  if (certificate === '' && key === '' && certificateFile !== undefined && keyFile !== undefined)
    return { kind: 'file', certificate: certificateFile, key: keyFile };
  return certificate === '' && key === '' && certificateFile === undefined && keyFile === undefined ? undefined : 'half';
}

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

function execPlugin(exec: JsonObject, folder: string, user: string): Result<ExecPlugin> {
  const apiVersion = asString(exec.apiVersion) ?? '';
  const command = asString(exec.command) ?? '';
  const mode = asString(exec.interactiveMode) ?? (apiVersion.endsWith('/v1beta1') ? 'IfAvailable' : '');
  if (!versions.includes(apiVersion))
    return invalid(`the exec plugin of user "${user}" speaks "${printable(apiVersion)}"; known are ${versions.join(' and ')}`);
  if (command === '') return invalid(`the exec plugin of user "${user}" names no command`);
  if (mode !== 'Never' && mode !== 'IfAvailable' && mode !== 'Always')
    return invalid(`the exec plugin of user "${user}" must say interactiveMode: Never, IfAvailable or Always`);
  const environment: Record<string, string> = {};
  for (const item of asList(exec.env)) {
    const [name, value] = [asString(field(item, 'name')), asString(field(item, 'value'))];
    if (name !== undefined && value !== undefined) environment[name] = value;
  }
  return ok({
    apiVersion,
    command: /[/\\]/.test(command) ? (pathIn({ value: { command }, folder }, 'command') ?? command) : command,
    args: strings(exec.args),
    environment,
    installHint: printable(asString(exec.installHint) ?? '').trim(),
    provideClusterInfo: exec.provideClusterInfo === true,
    interactiveMode: mode,
  });
}

function invalid(message: string): ReturnType<typeof failure<ReturnType<typeof problem>>> {
  return failure(problem('kubeconfig/invalid', message));
}
