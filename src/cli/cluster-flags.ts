// The flags of every command that can look at a live cluster, and the reading itself. kubectl's names and habits, with two differences that
// the help tells: nothing is asked over the network unless a flag names the cluster (any of these does), and without -n the whole cluster
// is meant, not the context's namespace, because an answer about one namespace is easily taken for one about all.

import { problem } from '../lib/problem.ts';
import { printable } from '../lib/text.ts';
import type { ClusterOptions, LoadedCluster } from '../sources/cluster/load.ts';
import type { CommandInput, Flag, Flags } from './command.ts';
import { Stop } from './exit.ts';
import { verbatim, word } from './flags.ts';

export const clusterFlags: readonly Flag[] = [
  { flags: '--kubeconfig <file>', description: 'read a live cluster: the kubeconfig to use (default: $KUBECONFIG, else ~/.kube/config)' },
  { flags: '--context <name>', description: "read a live cluster: the kubeconfig's context (default: the current one)" },
  {
    flags: '-A, --all-namespaces',
    description: 'read a live cluster: everything in the current context; the default once a cluster is named',
  },
  {
    flags: '-n, --namespace <name>',
    description: 'with a cluster: only this namespace; with paths: the namespace of objects that name none',
  },
  { flags: '-l, --selector <labels>', description: 'with a cluster: only objects with these labels, as kubectl get -l' },
  { flags: '--as <user>', description: 'with a cluster: impersonate this user' },
  { flags: '--as-group <group>', description: 'with a cluster: impersonate this group', repeatable: true },
  { flags: '--as-uid <uid>', description: 'with a cluster: impersonate this uid' },
];

/** Flags that make sense for a live cluster alone. */
const onlyCluster = ['kubeconfig', 'context', 'allNamespaces', 'selector', 'as', 'asGroup', 'asUid'] as const;

/**
 * True where the words and flags mean a live cluster: no path, and a flag that names one. With a path they mean files, and flags that only
 * a cluster understands are refused rather than passed over.
 */
export function meansCluster(words: readonly string[], flags: Flags): boolean {
  const given = onlyCluster.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (words.length === 0) return given !== undefined || flags.namespace !== undefined;
  if (given === undefined) return false;
  const flag = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new Stop(problem('usage/bad-flag', `${flag} names a live cluster, and ${words[0]} is a path; give one of them`));
}

/** What the flags ask of a cluster. */
export function clusterOptions({ flags, environment }: Pick<CommandInput, 'flags' | 'environment'>): ClusterOptions {
  const texts = {
    kubeconfig: word(flags, 'kubeconfig'),
    context: word(flags, 'context'),
    namespace: flags.allNamespaces === true ? undefined : word(flags, 'namespace'),
    selector: word(flags, 'selector'),
    as: word(flags, 'as'),
    asUid: word(flags, 'asUid'),
  };
  for (const [name, value] of Object.entries(texts))
    if (value === '') throw new Stop(problem('usage/bad-flag', `--${name === 'asUid' ? 'as-uid' : name} is empty`));
  const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  return { ...given, asGroups: verbatim(flags, 'asGroup'), environment, interactive: process.stdin.isTTY === true };
}

/**
 * What an API server that is asked something needs beyond what analyses read: who manages which field, and kinds that say nothing about the
 * cluster's security but are asked for.
 */
export const asServed: Pick<ClusterOptions, 'keepManagedFields' | 'also'> = {
  keepManagedFields: true,
  also: ['controllerrevisions.apps', 'csistoragecapacities.storage.k8s.io'],
};

/** Reads the cluster that the flags name, with progress on a terminal; ends the command where nothing could be read. */
export async function readCluster(
  input: CommandInput,
  wanted: Pick<ClusterOptions, 'resources' | 'keepManagedFields' | 'also'> = {},
): Promise<LoadedCluster> {
  const { loadCluster } = await import('../sources/cluster/load.ts');
  const { console } = input;
  const shows = process.stderr.isTTY === true && !console.quiet;
  const progress = (done: number, of: number, objects: number) => console.err(`\r\u001b[Kreading ${done}/${of} kinds, ${objects} objects`);
  const loaded = await loadCluster({ ...clusterOptions(input), ...wanted, ...(shows ? { progress } : {}) });
  if (shows) console.err('\r\u001b[K');
  if (!loaded.ok) throw new Stop(loaded.problem);
  const { value } = loaded;
  if (!console.quiet) console.err(`read context "${printable(value.context)}" (${value.server}): ${value.coverage[0]?.detail ?? ''}\n`);
  if (value.missingRole !== '' && !console.quiet) console.err(`rules that would allow the rest:\n${indented(value.missingRole)}`);
  return value;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
