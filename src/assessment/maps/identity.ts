// Identities: workload → service account → role → what it gives; people and groups beside them. Roles of Kubernetes itself that only its own
// parts hold are left out.

import { type BoundSubject, bindingsIn } from '../../identity/bindings.ts';
import { grantsIn } from '../../identity/grants.ts';
import type { RoleRule } from '../../identity/roles.ts';
import { asString, dig } from '../../lib/json.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { running } from '../words.ts';
import { type MapPicture, Sketch } from './map.ts';
import { idOf, labelOf } from './words.ts';

export function identityMap(snapshot: Snapshot): MapPicture {
  const sketch = new Sketch();
  const given = Map.groupBy(grantsIn(snapshot), ({ binding }) => binding);
  for (const binding of bindingsIn(snapshot)) {
    const subjects = binding.subjects.filter(isWorthShowing);
    if (subjects.length === 0) continue;
    const grants = given.get(binding) ?? [];
    const name = binding.role.namespace === '' ? binding.role.name : `${binding.role.namespace}/${binding.role.name}`;
    const where = binding.namespace === '' ? 'everywhere' : `in ${binding.namespace}`;
    const roleId = sketch.thing(`${binding.role.kind}/${name}@${binding.namespace}`, 'role', name, { notes: [binding.role.kind, where] });
    const powers =
      grants.length > 0
        ? powersOf(grants.flatMap(({ rules }) => rules))
        : ((Object.hasOwn(builtIn, binding.role.name) ? builtIn[binding.role.name] : undefined) ?? ['not known: the role was not seen']);
    for (const power of powers)
      sketch.line(
        roleId,
        sketch.thing(`power/${power}/${binding.namespace}`, 'power', power, { notes: [where], bad: power !== 'other rights' }),
      );
    for (const { kind, namespace, name: own } of subjects) {
      const account = kind === 'ServiceAccount';
      const id = sketch.thing(
        `${kind}/${account ? (namespace ?? '') : ''}/${own}`,
        account ? 'account' : 'person',
        account ? `${namespace ?? ''}/${own}` : own,
        { notes: [kind] },
      );
      sketch.line(id, roleId, binding.resource.name);
    }
  }
  const known = new Set(sketch.picture().things.map(({ id }) => id));
  for (const resource of running(snapshot))
    for (const { spec } of resource.pods) {
      const account = `ServiceAccount/${resource.namespace}/${asString(dig(spec, 'serviceAccountName')) ?? 'default'}`;
      if (known.has(account))
        sketch.line(sketch.thing(idOf(resource), 'workload', labelOf(resource), { notes: [resource.kind] }), account, 'runs as');
    }
  return sketch.picture();
}

/** Roles that every cluster has, for manifests that do not hold them. */
const builtIn: Readonly<Record<string, readonly string[]>> = {
  'cluster-admin': ['everything'],
  admin: ['read Secrets', 'make pods', 'run commands in pods', 'change rights'],
  edit: ['read Secrets', 'make pods', 'run commands in pods'],
  view: ['other rights'],
};

const everybody = /^system:(?:anonymous|unauthenticated|authenticated|masters|serviceaccounts)/;

function isWorthShowing({ kind, namespace, name }: BoundSubject): boolean {
  return (!name.startsWith('system:') || everybody.test(name)) && (kind !== 'ServiceAccount' || namespace !== 'kube-system');
}

const powers: readonly (readonly [string, (verbs: ReadonlySet<string>, resources: ReadonlySet<string>) => boolean])[] = [
  ['everything', (verbs, resources) => verbs.has('*') && resources.has('*')],
  ['read Secrets', (verbs, resources) => has(verbs, 'get', 'list', 'watch') && has(resources, 'secrets')],
  [
    'make pods',
    (verbs, resources) =>
      has(verbs, 'create', 'update', 'patch') && has(resources, 'pods', 'deployments', 'daemonsets', 'statefulsets', 'jobs', 'cronjobs'),
  ],
  ['run commands in pods', (verbs, resources) => has(verbs, 'create', 'get') && has(resources, 'pods/exec', 'pods/attach')],
  [
    'change rights',
    (verbs, resources) =>
      has(verbs, 'bind', 'escalate', 'impersonate') ||
      (has(verbs, 'create', 'update', 'patch') && has(resources, 'clusterroles', 'clusterrolebindings', 'roles', 'rolebindings')),
  ],
  ['make tokens', (verbs, resources) => has(verbs, 'create') && has(resources, 'serviceaccounts/token')],
  ['nodes', (verbs, resources) => has(verbs, 'get', 'create', 'update', 'patch') && has(resources, 'nodes/proxy', 'nodes')],
];

function has(set: ReadonlySet<string>, ...names: readonly string[]): boolean {
  return set.has('*') || names.some((name) => set.has(name));
}

function powersOf(rules: readonly RoleRule[]): readonly string[] {
  const found = new Set<string>();
  for (const { rule } of rules) {
    const [verbs, resources] = [new Set(rule.verbs), new Set(rule.resources)];
    for (const [name, holds] of powers) if (holds(verbs, resources)) found.add(name);
  }
  return found.has('everything') ? ['everything'] : found.size === 0 ? ['other rights'] : [...found];
}
