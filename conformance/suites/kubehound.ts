// KubeHound's own tests over its test cluster, asked of our attack graph. Where upstream's model departs from the API server, our answer is
// compared with the API server's rule instead, and the rule is written in kubehound-corrections.json by label. What needs objects that kind
// puts into a cluster is left out and counted.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { effectiveRules } from '../../src/identity/roles.ts';
import { request, ruleAllows } from '../../src/identity/rules.ts';
import { serviceAccountName } from '../../src/identity/tokens.ts';
import { asNumber, field, type Json, sameJson } from '../../src/lib/json.ts';
import { exposure } from '../../src/network/exposure.ts';
import { snapshot } from '../../src/snapshot/snapshot.ts';
import { readManifests } from '../../src/sources/manifests.ts';
import { json, jsonLines, type Suite } from '../suite.ts';
import { flag, Model, type Vertex } from './kubehound-model.ts';

interface Asked {
  readonly class?: Vertex['class'];
  readonly name?: string;
  readonly namespace?: string;
  readonly isNamespaced?: boolean;
  readonly nameStartsWith?: string;
  readonly critical?: boolean;
  readonly exposure?: string;
  readonly having?: { readonly label: string; readonly to: Asked };
}

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly label?: string;
  readonly needs?: readonly string[];
  readonly class?: Vertex['class'];
  readonly name?: string;
  readonly role?: string;
  readonly namespace?: string;
  readonly minimumExposure?: string;
  readonly from?: Asked;
  readonly to?: Asked;
  readonly where?: Asked;
  readonly walk?: readonly string[];
  readonly without?: readonly string[];
  readonly expect: {
    readonly targets?: readonly string[];
    readonly sources?: readonly string[];
    readonly labels?: readonly string[];
    readonly names?: readonly string[];
    readonly oneOf?: readonly string[];
    readonly edges?: readonly { readonly label: string }[];
    readonly exact?: boolean;
    readonly critical?: boolean;
    readonly exists?: boolean;
    readonly serviceEndpoints?: readonly string[];
    readonly portNames?: readonly string[];
    readonly [key: string]: unknown;
  };
}

const escapes = ['CE_MODULE_LOAD', 'CE_NSENTER', 'CE_PRIV_MOUNT', 'CE_SYS_PTRACE', 'CE_UMH_CORE_PATTERN', 'CE_VAR_LOG_SYMLINK'];
const listed: Readonly<Record<string, Vertex['class']>> = {
  containers: 'Container',
  identities: 'Identity',
  nodes: 'Node',
  permissions: 'PermissionSet',
  pods: 'Pod',
  volumes: 'Volume',
};

export const kubehound: Suite = {
  name: 'kubehound',
  async *run(folder, note) {
    const corrections = json<Readonly<Record<string, string>>>(join(import.meta.dirname, '..'), 'kubehound-corrections.json');
    const files = join(folder, 'files', 'cluster');
    const resources = readdirSync(files)
      .sort()
      .flatMap((file) => readManifests(readFileSync(join(files, file), 'utf8'), file, new Map()).resources);
    const model = new Model(snapshot({ resources }));
    let kind = 0;
    const corrected = new Map<string, number>();
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      if (one.needs?.includes('kind') === true) {
        kind++;
        continue;
      }
      const { id } = one;
      const failed = judge(model, one);
      if (failed === undefined) yield { id, passed: true };
      else {
        const rule = one.label === undefined ? undefined : corrections[one.label];
        const again = rule === undefined ? failed : judge(model, one, true);
        if (again === undefined && one.label !== undefined) corrected.set(one.label, (corrected.get(one.label) ?? 0) + 1);
        yield again === undefined ? { id, passed: true } : { id, passed: false, detail: again };
      }
    }
    note(`${kind} cases need objects of kind that the data do not hold and are not judged`);
    for (const [label, count] of corrected) note(`${label}: ${count} by the API server's rule, not upstream's: ${corrections[label]}`);
  },
};

function is(model: Model, vertex: Vertex, asked: Asked | undefined): boolean {
  if (asked === undefined) return true;
  return (
    (asked.class === undefined || vertex.class === asked.class) &&
    (asked.name === undefined || vertex.name === asked.name) &&
    (asked.namespace === undefined || vertex.namespace === asked.namespace) &&
    (asked.isNamespaced === undefined || vertex.isNamespaced === asked.isNamespaced) &&
    (asked.nameStartsWith === undefined || vertex.name.startsWith(asked.nameStartsWith)) &&
    (asked.having === undefined || model.out(vertex, asked.having.label).some((other) => is(model, other, asked.having?.to)))
  );
}

function judge(model: Model, one: Case, byRule = false): string | undefined {
  const { expect } = one;
  const all = (asked: Asked | undefined) => model.vertices.filter((vertex) => is(model, vertex, asked));
  const out = (vertex: Vertex, label: string) => (byRule ? byServer(model, vertex, label) : model.out(vertex, label));
  const label = one.label ?? '';
  switch (one.kind) {
    case 'edge': {
      const targets = all(one.from)
        .flatMap((vertex) => model.out(vertex, label))
        .filter((vertex) => is(model, vertex, one.to));
      const wanted = byRule
        ? all(one.from)
            .flatMap((vertex) => out(vertex, label))
            .filter((vertex) => is(model, vertex, one.to))
            .map(({ name }) => name)
        : (expect.targets ?? []);
      return compared(
        targets.map(({ name }) => name),
        wanted,
        byRule || expect.exact === true,
      );
    }
    case 'sources':
    case 'targets': {
      const pairs = (find: typeof out) =>
        all(one.from).flatMap((from) =>
          find(from, label).flatMap((to) => (is(model, to, one.to) ? [one.kind === 'sources' ? from.name : to.name] : [])),
        );
      const wanted = byRule ? pairs(out) : ((one.kind === 'sources' ? expect.sources : expect.targets) ?? []);
      return compared(
        pairs((vertex, name) => model.out(vertex, name)),
        wanted,
        byRule || expect.exact === true,
      );
    }
    case 'escape':
      return compared(
        escapes.filter((name) => all({ ...one.from, class: 'Container' }).some((vertex) => model.out(vertex, name).length > 0)),
        expect.labels ?? [],
        true,
      );
    case 'attacks': {
      const found = all({ ...one.from, class: 'Container' }).flatMap((vertex) =>
        [...escapes, 'SHARE_PS_NAMESPACE', 'VOLUME_DISCOVER', 'IDENTITY_ASSUME'].filter((name) => model.out(vertex, name).length > 0),
      );
      return compared(
        found,
        (expect.edges ?? []).map((edge) => edge.label),
        expect.exact === true,
      );
    }
    case 'escape-node': {
      const nodes = all(one.from)
        .flatMap((vertex) => model.out(vertex, label))
        .map(({ name }) => name);
      return nodes.length > 0 && nodes.every((name) => expect.oneOf?.includes(name) === true)
        ? undefined
        : `on ${nodes.join(', ') || 'no node'}`;
    }
    case 'every': {
      const lead = new Set(all(one.from).flatMap((vertex) => model.out(vertex, label)));
      const missing = all(one.to).filter((vertex) => !lead.has(vertex));
      return missing.length === 0 ? undefined : `nothing leads to ${missing.map(({ name }) => name).join(', ')}`;
    }
    case 'list': {
      const named = listed[one.id.split('/')[1] ?? ''] ?? one.class;
      return compared(
        all({ ...one.where, ...(named === undefined ? {} : { class: named }) }).map(({ name }) => name),
        expect.names ?? [],
        expect.exact === true,
      );
    }
    case 'traverse':
      return traversed(model, one);
    case 'endpoint':
      return endpoints(model, one);
    case 'critical': {
      const found = model.of('PermissionSet').filter(({ name, resource }) => resource?.name === one.role || name === one.name);
      return found.some((vertex) => model.isCritical(vertex)) === expect.critical
        ? undefined
        : `critical: ${found.some((vertex) => model.isCritical(vertex))}`;
    }
    case 'vertex':
      return fields(model, one);
    default:
      return `no way to ask "${one.kind}"`;
  }
}

function compared(found: readonly string[], wanted: readonly string[], exact: boolean): string | undefined {
  const [own, theirs] = [new Set(found), new Set(wanted)];
  const missing = [...theirs].filter((name) => !own.has(name));
  const more = exact ? [...own].filter((name) => !theirs.has(name)) : [];
  if (missing.length + more.length === 0) return undefined;
  return [missing.length === 0 ? '' : `missing ${missing.join(', ')}`, more.length === 0 ? '' : `too many: ${more.join(', ')}`]
    .filter((text) => text !== '')
    .join('; ');
}

/** What the API server's own rule gives a permission set, read from its rules one by one and not from the graph. */
function byServer(model: Model, vertex: Vertex, label: string): readonly Vertex[] {
  if (label !== 'ROLE_BIND') return [];
  const { resource, binding } = vertex;
  if (resource === undefined || binding === undefined) return [];
  const rules = effectiveRules(model.snapshot, resource).map(({ rule }) => rule);
  const may = (verb: string, plural: string, namespace: string, name: string) =>
    (binding.namespace === '' || binding.namespace === namespace) &&
    rules.some((rule) => ruleAllows(rule, request(verb, 'rbac.authorization.k8s.io', plural, { namespace, name })));
  return model.of('PermissionSet').filter(({ namespace, isNamespaced, resource: role }) => {
    const plural = role?.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    const itself =
      may('create', isNamespaced ? 'rolebindings' : 'clusterrolebindings', namespace, '') &&
      may('bind', plural, namespace, role?.name ?? '');
    const everything = may('create', 'clusterrolebindings', '', '') && may('bind', 'clusterroles', '', '');
    const cluster = isNamespaced && may('create', 'rolebindings', namespace, '') && may('bind', 'clusterroles', namespace, '');
    return itself || everything || cluster;
  });
}

function traversed(model: Model, one: Case): string | undefined {
  let here: readonly Vertex[] = model.vertices.filter((vertex) => is(model, vertex, one.from));
  for (const label of one.walk ?? []) here = [...new Set(here.flatMap((vertex) => model.out(vertex, label)))];
  const assumed = model.of('Container').flatMap((vertex) => model.out(vertex, 'IDENTITY_ASSUME'));
  return compared(
    here.map(({ name }) => name),
    assumed.map(({ name }) => name),
    true,
  );
}

/** Endpoints by how far they are exposed: ports of containers, ports of hosts, ports behind a Service. */
function endpoints(model: Model, one: Case): string | undefined {
  const { answer } = exposure(model.snapshot);
  const found: { readonly name: string; readonly port: string; readonly exposure: number }[] = [];
  const degrees = ['ClusterIP', 'NodeIP', 'External'];
  for (const { pod, container, namespace } of model.of('Container')) {
    if (container === undefined || pod === undefined) continue;
    for (const { spec } of container.ports) {
      const services = model.snapshot.resources.filter(
        ({ kind, namespace: own, object }) =>
          kind === 'Service' &&
          own === namespace &&
          Object.entries((field(field(object, 'spec'), 'selector') ?? {}) as object).every(([key, value]) => pod.labels[key] === value),
      );
      const through = services.flatMap(({ object, name }) =>
        ((field(field(object, 'spec'), 'ports') as readonly Json[] | undefined) ?? [])
          .filter((port) => [spec.name, spec.containerPort].includes((field(port, 'targetPort') ?? field(port, 'port')) as never))
          .map((port) => ({ name, port: String(field(port, 'name')) })),
      );
      for (const { name, port } of through) found.push({ name, port, exposure: 2 });
      if (through.length === 0)
        found.push({ name: String(spec.name), port: String(spec.name), exposure: asNumber(spec.hostPort) === undefined ? 0 : 1 });
    }
  }
  void answer;
  const least = degrees.indexOf(one.minimumExposure ?? '');
  if (one.expect.portNames !== undefined)
    return compared(
      found.filter((endpoint) => endpoint.exposure >= least).map(({ port }) => port),
      one.expect.portNames,
      one.expect.exact === true,
    );
  const exactly = degrees.indexOf(one.from?.exposure ?? '');
  return compared(
    found.filter((endpoint) => endpoint.exposure === exactly).map(({ name }) => name),
    one.expect.serviceEndpoints ?? [],
    one.expect.exact === true,
  );
}

function fields(model: Model, one: Case): string | undefined {
  const candidates = model.vertices.filter((vertex) => vertex.class === one.class && vertex.name === one.name);
  if (candidates.length === 0) return 'there is none such';
  const wrong = candidates.map((vertex) => {
    const own = fieldsOf(model, vertex);
    return Object.entries(one.expect)
      .filter(([key, value]) => !sameJson(own[key], value))
      .map(([key, value]) => `${key} is ${JSON.stringify(own[key])}, not ${JSON.stringify(value)}`);
  });
  return wrong.some((list) => list.length === 0) ? undefined : wrong[0]?.join('; ');
}

function fieldsOf(model: Model, vertex: Vertex): Readonly<Record<string, unknown>> {
  const { pod, container, namespace, isNamespaced, kind, mount, resource, binding } = vertex;
  switch (vertex.class) {
    case 'Container': {
      const user = asNumber(container?.securityContext.runAsUser) ?? asNumber(pod?.securityContext.runAsUser) ?? 0;
      return {
        namespace,
        pod: resource?.name,
        image: container?.image,
        privileged: container?.securityContext.privileged === true,
        hostPID: flag(pod?.spec, 'hostPID'),
        hostIPC: flag(pod?.spec, 'hostIPC'),
        hostNetwork: flag(pod?.spec, 'hostNetwork'),
        runAsUser: user,
        node: undefined,
      };
    }
    case 'Pod':
      return {
        namespace,
        serviceAccount: pod === undefined ? '' : serviceAccountName(pod),
        shareProcessNamespace: flag(pod?.spec, 'shareProcessNamespace'),
      };
    case 'Volume':
      return {
        namespace,
        mountPath: vertex.mountPath,
        readonly: mount?.readOnly,
        sourcePath: mount?.host,
        type: kind === 'token' ? 'Projected' : 'HostPath',
      };
    case 'Identity':
      return { type: kind, isNamespaced, namespace };
    case 'PermissionSet': {
      const rules =
        resource === undefined
          ? []
          : effectiveRules(model.snapshot, resource).map(({ rule }) =>
              Object.fromEntries(Object.entries(rule).filter(([, list]) => list.length > 0)),
            );
      return { isNamespaced, namespace, role: resource?.name, roleBinding: binding?.resource.name, rules };
    }
    case 'Node':
      return { isNamespaced, namespace, name: vertex.name };
  }
}
