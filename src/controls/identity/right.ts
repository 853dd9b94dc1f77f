// The controls of single dangerous rights: one rule of a Role or ClusterRole that gives too much. The rule is blamed, since that is what
// people edit; who holds it, through which bindings and aggregated roles, is the evidence. A role that nobody is bound to is judged too:
// it waits for a binding. Roles that Kubernetes ships are not applicable.

import { isShippedRole } from '../../identity/bootstrap.ts';
import { isAskedInNamespace } from '../../identity/resources.ts';
import { ownRules, rbacGroup } from '../../identity/roles.ts';
import { type PolicyRule, readRules, resourceEntryMatches } from '../../identity/rules.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { JsonPatch } from '../../kube/patch/json-patch.ts';
import { tokens } from '../../lib/json-pointer.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import {
  type Control,
  type ControlDefinition,
  control,
  fail,
  notApplicable,
  type ObjectSubject,
  type Outcome,
  objects,
} from '../control.ts';
import { heldBy } from './holders.ts';

export const allRoles = objects(`${rbacGroup}/Role`, `${rbacGroup}/ClusterRole`);

/** Verbs on resources of one group. Resources may be subresources: `pods/exec`. */
export interface Right {
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resources: readonly string[];
}

export interface RightDefinition extends Omit<ControlDefinition<ObjectSubject>, 'on' | 'check' | 'repair'> {
  readonly rights: readonly Right[] | ((snapshot: Snapshot) => readonly Right[]);
  /** What the holder may do, after "lets its holder": `read every Secret`. */
  readonly lets: string;
  /** Whether a rule that is limited by `resourceNames` passes. Default true. */
  readonly namesLimit?: boolean;
  /**
   * Whether the right counts where it comes from a star for resources alone. Default false: the controls of stars speak for what a star
   * gives. True where others list the right by itself.
   */
  readonly throughStars?: boolean;
  /** Where the right matters, for rights that matter in some places only. */
  readonly where?: (role: Resource, rule: PolicyRule, snapshot: Snapshot) => boolean;
  /** Offer to drop the right from rules that hold others too. For rights that programs seldom need. */
  readonly droppable?: boolean;
}

/** Makes the control of a right. */
export function right(definition: RightDefinition): Control {
  const { rights, lets, namesLimit = true, throughStars = false, where, droppable = false, ...data } = definition;
  return control({
    ...data,
    on: allRoles,
    check({ resource }, { snapshot }) {
      if (isShippedRole(resource)) return [notApplicable('shipped', 'this role is made by Kubernetes itself')];
      const wanted = typeof rights === 'function' ? rights(snapshot) : rights;
      const outcomes: Outcome[] = [];
      for (const { rule, index } of ownRules(snapshot, resource)) {
        const found = match(rule, wanted);
        if (found === undefined || (namesLimit && rule.resourceNames.length > 0)) continue;
        if (!throughStars && found.resources.every((entry) => entry === '*')) continue;
        if (where !== undefined && !where(resource, rule, snapshot)) continue;
        const holders = heldBy(snapshot, resource);
        const scope =
          resource.kind === 'Role' && found.clusterScoped
            ? '; in a Role this has no effect yet, since the resource is no part of a namespace'
            : '';
        const detail = `rule ${index} of ${resource.kind} "${resource.name}" lets its holder ${lets} (${found.verbs.join(', ')} on ${found.resources.join(', ')})${scope}; ${holders.text}`;
        outcomes.push(
          fail(`/rules/${index}/verbs/${found.verbIndex}`, found.wildcard ? 'wildcard' : 'granted', detail, { evidence: holders.evidence }),
        );
      }
      return outcomes;
    },
    ...(droppable && typeof rights !== 'function' ? { repair: (outcome, object) => drop(object, outcome.path, rights) } : {}),
  });
}

interface Match {
  /** Entries of the rule that stand for a wanted verb or resource, as written. */
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
  readonly verbIndex: number;
  /** True where the rule names no wanted verb or no wanted resource, but has a star that stands for it. */
  readonly wildcard: boolean;
  readonly clusterScoped: boolean;
}

/** What of a rule gives one of the rights. Creation and deletion of collections cannot be limited to names: with names they grant nothing. */
export function match(rule: PolicyRule, rights: readonly Right[]): Match | undefined {
  const anyGroup = rule.apiGroups.includes('*');
  const anyVerb = rule.verbs.includes('*');
  let verbs: Set<string> | undefined;
  let resources: Set<string> | undefined;
  let clusterScoped = true;
  for (const one of rights) {
    if (!anyGroup && !rule.apiGroups.includes(one.group)) continue;
    if (!anyVerb && !one.verbs.some((verb) => rule.verbs.includes(verb))) continue;
    for (const { name, resource, subresource } of partsOf(one)) {
      if (!rule.resources.some((entry) => resourceEntryMatches(entry, resource, subresource))) continue;
      const effective = one.verbs.filter((verb) => canBeNamed(verb, subresource) || rule.resourceNames.length === 0);
      const given = rule.verbs.filter((verb) => (verb === '*' && effective.length > 0) || effective.includes(verb));
      if (given.length === 0) continue;
      verbs ??= new Set();
      resources ??= new Set();
      for (const verb of given) verbs.add(verb);
      for (const entry of rule.resources) if (resourceEntryMatches(entry, resource, subresource)) resources.add(entry);
      if (given.some((verb) => isAskedInNamespace(verb, one.group, name))) clusterScoped = false;
    }
  }
  if (verbs === undefined || resources === undefined) return undefined;
  const given = [...verbs];
  const entries = [...resources];
  return {
    verbs: given,
    resources: entries,
    verbIndex: rule.verbs.findIndex((verb) => given.includes(verb)),
    wildcard: given.every((verb) => verb === '*') || entries.every((entry) => entry === '*'),
    clusterScoped,
  };
}

interface Parts {
  readonly name: string;
  readonly resource: string;
  readonly subresource: string;
}

const parts = new WeakMap<Right, readonly Parts[]>();

/** The resources of a right, taken apart once. */
function partsOf(right: Right): readonly Parts[] {
  let known = parts.get(right);
  if (known === undefined) {
    known = right.resources.map((name) => {
      const [resource = '', subresource = ''] = name.split('/', 2);
      return { name, resource, subresource };
    });
    parts.set(right, known);
  }
  return known;
}

function canBeNamed(verb: string, subresource: string): boolean {
  return subresource !== '' || (verb !== 'create' && verb !== 'deletecollection');
}

/** Takes the right out of a rule: its verbs where the rule is about nothing else, its resources where all the verbs are wanted ones. */
function drop(object: KubeObject, path: string, rights: readonly Right[]): JsonPatch | undefined {
  const index = Number(tokens(path)[1]);
  const rule = readRules(object)[index];
  const found = rule && match(rule, rights);
  if (rule === undefined || found === undefined || found.wildcard) return undefined;
  const others = (list: readonly string[], taken: readonly string[]) => list.some((entry) => !taken.includes(entry));
  const removal = (list: readonly string[], taken: readonly string[], name: string): JsonPatch =>
    list
      .flatMap((entry, at) => (taken.includes(entry) ? [{ op: 'remove' as const, path: `/rules/${index}/${name}/${at}` }] : []))
      .reverse();
  if (!others(rule.resources, found.resources) && others(rule.verbs, found.verbs)) return removal(rule.verbs, found.verbs, 'verbs');
  if (!others(rule.verbs, found.verbs) && others(rule.resources, found.resources))
    return removal(rule.resources, found.resources, 'resources');
  return undefined;
}
