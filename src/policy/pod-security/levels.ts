// Pod Security levels of a whole snapshot: the strictest level each workload meets, the strictest one that all workloads of a namespace
// meet, and beside it what the namespace's labels enforce. The version is the cluster's: `latest` on a label means that too, and a label
// that names a newer version gets no more than the cluster knows, as in its API server.

import { labelsOf } from '../../kube/object.ts';
import type { Pod } from '../../kube/pod/types.ts';
import { ofKind, workloads } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { type Level, levels } from './check.ts';
import { levelOf } from './evaluate.ts';
import { type LabelProblem, type PodSecurityPolicy, policyOf } from './labels.ts';
import { minorOf, parseVersion } from './version.ts';

export interface WorkloadLevel {
  readonly resource: Resource;
  /** The strictest level that every pod of the workload meets. */
  readonly level: Level;
}

export interface NamespaceLevel {
  readonly namespace: string;
  /** Workloads seen in it; never zero for a namespace without a Namespace object. */
  readonly workloads: number;
  /** The strictest level that all its workloads meet; undefined where none was seen. */
  readonly met: Level | undefined;
  /** What its labels ask for; undefined where its Namespace object was not seen. */
  readonly policy: PodSecurityPolicy | undefined;
  readonly problems: readonly LabelProblem[];
  /** Workloads whose pods the enforced level would refuse. */
  readonly refused: readonly Resource[];
}

export interface PodSecurityLevels {
  /** The minor version that was applied: `1.36`. */
  readonly version: string;
  readonly workloads: readonly WorkloadLevel[];
  /** By name. */
  readonly namespaces: readonly NamespaceLevel[];
}

/** Levels of every workload and namespace of a snapshot, in snapshot order and by name. */
export function podSecurityLevels(snapshot: Snapshot): PodSecurityLevels {
  const minor = minorOf(snapshot.facts.kubernetesVersion);
  const version = `1.${minor}`;
  const found = workloads(snapshot).map((resource): WorkloadLevel => ({ resource, level: laxestOf(resource.pods, version) }));
  const byNamespace = Map.groupBy(found, ({ resource }) => resource.namespace);
  const objects = new Map(ofKind(snapshot, '', 'Namespace').map((resource) => [resource.name, resource]));
  const names = [...new Set([...byNamespace.keys(), ...objects.keys()])].filter((name) => name !== '').sort();
  return {
    version,
    workloads: found,
    namespaces: names.map((name) => namespaceLevel(name, byNamespace.get(name) ?? [], objects.get(name), minor)),
  };
}

function namespaceLevel(namespace: string, found: readonly WorkloadLevel[], object: Resource | undefined, minor: number): NamespaceLevel {
  const met = levels.find((level) => found.some((workload) => workload.level === level));
  if (object === undefined) return { namespace, workloads: found.length, met, policy: undefined, problems: [], refused: [] };
  const { policy, problems } = policyOf(labelsOf(object.object));
  const asked = parseVersion(policy.enforce.version);
  const enforced = `1.${typeof asked === 'number' ? Math.min(asked, minor) : minor}`;
  const refused = found.map(({ resource }) => resource).filter(({ pods }) => !atLeast(laxestOf(pods, enforced), policy.enforce.level));
  return { namespace, workloads: found.length, met, policy, problems, refused };
}

function laxestOf(pods: readonly Pod[], version: string): Level {
  let laxest: Level = 'restricted';
  for (const pod of pods) {
    const level = levelOf(pod, version);
    if (!atLeast(level, laxest)) laxest = level;
  }
  return laxest;
}

/** True where `level` is as strict as `other` or stricter. */
function atLeast(level: Level, other: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(other);
}
