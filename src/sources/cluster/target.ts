// Which cluster, as whom: a context of the kubeconfig made whole, else the pod this program runs in. client-go 1.36, clientcmd and
// rest.InClusterConfig. A certificate authority or client certificate given as data counts before one given as a file.
// Left out: `auth-provider` (removed in Kubernetes 1.26) and the flags --cluster, --user, --server, --token of kubectl.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asString, dig, type JsonObject, strings } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { printable } from '../../lib/text.ts';
import { type Authentication, authentication } from './authentication.ts';
import { type Entry, type Environment, type Kubeconfig, pathIn, readKubeconfig } from './kubeconfig.ts';
import { proxyFor } from './proxy.ts';

/** Who the API server is asked to take the caller for. */
export interface Impersonation {
  readonly user?: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/** Everything needed to speak to one cluster. */
export interface Target {
  /** Name of the context; `in-cluster` inside a pod. */
  readonly context: string;
  readonly server: URL;
  /** The context's namespace, else `default`. */
  readonly namespace: string;
  /** PEM; undefined where the machine's own authorities are to be trusted. */
  readonly certificateAuthority: string | undefined;
  readonly insecure: boolean;
  readonly serverName: string | undefined;
  readonly proxy: string | undefined;
  readonly authentication: Authentication;
  readonly impersonation: Impersonation;
  /** What an exec plugin is told of the cluster, if it wants to know. */
  readonly forPlugins: JsonObject;
}

export interface TargetOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly as?: string;
  readonly asGroups?: readonly string[];
  readonly asUid?: string;
  readonly environment: Environment;
  /** Where a pod's service account is mounted; tests have another. */
  readonly serviceAccountFolder?: string;
}

/** Finds the cluster that the options and the environment name. */
export function findTarget(options: TargetOptions): Result<Target> {
  const read = readKubeconfig(options.kubeconfig, options.environment);
  if (!read.ok) return read;
  const config = read.value;
  if (config === undefined || (config.contexts.size === 0 && config.clusters.size === 0)) {
    const pod = options.context === undefined && options.kubeconfig === undefined ? inCluster(options) : undefined;
    if (pod !== undefined) return pod;
    const where = options.kubeconfig ?? options.environment.KUBECONFIG ?? '~/.kube/config';
    const message = `no cluster to read: ${where} is absent or names none; give a kubeconfig with --kubeconfig or KUBECONFIG`;
    return failure(problem('kubeconfig/not-found', message));
  }
  return fromContext(config, options);
}

function fromContext(config: Kubeconfig, options: TargetOptions): Result<Target> {
  const name = options.context ?? config.currentContext;
  const known = [...config.contexts.keys()].sort().map(printable);
  const there = known.length === 0 ? 'it has no contexts' : `there are: ${known.slice(0, 20).join(', ')}`;
  if (name === undefined) return wrong(`no current context; name one with --context (${there})`);
  const context = config.contexts.get(name);
  if (context === undefined) return wrong(`no context "${printable(name)}"; ${there}`);
  const clusterName = asString(context.value.cluster) ?? '';
  const cluster = config.clusters.get(clusterName);
  if (cluster === undefined) return wrong(`context "${printable(name)}" names the cluster "${printable(clusterName)}", which is not there`);
  const userName = asString(context.value.user) ?? '';
  const user = config.users.get(userName);
  if (user === undefined && userName !== '')
    return wrong(`context "${printable(name)}" names the user "${printable(userName)}", which is not there`);

  const server = serverUrl(asString(cluster.value.server) ?? '');
  if (server === undefined) return wrong(`cluster "${printable(clusterName)}" has no server address that can be used`);
  const authority = certificateAuthority(cluster);
  if (!authority.ok) return authority;
  const insecure = cluster.value['insecure-skip-tls-verify'] === true;
  if (insecure && authority.value !== undefined)
    return wrong(`cluster "${printable(clusterName)}" has a certificate authority and insecure-skip-tls-verify; one of them must go`);
  const forPlugins = pluginView(cluster, authority.value);
  const method = authentication(user ?? { value: {}, folder: '' }, userName);
  if (!method.ok) return method;
  if (server.protocol === 'http:' && method.value.kind !== 'none' && !isLoopback(server.hostname))
    return wrong(`cluster "${printable(clusterName)}" is reached without TLS; its user's credentials would travel readable`);
  const proxy = proxyFor(server, asString(cluster.value['proxy-url']), options.environment);
  if (!proxy.ok) return proxy;
  const serverName = asString(cluster.value['tls-server-name']);
  return ok({
    context: name,
    server,
    namespace: asString(context.value.namespace) || 'default',
    certificateAuthority: authority.value,
    insecure,
    serverName: serverName === '' ? undefined : serverName,
    proxy: proxy.value,
    authentication: method.value,
    impersonation: impersonation(user, options),
    forPlugins,
  });
}

function inCluster(options: TargetOptions): Result<Target> | undefined {
  const host = options.environment.KUBERNETES_SERVICE_HOST ?? '';
  const port = options.environment.KUBERNETES_SERVICE_PORT ?? '';
  const folder = options.serviceAccountFolder ?? '/var/run/secrets/kubernetes.io/serviceaccount';
  const token = join(folder, 'token');
  if (host === '' || port === '' || !existsSync(token)) return undefined;
  const server = serverUrl(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  if (server === undefined) return wrong('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT make no address');
  const authority = readText(join(folder, 'ca.crt'));
  if (!authority.ok) return authority;
  const namespace = readText(join(folder, 'namespace'));
  return ok({
    context: 'in-cluster',
    server,
    namespace: (namespace.ok ? namespace.value.trim() : '') || 'default',
    certificateAuthority: authority.value,
    insecure: false,
    serverName: undefined,
    proxy: undefined,
    authentication: { kind: 'token', file: token, value: undefined, certificate: undefined, name: "this pod's service account" },
    impersonation: impersonation(undefined, options),
    forPlugins: {},
  });
}

function certificateAuthority(cluster: Entry): Result<string | undefined> {
  const data = asString(cluster.value['certificate-authority-data']) ?? '';
  if (data !== '') return ok(Buffer.from(data, 'base64').toString('utf8'));
  const path = pathIn(cluster, 'certificate-authority');
  return path === undefined ? ok(undefined) : readText(path);
}

function readText(path: string): Result<string> {
  try {
    return ok(readFileSync(path, 'utf8'));
  } catch {
    return failure(problem('kubeconfig/invalid', `${path}: the file that the kubeconfig names cannot be read`));
  }
}

function serverUrl(text: string): URL | undefined {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url === null || url.hostname === '' || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

/** True for addresses that do not leave this machine. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.[0-9.]+$/.test(host);
}

function impersonation(user: Entry | undefined, options: TargetOptions): Impersonation {
  const extra = new Map<string, readonly string[]>();
  for (const [key, values] of Object.entries(user?.value['as-user-extra'] ?? {})) extra.set(key, strings(values));
  const name = options.as ?? asString(user?.value.as);
  const uid = options.asUid ?? asString(user?.value['as-uid']);
  const groups = options.asGroups !== undefined && options.asGroups.length > 0 ? options.asGroups : strings(user?.value['as-groups']);
  return { ...(name ? { user: name } : {}), groups, ...(uid ? { uid } : {}), extra };
}

/** `spec.cluster` of an ExecCredential, client.authentication.k8s.io/v1. */
function pluginView(cluster: Entry, authority: string | undefined): JsonObject {
  const { value } = cluster;
  const extensions = Array.isArray(value.extensions) ? value.extensions : [];
  const config = extensions.find((item) => dig(item, 'name') === 'client.authentication.k8s.io/exec');
  return {
    server: asString(value.server) ?? '',
    ...(typeof value['tls-server-name'] === 'string' ? { 'tls-server-name': value['tls-server-name'] } : {}),
    ...(value['insecure-skip-tls-verify'] === true ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority === undefined ? {} : { 'certificate-authority-data': Buffer.from(authority, 'utf8').toString('base64') }),
    ...(typeof value['proxy-url'] === 'string' ? { 'proxy-url': value['proxy-url'] } : {}),
    ...(value['disable-compression'] === true ? { 'disable-compression': true } : {}),
    config: dig(config, 'extension') ?? null,
  };
}

function wrong(message: string): { readonly ok: false; readonly problem: Problem } {
  return failure(problem('kubeconfig/invalid', message));
}
