// The cluster that a request goes to: a live one, or manifests and snapshots; without either an empty one. A file that cannot be read ends
// the command: an answer over half of a cluster would be another answer. Documents and lists that could not be read are told with the answer.

import { problem } from '../../lib/problem.ts';
import { problemText } from '../../report/words.ts';
import { provedRelease } from '../../request/semantics.ts';
import { factsFor, snapshot } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { releaseOf } from '../api-server.ts';
import { asServed, readCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { Stop } from '../exit.ts';
import { kubernetesVersion } from '../flags.ts';
import { errorsIn, unreadOf } from '../unread.ts';
import type { Cluster } from './asked.ts';

export interface ReadCluster extends Cluster {
  /** What of it could not be read, as sentences. */
  readonly unread: readonly string[];
}

/** Reads the cluster or the paths. */
export async function readState(input: CommandInput, paths: readonly string[]): Promise<ReadCluster> {
  const { flags, console, now } = input;
  const version = kubernetesVersion(flags);
  const live = flags.kubeconfig !== undefined || flags.context !== undefined;
  if (live && paths.length > 0)
    throw new Stop(
      problem('usage/bad-flag', `--context and --kubeconfig name a live cluster, and ${paths[0]} is a path; give one of them`),
    );
  const clusterFlags = Object.fromEntries(['kubeconfig', 'context'].map((name) => [name, flags[name]]));
  const loaded = live
    ? await readCluster({ ...input, flags: clusterFlags }, asServed)
    : paths.length === 0
      ? { resources: [], problems: [], coverage: [] }
      : await load(paths, { now, kubernetesVersion: version ?? provedRelease });
  const unread = unreadOf(loaded.problems);
  const told = errorsIn(loaded.problems);
  if (!console.quiet) for (const one of told.slice(0, 5)) console.err(`error: ${problemText(one)}\n`);
  const known = 'facts' in loaded ? loaded.facts : undefined;
  const facts = factsFor(known, version ?? (known?.versionKnown === true ? undefined : provedRelease));
  return { state: snapshot({ ...loaded, facts }), release: await releaseOf(facts.kubernetesVersion), unread };
}
