// Kubesplaining's rules about escalation asked of our attack graph: which subject has which edge of its own grants (KUBE-PRIVESC-001 to -024),
// which sinks a subject reaches (KUBE-PRIVESC-PATH-*), and chains by the order of their actions. Rules about workloads, networks, Secrets and
// admission are those of the catalogue and are not judged here; they are counted. Where upstream departs from the API server, the rule is in
// kubesplaining-corrections.json and the case is counted as corrected, not as passed.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attackGraph } from '../../src/attack/build.ts';
import type { AttackGraph } from '../../src/attack/graph.ts';
import { namesGiven, right } from '../../src/attack/right.ts';
import { held, never } from '../../src/attack/search.ts';
import { grantsIn } from '../../src/identity/grants.ts';
import { assumedFacts, type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';
import { readManifests } from '../../src/sources/manifests.ts';
import { type CaseResult, json, jsonLines, type Suite } from '../suite.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly rule?: string;
  readonly prefix?: string;
  readonly findingId?: string;
  readonly snapshot?: string;
  readonly clusterVersion?: string;
  readonly manifests?: readonly string[];
  readonly needs?: readonly string[];
  readonly subject?: { readonly kind: string; readonly namespace?: string; readonly name: string };
  readonly sink?: string;
  readonly variant?: string;
  readonly expect: {
    readonly ids?: readonly string[];
    readonly findings?: number;
    readonly standard?: boolean;
    readonly minimumHops?: number;
    readonly actionsInOrder?: readonly string[];
    readonly present?: boolean;
  };
}

/** The edges that a rule is about. */
const byEdges: Readonly<Record<string, readonly string[]>> = {
  'KUBE-PRIVESC-001': ['pod-create-sa'],
  'KUBE-PRIVESC-002': ['pod-create-priv'],
  'KUBE-PRIVESC-003': ['workload-create', 'workload-patch'],
  'KUBE-PRIVESC-004': ['pod-exec', 'pod-attach'],
  'KUBE-PRIVESC-005': ['secret-list'],
  'KUBE-PRIVESC-006': ['secret-get'],
  'KUBE-PRIVESC-007': ['secret-mint'],
  'KUBE-PRIVESC-010': ['rebind-held'],
  'KUBE-PRIVESC-011': ['csr-approve'],
  'KUBE-PRIVESC-012': ['nodes-proxy'],
  'KUBE-PRIVESC-013': ['ephemeral-ctr'],
  'KUBE-PRIVESC-014': ['token-request'],
  'KUBE-PRIVESC-015': ['port-forward'],
  'KUBE-PRIVESC-016': ['steal-pods'],
  'KUBE-PRIVESC-017': ['wildcard-admin'],
  'KUBE-PRIVESC-024': ['csr-sign'],
};

/** Rules about a right that is no way by itself: a group cannot be impersonated without a user. */
const byRights: Readonly<Record<string, string>> = {
  'KUBE-PRIVESC-008': 'impersonate users | impersonate groups | impersonate serviceaccounts',
  'KUBE-PRIVESC-009': 'bind,escalate roles.rbac.authorization.k8s.io | bind,escalate clusterroles.rbac.authorization.k8s.io',
};

/** The edges and positions at the end of a path rule. */
const sinks: Readonly<Record<string, (edge: string, kind: string, namespace: string) => boolean>> = {
  'KUBE-PRIVESC-PATH-CLUSTER-ADMIN': (edge, kind) => edge === 'wildcard-admin' && kind === 'cluster-admin',
  'KUBE-PRIVESC-PATH-SYSTEM-MASTERS': (edge, kind) =>
    (edge === 'impersonate-group' && kind === 'cluster-admin') || ['csr-approve', 'csr-sign', 'cp-node', 'system-masters'].includes(edge),
  'KUBE-PRIVESC-PATH-NODE-ESCAPE': (_edge, kind) => kind === 'node' || kind === 'control-plane',
  'KUBE-PRIVESC-PATH-KUBE-SYSTEM-SECRETS': (edge, kind, namespace) =>
    ['secret-get', 'secret-list'].includes(edge) && kind === 'secrets' && (namespace === '' || namespace === 'kube-system'),
  'KUBE-PRIVESC-PATH-NAMESPACE-ADMIN': (_edge, kind) => kind === 'namespace-admin',
  'KUBE-PRIVESC-PATH-AWS-IAM-ROLE': (edge) => edge === 'workload-id',
  'KUBE-PRIVESC-PATH-GENERIC': (edge, kind, namespace) => kind === 'tokens' && namespace === '' && edge !== 'pod-create-sa',
};

/** Upstream's word for a hop, and our edges for it. */
const actions: Readonly<Record<string, readonly string[]>> = {
  operator_reconcile: ['operator-cr'],
  wildcard_permission: ['wildcard-admin'],
  modify_role_binding: ['bind-role'],
  colocated_sa_token_theft: ['pod-create-sa', 'token-request', 'impersonate-sa', 'workload-create', 'secret-mint'],
  pod_create_privileged_escape: ['pod-create-priv', 'workload-create'],
  node_drain_migrate: ['steal-pods'],
  control_plane_pki_theft: ['cp-node'],
};

export const kubesplaining: Suite = {
  name: 'kubesplaining',
  async *run(folder, note) {
    const corrections = json<Readonly<Record<string, string>>>(join(import.meta.dirname, '..'), 'kubesplaining-corrections.json');
    const scenes = new Map<string, Scene>();
    const scene = (one: Case) => {
      const key = `${one.snapshot ?? 'e2e'} ${one.clusterVersion ?? ''}`;
      const known = scenes.get(key) ?? new Scene(read(folder, one));
      scenes.set(key, known);
      return known;
    };
    const corrected = new Map<string, number>();
    let others = 0;
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      const rule = one.rule ?? (one.prefix ?? one.findingId ?? '').split(':')[0] ?? '';
      if (one.needs !== undefined || (one.kind !== 'chain' && !isOurs(rule))) {
        others++;
        continue;
      }
      const detail = judge(scene(one), one, rule);
      const why =
        detail === undefined ? undefined : [...(one.expect.actionsInOrder ?? []), rule].find((word) => Object.hasOwn(corrections, word));
      if (detail === undefined) yield { id: one.id, passed: true };
      else if (why !== undefined) corrected.set(why, (corrected.get(why) ?? 0) + 1);
      else yield { id: one.id, passed: false, detail } satisfies CaseResult;
    }
    note(`${others} cases are of rules of the catalogue, or need objects of kind, and are not judged here`);
    for (const [word, count] of corrected) note(`${count} not judged for ${word}: ${corrections[word]}`);
  },
};

function isOurs(rule: string): boolean {
  return Object.hasOwn(byEdges, rule) || Object.hasOwn(byRights, rule) || Object.hasOwn(sinks, rule);
}

function read(folder: string, one: Case): Snapshot {
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  const version = /1\.[0-9]+/.exec(one.clusterVersion ?? '')?.[0];
  const files = one.snapshot === undefined ? e2e : [one.snapshot];
  return snapshot({
    resources: files.flatMap((file) => readManifests(text(file), file, new Map()).resources),
    facts: assumedFacts(version),
  });
}

const e2e = [
  '00-baseline',
  '10-containersec',
  '11-pvhostpath',
  '12-psa-labels',
  '12-secrets',
  '13-netpol',
  '14-csr',
  '15-cloud-eks',
  '16-privesc-rbac',
  '17-privesc-deep-chains',
  '18-privesc-cut-resilient',
].map((name) => `files/e2e/${name}.yaml`);

/** Everything asked about one set of objects. */
class Scene {
  readonly snapshot: Snapshot;
  readonly graph: AttackGraph;

  constructor(of: Snapshot) {
    this.snapshot = of;
    this.graph = attackGraph(of);
  }

  /** The subjects that are not muted, by the text that upstream's ids have. */
  subjects(): ReadonlyMap<string, number> {
    const all = this.graph.vertices.flatMap(({ kind, namespace, name }, vertex): (readonly [string, number])[] => {
      if (kind === 'service-account' && namespace !== 'kube-system') return [[`ServiceAccount/${namespace}/${name}`, vertex] as const];
      if ((kind === 'user' || kind === 'group') && !/^(system|kubeadm):/.test(name))
        return [[`${kind === 'user' ? 'User' : 'Group'}/${name}`, vertex] as const];
      return [];
    });
    return new Map(all);
  }

  /** Edges out of a subject's own rights, with the scope each is held in. */
  own(subject: number): readonly { readonly edge: string; readonly scope: string; readonly known: boolean }[] {
    const { arcs, vertices } = this.graph;
    const set = new Set([subject]);
    for (let grew = true; grew; ) {
      grew = false;
      for (const { from, to, role } of arcs) {
        if (role !== 'premise' || !set.has(from) || set.has(to) || !['role', 'right', 'step'].includes(vertices[to]?.kind ?? '')) continue;
        if (vertices[from]?.kind === 'role' && vertices[from]?.namespace === '' && vertices[to]?.namespace !== '') continue;
        if (vertices[to]?.kind === 'step' && !arcs.every((arc) => arc.to !== to || set.has(arc.from))) continue;
        set.add(to);
        grew = true;
      }
    }
    return arcs.flatMap(({ from, edge, role, known, evidence }) => {
      const shippedOnly = edge === 'wildcard-admin' && evidence.every(({ resource }) => resource === undefined);
      return role === 'edge' && set.has(from) && from !== subject && !shippedOnly
        ? [{ edge, scope: vertices[from]?.namespace ?? '', known }]
        : [];
    });
  }

  /** `subject:scope` of all that a rule finds. */
  found(rule: string): ReadonlySet<string> {
    const found = new Set<string>();
    const edges = byEdges[rule];
    for (const [text, vertex] of this.subjects()) {
      if (edges !== undefined) {
        const own = this.own(vertex);
        for (const { edge, scope } of own) {
          if (
            !edges.includes(edge) ||
            (edge === 'secret-get' && own.some((other) => other.edge === 'secret-list' && other.scope === scope))
          )
            continue;
          found.add(`${text}:${scope}`);
        }
      }
      const wanted = byRights[rule];
      if (wanted !== undefined) for (const scope of this.holds(text, wanted)) found.add(`${text}:${scope}`);
      const sink = sinks[rule];
      if (sink !== undefined && this.reaches(vertex, sink)) found.add(text);
    }
    return found;
  }

  /** The scopes in which a subject is granted some part of a right, wildcards apart. */
  holds(subject: string, wanted: string): readonly string[] {
    return grantsIn(this.snapshot).flatMap(({ binding, rules }) => {
      const named = binding.subjects.some(
        ({ kind, namespace, name }) => subject === `${kind}/${kind === 'ServiceAccount' ? `${namespace}/` : ''}${name}`,
      );
      const given = rules.some(
        ({ rule }) => namesGiven(right(wanted), rule).length > 0 && !(rule.verbs.includes('*') && rule.resources.includes('*')),
      );
      return named && given ? [binding.namespace] : [];
    });
  }

  /** Without what upstream does not know: accounts every cluster has. */
  reaches(subject: number, sink: (typeof sinks)[string]): boolean {
    const { arcs, vertices } = this.graph;
    const facts = new Set(arcs.flatMap(({ from }, arc) => (vertices[from]?.name === 'clusterrole-aggregation-controller' ? [arc] : [])));
    const { cost } = held(this.graph, [subject], { arcs: facts, unknown: sink !== sinks['KUBE-PRIVESC-PATH-AWS-IAM-ROLE'] });
    return arcs.some(({ from, to, edge, role, known }) => {
      const end = vertices[to];
      return (
        role === 'edge' &&
        (known || edge === 'workload-id') &&
        (cost[from] ?? never) < never &&
        end !== undefined &&
        sink(edge, end.kind, end.namespace)
      );
    });
  }
}

function judge(scene: Scene, one: Case, rule: string): string | undefined {
  const { expect } = one;
  const upToScope = (id: string) => {
    const parts = id.slice(rule.length + 1).split(':');
    return Object.hasOwn(sinks, rule) ? (parts[0] ?? '') : `${parts[0] ?? ''}:${parts[1] ?? ''}`;
  };
  switch (one.kind) {
    case 'finding':
    case 'no-finding': {
      const [found, wanted] = [scene.found(rule), new Set((expect.ids ?? []).map(upToScope))];
      const missing = [...wanted].filter((id) => !found.has(id));
      const more = [...found].filter((id) => !wanted.has(id));
      return missing.length + more.length === 0
        ? undefined
        : `missing ${missing.join(', ') || 'none'}; too many: ${more.join(', ') || 'none'}`;
    }
    case 'deny': {
      const about = upToScope(one.prefix ?? '').replace(/:$/, '');
      const hits = [...scene.found(rule)].filter((id) => id === about || id.startsWith(`${about}:`));
      return hits.length === 0 ? undefined : `found ${hits.join(', ')}`;
    }
    case 'e2e-rule':
      return scene.found(rule).size > 0 === expect.standard ? undefined : `fires: ${scene.found(rule).size > 0}`;
    case 'e2e-finding':
      return [...scene.found(rule)].includes(upToScope(one.findingId ?? '')) === expect.present ? undefined : 'not found';
    case 'chain':
      return chained(scene, one);
    default:
      return `no way to ask "${one.kind}"`;
  }
}

/** Some way of the subject whose hops hold the actions in their order. */
function chained({ graph }: Scene, { subject, expect }: Case): string | undefined {
  if (subject === undefined) return 'no subject';
  const start = graph.find(
    subject.kind === 'ServiceAccount' ? 'service-account' : subject.kind.toLowerCase() === 'user' ? 'user' : 'group',
    subject.namespace ?? '',
    subject.name,
  );
  if (start === undefined) return 'the subject is not there';
  let here = [start];
  for (const action of expect.actionsInOrder ?? []) {
    const { cost } = held(graph, here);
    const next = graph.arcs.flatMap(({ from, to, edge }) =>
      (actions[action] ?? []).includes(edge) && (cost[from] ?? never) < never ? [to] : [],
    );
    if (next.length === 0) return `no way goes on by ${action}`;
    here = next;
  }
  return undefined;
}
