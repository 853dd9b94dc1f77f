// What the questions about rights are asked of: files, or the RBAC of a live cluster. Each answer says what it rests on and what is
// missing. The role cluster-admin is the same in every cluster, so manifests that bind it and do not hold it are answered with it.

import { bindingsIn } from '../../identity/bindings.ts';
import { findRoles, rbacGroup } from '../../identity/roles.ts';
import type { KubeObject } from '../../kube/object.ts';
import { problem, type SourcePosition } from '../../lib/problem.ts';
import { counted, problemText } from '../../report/words.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { factsFor, type Resource, resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { positions } from '../../sources/positions.ts';
import { readCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { Stop } from '../exit.ts';
import { kubernetesVersion, verbatim, word } from '../flags.ts';

export interface Asked {
  readonly snapshot: Snapshot;
  readonly locate: (resource: Resource, path: string) => SourcePosition | undefined;
  /** What the answer rests on, and what is missing: sentences for the end of a table, and for `restsOn` in JSON. */
  readonly restsOn: readonly string[];
}

const rbacResources = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map((name) => `${name}.${rbacGroup}`);

/** Reads what the words and flags name. `whole`: a cluster's other objects are needed, too. */
export async function ask(input: CommandInput, paths: readonly string[], whole = false): Promise<Asked> {
  const { flags, console, now } = input;
  const live = ['kubeconfig', 'context', 'allNamespaces', 'namespace'].some((name) => flags[name] !== undefined);
  const all = [...verbatim(flags, 'filename'), ...paths];
  if (all.length === 0 && !live)
    throw new Stop(
      problem('usage/bad-flag', 'of what? Name files or folders with -f ("-" for stdin), or a cluster with --context, -n or -A'),
    );
  if (all.length > 0 && (flags.kubeconfig !== undefined || flags.context !== undefined))
    throw new Stop(problem('usage/bad-flag', `--context and --kubeconfig name a live cluster, and ${all[0]} is a path; give one of them`));
  const version = kubernetesVersion(flags);
  const clusterFlags = Object.fromEntries(['kubeconfig', 'context'].map((name) => [name, flags[name]]));
  const loaded =
    all.length > 0
      ? await load(all, { now, ...(version === undefined ? {} : { kubernetesVersion: version }) })
      : {
          texts: new Map<string, string>(),
          ...(await readCluster({ ...input, flags: clusterFlags }, whole ? {} : { resources: rbacResources })),
        };
  if (loaded.resources.length === 0) throw new Stop(loaded.problems[0] ?? problem('input/nothing', 'no Kubernetes object was read'));
  const read = snapshot({ ...loaded, facts: factsFor(loaded.facts, version) });
  const { state, assumed } = withClusterAdmin(read);
  const told = loaded.problems.filter(({ level }) => (level ?? 'error') === 'error');
  if (!console.quiet) for (const one of told.slice(0, 5)) console.err(`error: ${problemText(one)}\n`);
  return { snapshot: state, locate: positions(loaded.texts), restsOn: restsOn(read, assumed, told.length) };
}

/** Whether the flags given name one to ask about whose rights come from other objects than RBAC's. */
export function isNode(flags: CommandInput['flags']): boolean {
  return word(flags, 'as')?.startsWith('system:node:') === true;
}

function withClusterAdmin(read: Snapshot): { readonly state: Snapshot; readonly assumed: boolean } {
  const reference = { kind: 'ClusterRole', namespace: '', name: 'cluster-admin' };
  const bound = bindingsIn(read).some(({ role }) => role.kind === 'ClusterRole' && role.name === 'cluster-admin');
  if (read.facts.live || !bound || findRoles(read, reference).length > 0) return { state: read, assumed: false };
  const role: KubeObject = {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'cluster-admin' },
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
  };
  return { state: snapshot({ ...read, resources: [...read.resources, resource(role, { kind: 'memory' })] }), assumed: true };
}

function restsOn(read: Snapshot, assumed: boolean, errors: number): readonly string[] {
  const count = (...kinds: readonly string[]) => kinds.reduce((sum, kind) => sum + ofKind(read, rbacGroup, kind).length, 0);
  const roles = counted(count('Role', 'ClusterRole'), 'role');
  const bindings = counted(count('RoleBinding', 'ClusterRoleBinding'), 'binding');
  const missing = read.coverage.filter(({ state }) => state === 'failed' || state === 'partial');
  return [
    `${roles} and ${bindings}${read.facts.live ? ' of the live cluster' : ''}, Kubernetes ${read.facts.kubernetesVersion}${read.facts.versionKnown ? '' : ' assumed'}; webhook authorizers and ABAC files are not known here`,
    ...(assumed ? ['cluster-admin is not in the input; it is taken as every cluster has it: everything'] : []),
    ...(errors > 0 ? [`${counted(errors, 'problem')} while reading: what was not read is not in the answer`] : []),
    ...missing.map(({ source, state, detail }) => `${source}: ${state}, ${detail}`),
  ];
}
