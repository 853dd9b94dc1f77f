// A live cluster as a snapshot: everything that discovery offers and analyses need, read once. What may not be read is named with the
// rules that would allow it; what was read before a cluster went away is kept. It fails only where nothing at all could be read.
// With a namespace: its objects and the Namespace itself; nothing else of the cluster.

import type { KubeObject } from '../../kube/object.ts';
import { asString, dig, type Json } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { type ClusterFacts, type Coverage, type Origin, type Resource, resource } from '../../snapshot/snapshot.ts';
import { redactor } from '../secrets.ts';
import { chooseTypes } from './choice.ts';
import { type Connection, connect } from './connection.ts';
import { discover, type ResourceType, resourceName } from './discovery.ts';
import { clusterFacts } from './facts.ts';
import type { Limits } from './http.ts';
import { type Ingestion, ingest } from './ingest.ts';
import { type ListOptions, list } from './list.ts';
import { isGone, isSlow, judge, type Outcome, type Part } from './outcome.ts';
import { readerRole } from './permissions.ts';
import { findTarget, type TargetOptions } from './target.ts';

export interface ClusterOptions extends TargetOptions {
  /** Undefined: all namespaces and everything outside of namespaces. */
  readonly namespace?: string;
  /** Label selector, sent to the server as it is. */
  readonly selector?: string;
  /** Only these resources, named as in RBAC: `secrets`, `roles.rbac.authorization.k8s.io`. */
  readonly resources?: readonly string[];
  /** These resources too, though they are left out otherwise: `events`, `endpointslices.discovery.k8s.io`. */
  readonly also?: readonly string[];
  readonly keepManagedFields?: boolean;
  readonly interactive?: boolean;
  readonly limits?: Partial<Limits>;
  readonly retries?: number;
  /** Called as resources come in: how many of how many, and the objects so far. */
  readonly progress?: (done: number, of: number, objects: number) => void;
}

export interface LoadedCluster {
  readonly context: string;
  readonly server: string;
  /** The answer of /version; null where it was refused. */
  readonly version: Json;
  readonly facts: ClusterFacts;
  /** By group, kind, namespace and name. */
  readonly resources: readonly Resource[];
  readonly problems: readonly Problem[];
  readonly coverage: readonly Coverage[];
  /** A manifest with the rules that were missing; empty where none were. */
  readonly missingRole: string;
}

/** Reads the cluster that the options name. */
export async function loadCluster(options: ClusterOptions): Promise<Result<LoadedCluster>> {
  const target = findTarget(options);
  if (!target.ok) return target;
  const connection = connect(target.value, options);
  try {
    return await read(connection, options);
  } finally {
    connection.close();
  }
}

async function read(connection: Connection, options: ClusterOptions): Promise<Result<LoadedCluster>> {
  const version = await connection.ask({ path: '/version', right: 'ask for the version' });
  if (!version.ok && version.problem.status !== 403 && version.problem.status !== 404) return failure(version.problem.problem);
  const discovered = await discover(connection);
  if (!discovered.ok) return failure(discovered.problem.problem);
  const ingestion: Ingestion = { redact: redactor(), keepManagedFields: options.keepManagedFields === true };
  const namespace = options.namespace === undefined ? undefined : await readNamespace(connection, options.namespace, ingestion);
  if (namespace !== undefined && !namespace.ok) return namespace;

  const choice = chooseTypes(discovered.value.types, options.resources, options.also);
  const types = options.namespace === undefined ? choice.chosen : choice.chosen.filter((type) => type.namespaced);
  const outcome = await listAll(connection, types, ingestion, options);
  const judged = judge(connection, choice, outcome, options);
  if (judged.fatal !== undefined) return failure(judged.fatal);

  const origin = (object: KubeObject): Origin => ({
    kind: 'cluster',
    context: connection.context,
    resourceVersion: asString(dig(object, 'metadata', 'resourceVersion')) ?? '',
  });
  const resources = outcome.parts.flatMap(({ type, listed }) =>
    listed.objects.map((object) => resource(object, origin(object), type.namespaced ? options.namespace : '')),
  );
  if (namespace?.value !== undefined) resources.push(resource(namespace.value, origin(namespace.value), ''));
  const nodes = outcome.parts.filter(({ type }) => resourceName(type) === 'nodes').flatMap(({ listed }) => listed.objects);
  return ok({
    context: connection.context,
    server: connection.server,
    version: version.ok ? version.value.value : null,
    facts: clusterFacts(version.ok ? version.value.value : undefined, discovered.value.types, nodes),
    resources: resources.sort(byIdentity),
    problems: [...discovered.value.problems, ...judged.problems],
    coverage: judged.coverage,
    missingRole: judged.forbidden.length === 0 ? '' : readerRole(judged.forbidden, options.namespace),
  });
}

async function readNamespace(connection: Connection, name: string, ingestion: Ingestion): Promise<Result<KubeObject | undefined>> {
  const answer = await connection.ask({ path: `/api/v1/namespaces/${encodeURIComponent(name)}`, right: `get namespace ${name}` });
  const type = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false, verbs: [] };
  if (answer.ok) return ok(ingest(answer.value.value, type, ingestion));
  if (answer.problem.status === 404) return failure(problem('usage/bad-flag', `${connection.server}: there is no namespace "${name}"`));
  return answer.problem.status === 403 ? ok(undefined) : failure(answer.problem.problem);
}

/** Requests under way at once. Answers are parsed on one core; more would only make the server busier. */
const concurrency = 4;
/** A resource that does not come in time may have a server of its own; when several do not, it is the cluster. */
const mostSlow = 2;

async function listAll(
  connection: Connection,
  types: readonly ResourceType[],
  ingestion: Ingestion,
  options: ClusterOptions,
): Promise<Outcome> {
  const found: (Part | undefined)[] = types.map(() => undefined);
  const how: ListOptions = {
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.selector === undefined ? {} : { labelSelector: options.selector }),
  };
  let next = 0;
  let done = 0;
  let objects = 0;
  let gone = false;
  let slow = 0;
  const work = async () => {
    while (next < types.length && !gone) {
      const index = next++;
      const type = types[index];
      if (type === undefined) return;
      const listed = await list(connection, type, ingestion, how);
      found[index] = { type, listed };
      objects += listed.objects.length;
      if (isSlow(listed.refusal)) slow++;
      if (isGone(listed.refusal) || slow > mostSlow) gone = true;
      options.progress?.(++done, types.length, objects);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { parts: found.filter((part) => part !== undefined), abandoned: types.filter((_, index) => found[index] === undefined) };
}

function byIdentity(a: Resource, b: Resource): number {
  return compare(a.group, b.group) || compare(a.kind, b.kind) || compare(a.namespace, b.namespace) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
