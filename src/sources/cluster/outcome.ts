// What a reading of a cluster amounts to: which kinds came in whole, which did not and why, and whether that is still a result.
// No data is not a pass: every kind that was not read is named in the coverage, so that what rests on it is unknown.

import { type Problem, problem } from '../../lib/problem.ts';
import type { Coverage } from '../../snapshot/snapshot.ts';
import type { Choice } from './choice.ts';
import type { Connection } from './connection.ts';
import { type ResourceType, resourceName } from './discovery.ts';
import type { Listed } from './list.ts';
import { namedTypes } from './permissions.ts';
import type { Refusal } from './refusal.ts';

export interface Part {
  readonly type: ResourceType;
  readonly listed: Listed;
}

export interface Outcome {
  readonly parts: readonly Part[];
  /** Resources that were not asked for any more, because the cluster had gone. */
  readonly abandoned: readonly ResourceType[];
}

export interface Scope {
  readonly namespace?: string;
  readonly selector?: string;
}

export interface Judged {
  readonly problems: readonly Problem[];
  readonly coverage: readonly Coverage[];
  readonly forbidden: readonly ResourceType[];
  /** Why there is no result at all. */
  readonly fatal: Problem | undefined;
}

/** True where the cluster or the credentials have gone: the other resources would fare no better. */
export function isGone(refusal: Refusal | undefined): boolean {
  if (refusal === undefined || isSlow(refusal)) return false;
  const { code } = refusal.problem;
  return code === 'cluster/unreachable' || code === 'cluster/unauthorized' || code.startsWith('kubeconfig/');
}

/** True where an answer did not come in time. */
export function isSlow(refusal: Refusal | undefined): boolean {
  return refusal?.broken?.code === 'too-slow';
}

/** Judges the lists of one cluster. */
export function judge(connection: Connection, choice: Choice, outcome: Outcome, scope: Scope): Judged {
  const refused = outcome.parts.flatMap(({ type, listed }) =>
    listed.refusal === undefined ? [] : [{ type, listed, refusal: listed.refusal }],
  );
  const objects = outcome.parts.reduce((sum, { listed }) => sum + listed.objects.length, 0);
  const forbidden = refused.filter(({ refusal }) => refusal.status === 403).map(({ type }) => type);
  const gone =
    refused.find(({ refusal }) => isGone(refusal)) ??
    (outcome.abandoned.length > 0 ? refused.find(({ refusal }) => isSlow(refusal)) : undefined);
  const problems: Problem[] = outcome.parts.flatMap(({ listed }) => listed.problems);
  if (forbidden.length > 0) problems.push(forbiddenProblem(connection, forbidden, scope));
  if (gone !== undefined) problems.push(goneProblem(connection, gone.refusal, outcome, objects));
  for (const { type, refusal } of refused)
    if (refusal.status === 404)
      problems.push(problem('cluster/bad-answer', `${resourceName(type)} went away while the cluster was read`, undefined, 'note'));
    else if (refusal.status !== 403 && !isGone(refusal)) problems.push(badSelector(refusal, scope) ?? refusal.problem);
  const whole = outcome.parts.length - refused.length;
  const fatal =
    objects > 0 || refused.length === 0 || (whole > 0 && gone === undefined)
      ? undefined
      : fatalProblem(connection, forbidden, refused, scope);
  const failed = refused.filter(({ refusal }) => refusal.status !== 404);
  return {
    problems,
    forbidden,
    fatal,
    coverage: [
      overall(connection, outcome, objects, failed.length, scope),
      ...failed.map(({ type, listed, refusal }) => notRead(type, listed, refusal)),
      ...outcome.abandoned.map((type) => coverage(type, 'failed', 'not asked for: the cluster had gone')),
      ...choice.skipped.map(({ type, reason }) => coverage(type, 'skipped', reason)),
    ],
  };
}

function overall(connection: Connection, outcome: Outcome, objects: number, failed: number, { namespace, selector }: Scope): Coverage {
  const kinds = outcome.parts.length + outcome.abandoned.length;
  const missing = failed + outcome.abandoned.length;
  const limits = [
    ...(namespace === undefined ? [] : [`only namespace ${namespace}; nothing outside of namespaces`]),
    ...(selector === undefined ? [] : [`only objects with ${selector}`]),
  ];
  const detail = [
    `${objects} objects of ${kinds - missing} kinds`,
    ...(missing === 0 ? [] : [`${missing} of ${kinds} kinds not read`]),
    ...limits,
  ];
  return { source: `cluster ${connection.context}`, state: missing === 0 ? 'read' : 'partial', detail: detail.join('; ') };
}

function notRead(type: ResourceType, listed: Listed, refusal: Refusal): Coverage {
  const why = refusal.status === 403 ? 'forbidden' : refusal.problem.message;
  if (listed.objects.length === 0) return coverage(type, 'failed', why);
  return coverage(type, 'partial', `the first ${listed.objects.length} objects only: ${why}`);
}

function coverage(type: ResourceType, state: Coverage['state'], detail: string): Coverage {
  return { source: resourceName(type), state, detail };
}

function forbiddenProblem(connection: Connection, forbidden: readonly ResourceType[], { namespace }: Scope): Problem {
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  return problem(
    'cluster/forbidden',
    `${connection.server}: the right to list ${namedTypes(forbidden)} ${where} is missing; what rests on them is unknown`,
  );
}

function goneProblem(_connection: Connection, refusal: Refusal, outcome: Outcome, objects: number): Problem {
  const left = outcome.abandoned.length === 0 ? '' : `; not read: ${namedTypes(outcome.abandoned)}`;
  return problem('cluster/interrupted', `${refusal.problem.message}, after ${objects} objects had been read${left}`);
}

/** A selector the server cannot read is the caller's mistake, not the server's. */
function badSelector(refusal: Refusal, { selector }: Scope): Problem | undefined {
  return refusal.status === 400 && selector !== undefined
    ? problem('usage/bad-flag', `-l ${selector}: ${refusal.problem.message}`)
    : undefined;
}

function fatalProblem(
  connection: Connection,
  forbidden: readonly ResourceType[],
  refused: readonly { readonly refusal: Refusal }[],
  scope: Scope,
): Problem | undefined {
  const first = refused.find(({ refusal }) => refusal.status !== 403)?.refusal;
  if (first !== undefined) return badSelector(first, scope) ?? first.problem;
  if (forbidden.length === 0) return undefined;
  const where = scope.namespace === undefined ? '' : ` in namespace ${scope.namespace}`;
  const narrower = scope.namespace === undefined ? '; with rights in one namespace only, name it with -n' : '';
  const help = 'the built-in ClusterRole view is the least that gives a result';
  return problem('cluster/forbidden', `${connection.server}: none of ${forbidden.length} kinds may be listed${where}${narrower}; ${help}`);
}
