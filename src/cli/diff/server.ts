// `cofferdam diff --server`: what the API server of the base would answer to the head, as a section of the comparison.

import { randomInt, randomUUID } from 'node:crypto';
import { loadSchemas } from '../../kube/schema/load.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { counted } from '../../report/words.ts';
import type { Requester } from '../../request/request.ts';
import { type Rollout, rollOut } from '../../request/rollout.ts';
import { apiServer, defaultPlugins } from '../../request/server.ts';
import { storeOf } from '../../request/snapshot-state.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { Stop } from '../exit.ts';

export interface ServerSection {
  readonly json: object;
  readonly lines: readonly string[];
  readonly rejected: number;
}

/** Without a name the pipeline is an administrator. */
const administrator: Requester = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** Sends the head to the server of the base, as `user`. */
export async function serverSection(
  base: Snapshot | undefined,
  head: Snapshot | undefined,
  user: Requester = administrator,
  now: number,
): Promise<ServerSection> {
  if (base === undefined || head === undefined)
    throw new Stop(problem('usage/bad-flag', '--server needs objects on both sides; a saved result holds findings alone'));
  const release = await loadSchemas(base.facts.kubernetesVersion);
  if (release === undefined)
    throw new Stop(problem('usage/bad-flag', `Kubernetes ${base.facts.kubernetesVersion}: there are no schemas of this release here`));
  const { store, assumed } = storeOf(
    base,
    release,
    head.resources.map(({ namespace }) => namespace).filter((name) => !defines(head, name)),
  );
  const writing = {
    server: apiServer(release, { plugins: new Set([...defaultPlugins, 'NodeRestriction']) }),
    state: store,
    store,
    access: () => base,
    circumstances: { now: new Date(now).toISOString().replace(/\.[0-9]+Z$/, 'Z'), uid: () => randomUUID(), suffix },
  };
  const rollout = rollOut(base, head, writing, user);
  return { json: json(rollout, user, release.minor, assumed), lines: lines(rollout, user), rejected: rollout.rejected.length };
}

function defines({ resources }: Snapshot, namespace: string): boolean {
  return resources.some(({ kind, group, name }) => kind === 'Namespace' && group === '' && name === namespace);
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

function suffix(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

function subject({ object, kind, namespace, name }: Resource): object {
  return { apiVersion: object.apiVersion, kind, ...(namespace === '' ? {} : { namespace }), name };
}

function json(rollout: Rollout, user: Requester, kubernetesVersion: string, assumed: readonly string[]): object {
  return {
    user: { name: user.name, groups: user.groups },
    kubernetesVersion,
    created: rollout.created.map(subject),
    updated: rollout.updated.map(subject),
    unchanged: rollout.unchanged,
    rejected: rollout.rejected.map(({ resource, refusal, stage }) => ({
      subject: subject(resource),
      stage,
      code: refusal.code,
      reason: refusal.reason,
      message: refusal.message,
      causes: refusal.details?.causes ?? [],
    })),
    warned: rollout.warned.map(({ resource, warnings }) => ({ subject: subject(resource), warnings })),
    mutated: rollout.mutated.map(({ resource, by, changes }) => ({ subject: subject(resource), by, changes })),
    unknown: rollout.unknown,
    assumed,
  };
}

function named({ kind, namespace, name }: Resource): string {
  return printable(`${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`);
}

function lines({ created, updated, unchanged, rejected, warned, mutated, unknown }: Rollout, { name }: Requester): readonly string[] {
  return [
    `the API server, asked by ${printable(name)}`,
    ...rejected.map(
      ({ resource, refusal, stage }) => `- ${named(resource)} would be refused (${refusal.code}, ${stage}): ${printable(refusal.message)}`,
    ),
    ...warned.flatMap(({ resource, warnings }) => warnings.map((text) => `! ${named(resource)}: ${printable(text)}`)),
    ...mutated.map(({ resource, by, changes }) => {
      const paths = changes.slice(0, 4).map(({ path }) => path);
      const more = changes.length > paths.length ? `, and ${changes.length - paths.length} more` : '';
      return `~ ${named(resource)}: ${by} changes ${printable(paths.join(', '))}${more}`;
    }),
    ...unknown.map((why) => `? ${printable(why)}`),
    `${counted(created.length, 'object')} created, ${updated.length} updated, ${unchanged} as before, ${rejected.length} refused`,
    '',
  ];
}
