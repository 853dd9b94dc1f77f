// What the flags about admission mean for `request`, `simulate` and `diff --server`: plugins, their configuration, and calls of webhooks.
// Nothing is called unless `--call-webhooks` says so: URLs come out of manifests, which anybody may have written.

import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { readDocument } from '../kube/yaml/parse.ts';
import { asString, dig, type Json } from '../lib/json.ts';
import { problem } from '../lib/problem.ts';
import { type PluginConfiguration, type PluginPart, pluginParts, readPluginConfiguration } from '../request/admission/configuration.ts';
import { type EventLimits, eventLimits } from '../request/admission/event-rate-limit.ts';
import { orderedPlugins } from '../request/admission/run.ts';
import type { MakeCall } from '../request/calls/calling.ts';
import { defaultPlugins, usualPlugins } from '../request/server.ts';
import { type Backend, webhookCaller } from '../server/webhooks/caller.ts';
import { type Entry, pathIn, readKubeconfig } from '../sources/cluster/kubeconfig.ts';
import type { Flags } from './command.ts';
import { Stop } from './exit.ts';
import { list, verbatim, word } from './flags.ts';

/** What the flags say. */
export interface Admission {
  readonly plugins: ReadonlySet<string>;
  readonly configuration: PluginConfiguration | undefined;
  readonly eventLimits: EventLimits | undefined;
  readonly makeCall: MakeCall | undefined;
  /** What is not looked at, as sentences. */
  readonly told: readonly string[];
}

/** Reads the flags; `now` gives the time of the tokens of EventRateLimit where it does not stand still. */
export function readAdmission(flags: Flags, now: number | (() => number)): Admission {
  const plugins = pluginsOf(flags);
  const { configuration, unread, file } = configurationOf(flags);
  const limits = configuration?.eventLimits;
  return {
    plugins,
    configuration,
    eventLimits: limits === undefined ? undefined : eventLimits(limits, typeof now === 'number' ? () => now : now),
    makeCall: callerOf(flags),
    told: unread.map((name) => `what ${file} says of ${name} is not looked at`),
  };
}

/** True where any of the flags is given. */
export function givesAdmission(flags: Flags): boolean {
  return (
    flags.callWebhooks === true ||
    flags.clusterNetwork === true ||
    flags.admissionControlConfigFile !== undefined ||
    ['webhook', 'enableAdmissionPlugins', 'disableAdmissionPlugins'].some((name) => verbatim(flags, name).length > 0)
  );
}

function bad(message: string): Stop {
  return new Stop(problem('usage/bad-flag', message));
}

function pluginsOf(flags: Flags): ReadonlySet<string> {
  const known = new Set([...orderedPlugins.map(({ name }) => name), ...defaultPlugins]);
  const enabled = list(flags, 'enableAdmissionPlugins');
  const disabled = list(flags, 'disableAdmissionPlugins');
  const odd = [...enabled, ...disabled].find((name) => !known.has(name));
  if (odd !== undefined) throw bad(`${odd} is no admission plugin known here: ${[...known].sort().join(', ')}`);
  const both = enabled.find((name) => disabled.includes(name));
  if (both !== undefined) throw bad(`${both} is in --enable-admission-plugins and in --disable-admission-plugins`);
  return new Set([...usualPlugins, ...enabled].filter((name) => !disabled.includes(name)));
}

function configurationOf(flags: Flags): {
  readonly configuration: PluginConfiguration | undefined;
  readonly unread: readonly string[];
  readonly file: string;
} {
  const file = word(flags, 'admissionControlConfigFile');
  if (file === undefined) return { configuration: undefined, unread: [], file: '' };
  const parts = pluginParts(document(file), file);
  if (!parts.ok) throw new Stop(parts.problem);
  const beside = (path: string) => (isAbsolute(path) ? path : join(dirname(file), path));
  const filled = parts.value.map((part): PluginPart => {
    if (part.value !== undefined || part.path === '') return part;
    return { ...part, value: document(beside(part.path)) };
  });
  const read = readPluginConfiguration(filled, (path) => backendOf(path)?.url ?? '');
  if (!read.ok) throw new Stop(read.problem);
  return { ...read.value, file };
}

function document(file: string): Json {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Stop(problem('input/unreadable', `cannot read ${file}`));
  }
  const { value, issues } = readDocument(text);
  if (value === undefined || value === null || issues.some(({ level }) => level === 'error')) throw bad(`${file} holds no YAML or JSON`);
  return value;
}

function callerOf(flags: Flags): MakeCall | undefined {
  const routes = verbatim(flags, 'webhook');
  if (flags.callWebhooks !== true) {
    if (routes.length > 0 || flags.clusterNetwork === true)
      throw bad('--webhook and --cluster-network say how webhooks are reached; nothing is called without --call-webhooks');
    return undefined;
  }
  const services = new Map<string, string>();
  for (const route of routes) {
    const match = /^([a-z0-9-]+\/[a-z0-9-]+)=(https:\/\/[^/?#@\s]+)\/?$/.exec(route);
    if (match === null) throw bad(`--webhook ${route}: write it as NAMESPACE/NAME=https://HOST:PORT`);
    services.set(match[1] ?? '', match[2] ?? '');
  }
  return webhookCaller({ services, isInCluster: flags.clusterNetwork === true, backend: backendOf });
}

/** The server of a kubeconfig's current context, with the credentials that stand in it. */
function backendOf(file: string): Backend | undefined {
  const read = readKubeconfig(file, {});
  if (!read.ok || read.value === undefined) return undefined;
  const { clusters, users, contexts, currentContext = '' } = read.value;
  const context = contexts.get(currentContext)?.value;
  const cluster = clusters.get(asString(dig(context, 'cluster')) ?? '');
  const user = users.get(asString(dig(context, 'user')) ?? '');
  const url = asString(cluster?.value.server) ?? '';
  if (!url.startsWith('https://') || !URL.canParse(url)) return undefined;
  const token = asString(user?.value.token) ?? '';
  return {
    url,
    ...pem('ca', cluster, 'certificate-authority'),
    ...pem('cert', user, 'client-certificate'),
    ...pem('key', user, 'client-key'),
    ...(token === '' ? {} : { token }),
  };
}

function pem(as: 'ca' | 'cert' | 'key', entry: Entry | undefined, key: string): { readonly [name in 'ca' | 'cert' | 'key']?: string } {
  const data = asString(entry?.value[`${key}-data`]) ?? '';
  if (data !== '') return { [as]: Buffer.from(data, 'base64').toString('latin1') };
  const path = entry === undefined ? undefined : pathIn(entry, key);
  if (path === undefined) return {};
  try {
    return { [as]: readFileSync(path, 'latin1') };
  } catch {
    return {};
  }
}
