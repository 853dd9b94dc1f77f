// What an API server serves: every group, version and resource. Aggregated discovery (v2 since Kubernetes 1.30, v2beta1 since 1.26) in two
// requests, else the older way of one request a version. Of a resource served in several versions the group's preferred one is taken, as
// kubectl does. Names become parts of request paths, so odd ones are left out and said.

import { asList, asString, dig, field, type Json, strings } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Connection } from './connection.ts';
import { quoted, type Refusal } from './refusal.ts';

/** A kind of object that an API server serves. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  /** Plural name in paths and rules: `deployments`. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface Discovered {
  readonly types: readonly ResourceType[];
  readonly problems: readonly Problem[];
}

const aggregated = ['v2', 'v2beta1'].map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`);
const accept = [...aggregated, 'application/json'].join(',');
const maxTypes = 20_000;

/** `secrets`, `roles.rbac.authorization.k8s.io`: how people and RBAC rules name a resource. */
export function resourceName({ group, resource }: Pick<ResourceType, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** Asks what there is. Fails only where neither the core nor the named groups can be asked. */
export async function discover(connection: Connection): Promise<Result<Discovered, Refusal>> {
  const problems: Problem[] = [];
  const types: ResourceType[] = [];
  const [core, named] = await Promise.all(
    ['/api', '/apis'].map((path) => connection.ask({ path, accept, right: `discover the API at ${path}` })),
  );
  if (core === undefined || named === undefined) return ok({ types, problems });
  if (!core.ok && !named.ok) return core;
  for (const [path, answer] of [
    ['/api', core],
    ['/apis', named],
  ] as const) {
    if (!answer.ok) problems.push(answer.problem.problem);
    else if (field(answer.value.value, 'kind') === 'APIGroupDiscoveryList') fromAggregated(answer.value.value, types, problems);
    else await fromLists(connection, path, answer.value.value, types, problems);
  }
  const objects = types.filter((type) => type.verbs.length > 0 && !type.resource.includes('/'));
  const wellNamed = objects.filter(isWellNamed);
  if (wellNamed.length < objects.length) {
    const message = `${connection.server}: ${objects.length - wellNamed.length} resources have names that no resource can have and were left out`;
    problems.push(problem('cluster/bad-answer', message, undefined, 'warning'));
  }
  if (wellNamed.length === 0) {
    const message = `${connection.server}: it serves no resources; is it a Kubernetes API server?`;
    return failure({ problem: problem('cluster/bad-answer', message), status: 200 });
  }
  return ok({ types: preferred(wellNamed.slice(0, maxTypes)), problems });
}

function fromAggregated(list: Json, types: ResourceType[], problems: Problem[]): void {
  for (const group of asList(field(list, 'items'))) {
    const name = asString(dig(group, 'metadata', 'name')) ?? '';
    for (const version of asList(field(group, 'versions'))) {
      const versionName = asString(field(version, 'version')) ?? '';
      if (field(version, 'freshness') === 'Stale') {
        const message = `the server behind ${quoted(name)}/${quoted(versionName)} does not answer; its resources may be missing`;
        problems.push(problem('cluster/bad-answer', message, undefined, 'warning'));
      }
      for (const resource of asList(field(version, 'resources')))
        types.push({
          group: name,
          version: versionName,
          resource: asString(field(resource, 'resource')) ?? '',
          kind: asString(dig(resource, 'responseKind', 'kind')) ?? '',
          namespaced: field(resource, 'scope') === 'Namespaced',
          verbs: strings(field(resource, 'verbs')),
        });
    }
  }
}

async function fromLists(connection: Connection, path: string, root: Json, types: ResourceType[], problems: Problem[]): Promise<void> {
  const versions = path === '/api' ? strings(field(root, 'versions')) : asList(field(root, 'groups')).flatMap(groupVersions);
  const wanted = versions.filter((version) => /^[a-z0-9.-]+(?:\/[a-z0-9]+)?$/.test(version)).slice(0, 1000);
  const answers = await Promise.all(
    wanted.map((version) => connection.ask({ path: `${path}/${version}`, right: `discover the API at ${path}/${version}` })),
  );
  for (const [index, answer] of answers.entries()) {
    const [first = '', second] = (wanted[index] ?? '').split('/');
    if (!answer.ok) problems.push({ ...answer.problem.problem, level: 'warning' });
    else
      for (const resource of asList(field(answer.value.value, 'resources')))
        types.push({
          group: second === undefined ? '' : first,
          version: second ?? first,
          resource: asString(field(resource, 'name')) ?? '',
          kind: asString(field(resource, 'kind')) ?? '',
          namespaced: field(resource, 'namespaced') === true,
          verbs: strings(field(resource, 'verbs')),
        });
  }
}

/** A group's versions, the preferred one first. */
function groupVersions(group: Json): readonly string[] {
  const first = asString(dig(group, 'preferredVersion', 'groupVersion'));
  const all = asList(field(group, 'versions')).flatMap((version) => asString(field(version, 'groupVersion')) ?? []);
  return [...new Set([...(first === undefined ? [] : [first]), ...all])];
}

function isWellNamed({ group, version, resource, kind }: ResourceType): boolean {
  const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
  return (
    (group === '' || group.split('.').every((part) => label.test(part))) &&
    label.test(version) &&
    label.test(resource) &&
    /^[A-Za-z0-9]+$/.test(kind)
  );
}

/** The first version of each resource: the server lists a group's preferred version first. */
function preferred(types: readonly ResourceType[]): readonly ResourceType[] {
  const first = new Map<string, ResourceType>();
  for (const type of types) if (!first.has(resourceName(type))) first.set(resourceName(type), type);
  return [...first.values()];
}
