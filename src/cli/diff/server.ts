// `cofferdam diff --server`: what the API server of the base would answer to the head, as a section of the comparison.

import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { counted } from '../../report/words.ts';
import type { Requester } from '../../request/request.ts';
import { provedRelease } from '../../request/semantics.ts';
import { type Rollout, rollOut } from '../../request/trace/rollout.ts';
import { administrator } from '../../request/write/accounts.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Admission } from '../admission.ts';
import { apiServerOver, releaseOf } from '../api-server.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { readFeatures } from '../features.ts';
import { unreadOf } from '../unread.ts';

export interface ServerSection {
  readonly json: object;
  readonly lines: readonly string[];
  /** The objects of the head that would be refused. */
  readonly refused: ReadonlySet<Resource>;
}

/** Sends the head to the server of the base, as `user`; without a name the pipeline is an administrator. */
export async function serverSection(
  base: Snapshot | undefined,
  head: Snapshot | undefined,
  user: Requester = administrator,
  now: number,
  { plugins, configuration, eventLimits, makeCall, told }: Admission,
  flags: Flags,
): Promise<ServerSection> {
  if (base === undefined || head === undefined)
    throw new Stop(problem('usage/bad-flag', '--server needs objects on both sides; a saved result holds findings alone'));
  const unread = [...unreadOf(base.problems, 'the base'), ...unreadOf(head.problems, 'the head')];
  const release = await releaseOf(base.facts.versionKnown ? base.facts.kubernetesVersion : provedRelease);
  const { writing, assumed } = await apiServerOver(base, {
    release,
    plugins,
    configuration,
    features: readFeatures(flags, release),
    asked: head.resources.map(({ object }) => object),
    namespaces: head.resources.map(({ namespace }) => namespace).filter((name) => !defines(head, name)),
    now,
  });
  const limited = eventLimits === undefined ? writing : { ...writing, eventLimits };
  const sent = await rollOut(base, head, limited, user, makeCall);
  const rollout = { ...sent, unknown: [...unread, ...sent.unknown] };
  const all = [...assumed, ...told];
  return {
    json: rolledOut(rollout, user, release.minor, all),
    lines: lines(rollout, user, release.minor, all),
    refused: new Set(rollout.rejected.map(({ resource }) => resource)),
  };
}

function defines({ resources }: Snapshot, namespace: string): boolean {
  return resources.some(({ kind, group, name }) => kind === 'Namespace' && group === '' && name === namespace);
}

function subject({ object, kind, namespace, name }: Resource): object {
  return { apiVersion: object.apiVersion, kind, ...(namespace === '' ? {} : { namespace }), name };
}

/** The section as JSON. */
export function rolledOut(rollout: Rollout, user: Requester, kubernetesVersion: string, assumed: readonly string[]): object {
  return {
    user: { name: user.name, groups: user.groups },
    kubernetesVersion,
    created: rollout.created.map(subject),
    updated: rollout.updated.map(subject),
    unchanged: rollout.unchanged,
    left: rollout.left.map(subject),
    rejected: rollout.rejected.map(({ resource, refusal, stage, evidence }) => ({
      subject: subject(resource),
      stage,
      code: refusal.code,
      reason: refusal.reason,
      message: refusal.message,
      causes: refusal.details?.causes ?? [],
      evidence,
    })),
    warned: rollout.warned.map(({ resource, warnings }) => ({ subject: subject(resource), warnings })),
    mutated: rollout.mutated.map(({ resource, ...mutation }) => ({ subject: subject(resource), ...mutation })),
    unknown: rollout.unknown,
    assumed,
  };
}

function named({ kind, namespace, name }: Resource): string {
  return printable(`${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`);
}

function lines(
  { created, updated, unchanged, left, rejected, warned, mutated, unknown }: Rollout,
  { name }: Requester,
  kubernetesVersion: string,
  assumed: readonly string[],
): readonly string[] {
  return [
    `the API server (Kubernetes ${kubernetesVersion}), asked by ${printable(name)}`,
    ...rejected.flatMap(({ resource, refusal, stage, evidence }) => {
      const [first = '', ...more] = refusal.message.split('\n');
      return [
        `- ${named(resource)} would be refused (${refusal.code}, ${stage}): ${printable(first)}`,
        ...[...more, ...evidence].map((line) => `    ${printable(line)}`),
      ];
    }),
    ...warned.flatMap(({ resource, warnings }) => warnings.map((text) => `! ${named(resource)}: ${printable(text)}`)),
    ...mutated.map(({ resource, by, reason, changes }) => {
      const paths = changes.slice(0, 4).map(({ path }) => path);
      const more = changes.length > paths.length ? `, and ${changes.length - paths.length} more` : '';
      const why = reason === '' ? '' : `: ${printable(reason)}`;
      return `~ ${named(resource)}: ${by} changes ${printable(paths.join(', '))}${more}${why}`;
    }),
    ...unknown.map((why) => `? ${printable(why)}`),
    ...assumed.map((why) => `  ${printable(why)}`),
    ...(left.length === 0
      ? []
      : [`  ${counted(left.length, 'object')} of the base that the head has no more: nothing is deleted, they stay`]),
    `${counted(created.length, 'object')} created, ${updated.length} updated, ${unchanged} as before, ${rejected.length} refused`,
    '',
  ];
}
