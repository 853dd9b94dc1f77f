// What the network commands read: manifests or a live cluster, as a snapshot, with the places of its fields in the texts.

import { type Problem, problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import type { Workload } from '../../network/endpoints.ts';
import { isNamed } from '../../network/focus.ts';
import type { Complaint } from '../../network/policy.ts';
import { problemText } from '../../report/words.ts';
import { assumedFacts, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { type Locator, positions } from '../../sources/positions.ts';
import { meansCluster, readCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { Stop } from '../exit.ts';
import { word } from '../flags.ts';

export interface NetworkInput {
  readonly snapshot: Snapshot;
  readonly locate: Locator;
}

/** Reads what `paths` and the flags name; ends the command where there is no object at all. */
export async function readInput(input: CommandInput, paths: readonly string[]): Promise<NetworkInput> {
  const live = meansCluster(paths, input.flags);
  if (!live && paths.length === 0)
    throw new Stop(problem('usage/bad-flag', 'name files or folders ("-" for stdin), or a cluster with -A, -n or --context'));
  const namespace = word(input.flags, 'namespace');
  const loaded = live
    ? { ...(await readCluster(input)), texts: new Map<string, string>() }
    : await load(paths, {
        render: input.flags.render === false ? 'never' : 'auto',
        now: input.now,
        ...(namespace === undefined ? {} : { defaultNamespace: namespace }),
      });
  tell(input, loaded.problems);
  if (loaded.resources.length === 0) throw new Stop(problem('input/nothing', 'nothing to look at: no Kubernetes object was read'));
  const { resources, problems, coverage } = loaded;
  return {
    snapshot: snapshot({ resources, problems, coverage, facts: loaded.facts ?? assumedFacts(undefined) }),
    locate: positions(loaded.texts),
  };
}

/** Ends the command where a name given to --focus or --focus-peer is nobody's: an empty answer would read as "nothing may talk". */
export function mustExist(names: readonly string[], workloads: readonly Workload[]): void {
  const nobody = names.filter(
    (name) => name !== 'ingress-controller' && !workloads.some((workload) => isNamed({ kind: 'workload', workload }, [name])),
  );
  if (nobody.length === 0) return;
  const known = workloads.slice(0, 5).map(({ namespace, name }) => `${namespace}/${name}`);
  const there = known.length === 0 ? '' : `; there are ${known.join(', ')}${workloads.length > known.length ? ', …' : ''}`;
  throw new Stop(problem('input/nothing', printable(`no workload is named ${nobody.map((name) => `"${name}"`).join(', ')}${there}`)));
}

/** Complaints as problems with their places. */
export function located(complaints: readonly Complaint[], locate: Locator): readonly Problem[] {
  return complaints.map((complaint) => {
    const source = locate(complaint.resource, complaint.path);
    return source === undefined ? complaint.problem : { ...complaint.problem, source };
  });
}

/** Tells problems on stderr. */
export function tell({ console, flags }: CommandInput, problems: readonly Problem[]): void {
  for (const told of problems) {
    const level = told.level ?? 'error';
    if (level === 'note' && flags.verbose !== true) continue;
    if (level === 'warning' && flags.quiet === true) continue;
    console.err(`${level}: ${problemText(told)}\n`);
  }
}
