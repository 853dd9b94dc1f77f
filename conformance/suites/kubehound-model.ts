// The vertices and labels of KubeHound read off our attack graph: what its tests ask, answered by our edges. A label is the instances of the
// edges named for it; what upstream splits (pods, volumes, permission sets) is put together from the snapshot and from what arcs rest on.

import { attackGraph } from '../../src/attack/build.ts';
import type { AttackGraph } from '../../src/attack/graph.ts';
import { holds, hostMounts } from '../../src/attack/settings.ts';
import { authorizerOf } from '../../src/identity/authorizer.ts';
import { type Binding, bindingsIn, rolesOf } from '../../src/identity/bindings.ts';
import { serviceAccountName } from '../../src/identity/tokens.ts';
import { labelsOf } from '../../src/kube/object.ts';
import type { Container, Pod } from '../../src/kube/pod/types.ts';
import { dig } from '../../src/lib/json.ts';
import { ofKind } from '../../src/snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../src/snapshot/snapshot.ts';

export interface Vertex {
  readonly class: 'Pod' | 'Container' | 'Node' | 'Volume' | 'Identity' | 'PermissionSet';
  readonly name: string;
  readonly namespace: string;
  readonly isNamespaced: boolean;
  /** The vertex of our graph, where there is one. */
  readonly own: number | undefined;
  readonly resource?: Resource;
  readonly pod?: Pod;
  readonly container?: Container;
  readonly binding?: Binding;
  readonly mount?: { readonly host: string; readonly readOnly: boolean };
  readonly kind?: string;
  readonly mountPath?: string;
}

export class Model {
  readonly snapshot: Snapshot;
  readonly graph: AttackGraph;
  readonly vertices: readonly Vertex[];

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.graph = attackGraph(snapshot);
    this.vertices = [...this.#pods(), ...this.#nodes(), ...this.#identities(), ...this.#permissionSets()];
  }

  of(kind: Vertex['class']): readonly Vertex[] {
    return this.vertices.filter((vertex) => vertex.class === kind);
  }

  /** The vertices that a label leads to. */
  out(vertex: Vertex, label: string): readonly Vertex[] {
    switch (label) {
      case 'CE_MODULE_LOAD':
        return this.#escape(vertex, ['sys-module', 'privileged']);
      case 'CE_PRIV_MOUNT':
        return this.#escape(vertex, ['privileged']);
      case 'CE_NSENTER':
        return this.#escape(vertex, ['privileged']).length > 0 ? this.#escape(vertex, ['hostpid-nsenter']) : [];
      case 'CE_SYS_PTRACE':
        return this.#escape(vertex, ['privileged']).length > 0 ? [] : this.#escape(vertex, ['hostpid-nsenter']);
      case 'CE_UMH_CORE_PATTERN':
        return this.#escape(vertex, ['core-pattern']);
      case 'CE_VAR_LOG_SYMLINK':
        return this.#escape(vertex, ['var-log-symlink']);
      case 'EXPLOIT_HOST_READ':
        return vertex.mount?.readOnly === true ? this.#escape(this.#containerOf(vertex), ['hostpath-read']) : [];
      case 'EXPLOIT_HOST_WRITE':
        return vertex.mount?.readOnly === false ? this.#escape(this.#containerOf(vertex), ['hostpath-write']) : [];
      case 'EXPLOIT_HOST_TRAVERSE':
        return vertex.mount !== undefined && holds(vertex.mount.host, '/var/lib/kubelet/pods') && this.#leaves(vertex)
          ? this.#tokens()
          : [];
      case 'TOKEN_STEAL':
        return vertex.kind === 'token' ? this.#assumed(this.#containerOf(vertex)) : [];
      case 'VOLUME_DISCOVER':
        return this.of('Volume').filter((volume) => volume.container !== undefined && volume.container === vertex.container);
      case 'VOLUME_ACCESS':
        return vertex.class === 'Node' ? this.of('Volume') : [];
      case 'POD_ATTACH':
        return vertex.class === 'Node' ? this.of('Pod') : [];
      case 'CONTAINER_ATTACH':
        return this.of('Container').filter(({ pod }) => pod === vertex.pod);
      case 'SHARE_PS_NAMESPACE':
        return this.#byOwn(this.#arcs(vertex.own, ['share-pidns']));
      case 'IDENTITY_ASSUME':
        return vertex.class === 'Node' ? this.of('Identity').filter(({ name }) => name === 'system:nodes') : this.#assumed(vertex);
      case 'PERMISSION_DISCOVER':
        return this.of('PermissionSet').filter(({ binding }) =>
          this.graph.arcs.some(({ from, evidence }) => from === vertex.own && evidence[0]?.resource === binding?.resource),
        );
      case 'POD_CREATE':
        return this.#reached(vertex, ['pod-create-priv', 'pod-create-cp']).flatMap((own) => this.#nodesFor(own));
      case 'POD_EXEC':
      case 'POD_PATCH':
        return this.#podsOf(this.#reached(vertex, [label === 'POD_EXEC' ? 'pod-exec' : 'pod-patch']));
      case 'TOKEN_LIST':
      case 'TOKEN_BRUTEFORCE':
        return this.#byOwn(this.#spread(this.#reached(vertex, [label === 'TOKEN_LIST' ? 'secret-list' : 'secret-get']), ['secret-token']));
      case 'ROLE_BIND':
        return this.#bindable(vertex);
      default:
        return [];
    }
  }

  /** True where what is held by way of this vertex is everything. */
  isCritical(vertex: Vertex): boolean {
    return vertex.own !== undefined && this.graph.arcs.some(({ from, edge }) => from === vertex.own && edge === 'wildcard-admin');
  }

  #escape(vertex: Vertex | undefined, edges: readonly string[]): readonly Vertex[] {
    if (vertex === undefined) return [];
    return this.#arcs(vertex.own, edges).flatMap((own) => this.#nodesFor(own));
  }

  /** The ends of a vertex's arcs of these edges, past the steps that need something besides. */
  #arcs(own: number | undefined, edges: readonly string[]): readonly number[] {
    const { arcs, vertices } = this.graph;
    const steps = new Set(
      arcs.flatMap(({ from, to, role }) => (from === own && role === 'premise' && vertices[to]?.kind === 'step' ? [to] : [])),
    );
    return arcs.flatMap(({ from, to, edge }) => ((from === own || steps.has(from)) && edges.includes(edge) ? [to] : []));
  }

  /** Where a pod is not placed, any worker may be its node. */
  #nodesFor(own: number): readonly Vertex[] {
    const vertex = this.graph.vertices[own];
    const controlPlane = ({ resource }: Vertex) =>
      resource !== undefined && Object.hasOwn(labelsOf(resource.object), 'node-role.kubernetes.io/control-plane');
    const isControlPlane = (node: Vertex) => controlPlane(node) || node.name.endsWith('-control-plane');
    if (vertex?.kind === 'control-plane') return this.of('Node').filter(isControlPlane);
    if (vertex?.kind !== 'node' && vertex?.kind !== 'node-files') return [];
    return this.of('Node').filter((node) =>
      vertex.name === '' || vertex.name === '*' ? !isControlPlane(node) : node.name === vertex.name,
    );
  }

  #containerOf(volume: Vertex): Vertex | undefined {
    return this.of('Container').find(({ container }) => container !== undefined && container === volume.container);
  }

  #leaves(volume: Vertex): boolean {
    return this.#escape(this.#containerOf(volume), ['hostpath-read', 'hostpath-write']).length > 0;
  }

  #tokens(): readonly Vertex[] {
    return this.of('Volume').filter(({ kind }) => kind === 'token');
  }

  #assumed(vertex: Vertex | undefined): readonly Vertex[] {
    return this.#byOwn(this.#arcs(vertex?.own, ['sa-automount', 'default-sa']));
  }

  #byOwn(numbers: readonly number[]): readonly Vertex[] {
    const wanted = new Set(numbers);
    return this.vertices.filter(
      ({ own, class: kind }) => own !== undefined && wanted.has(own) && (kind === 'Identity' || kind === 'Container'),
    );
  }

  /** What a permission set gains by edges of rights alone. */
  #reached(vertex: Vertex, edges: readonly string[]): readonly number[] {
    const { arcs, vertices } = this.graph;
    const held = new Set<number>(vertex.own === undefined ? [] : [vertex.own]);
    for (let grew = true; grew; ) {
      grew = false;
      for (const { from, to, role } of arcs) {
        if (role !== 'premise' || !held.has(from) || held.has(to)) continue;
        if (vertices[to]?.kind === 'step' && !arcs.every((arc) => arc.to !== to || held.has(arc.from))) continue;
        held.add(to);
        grew = true;
      }
    }
    return arcs.flatMap(({ from, to, edge }) => (held.has(from) && edges.includes(edge) ? [to] : []));
  }

  /** What hubs hold, and what the edges named lead on to. */
  #spread(starts: readonly number[], edges: readonly string[] = []): readonly number[] {
    const all = new Set(starts);
    for (const vertex of all)
      for (const { from, to, role, edge } of this.graph.arcs)
        if (from === vertex && (role === 'spread' || edges.includes(edge))) all.add(to);
    return [...all];
  }

  #podsOf(starts: readonly number[]): readonly Vertex[] {
    const containers = new Set(this.#byOwn(this.#spread(starts)).map(({ pod }) => pod));
    return this.of('Pod').filter(({ pod }) => containers.has(pod));
  }

  /** The permission sets whose rights the holder can give himself. */
  #bindable(vertex: Vertex): readonly Vertex[] {
    const gained = this.#reached(vertex, ['bind-role']);
    const kinds = gained.flatMap((own) => this.graph.vertices[own] ?? []);
    if (kinds.some(({ kind }) => kind === 'cluster-admin')) return this.of('PermissionSet');
    const scopes = new Set(kinds.flatMap(({ kind, namespace }) => (kind === 'namespace-admin' ? [namespace] : [])));
    return this.of('PermissionSet').filter(
      ({ isNamespaced, namespace, own }) => (isNamespaced && (scopes.has(namespace) || scopes.has(''))) || gained.includes(own ?? -1),
    );
  }

  #pods(): readonly Vertex[] {
    return this.snapshot.resources.flatMap((resource) =>
      resource.pods.flatMap((pod) => {
        const { namespace, name } = resource;
        const at = { namespace, isNamespaced: true, resource, pod };
        const named = new Set(this.#bound('ServiceAccount').map((subject) => `${subject.namespace}/${subject.name}`));
        const account = serviceAccountName(pod);
        return [
          { ...at, class: 'Pod' as const, name, own: undefined },
          ...pod.containers.flatMap((container): Vertex[] => {
            const own = this.graph.find('container', namespace, `${name}/${container.name}`);
            const mounts = hostMounts(container, pod);
            return [
              { ...at, class: 'Container', name: container.name, own, container },
              ...container.volumeMounts.flatMap(({ spec, path }): Vertex[] => {
                const mount = mounts.find((one) => one.path === path);
                return mount === undefined
                  ? []
                  : [
                      {
                        ...at,
                        class: 'Volume',
                        name: String(spec.name),
                        own: undefined,
                        container,
                        mount,
                        kind: 'host',
                        mountPath: String(spec.mountPath),
                      },
                    ];
              }),
              ...(named.has(`${namespace}/${account}`)
                ? [{ ...at, class: 'Volume' as const, name: `token-${name}`, own: undefined, container, kind: 'token' }]
                : []),
            ];
          }),
        ];
      }),
    );
  }

  #nodes(): readonly Vertex[] {
    return ofKind(this.snapshot, '', 'Node').map((resource) => ({
      class: 'Node',
      name: resource.name,
      namespace: '',
      isNamespaced: false,
      own: this.graph.find('node', '', resource.name),
      resource,
    }));
  }

  #bound(kind: string): readonly { readonly namespace: string; readonly name: string }[] {
    return bindingsIn(this.snapshot).flatMap(({ subjects }) => subjects.filter((subject) => subject.kind === kind));
  }

  #identities(): readonly Vertex[] {
    const found = new Map<string, Vertex>();
    for (const kind of ['ServiceAccount', 'User', 'Group'])
      for (const { namespace, name } of this.#bound(kind)) {
        const own = this.graph.find(kind === 'ServiceAccount' ? 'service-account' : kind === 'Group' ? 'group' : 'user', namespace, name);
        found.set(`${kind} ${namespace}/${name}`, {
          class: 'Identity',
          name,
          namespace,
          isNamespaced: kind === 'ServiceAccount',
          own,
          kind,
        });
      }
    if (ofKind(this.snapshot, '', 'Node').length > 0)
      found.set('Group /system:nodes', {
        class: 'Identity',
        name: 'system:nodes',
        namespace: '',
        isNamespaced: false,
        own: this.graph.find('group', '', 'system:nodes'),
        kind: 'Group',
      });
    return [...found.values()];
  }

  #permissionSets(): readonly Vertex[] {
    void authorizerOf(this.snapshot);
    return bindingsIn(this.snapshot).flatMap((binding): Vertex[] =>
      rolesOf(this.snapshot, binding).map((role) => ({
        class: 'PermissionSet',
        name: `${role.name}::${binding.resource.name}`,
        namespace: binding.namespace,
        isNamespaced: binding.namespace !== '',
        own: this.graph.find('role', binding.namespace, `${role.kind} ${role.namespace === '' ? '' : `${role.namespace}/`}${role.name}`),
        resource: role,
        binding,
      })),
    );
  }
}

/** A field of a spec, false where it is absent. */
export function flag(object: unknown, key: string): boolean {
  return dig(object, key) === true;
}
