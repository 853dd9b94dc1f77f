// The controllers that make pods: what they do with an object, how many pods it comes to, and what they set beside the template.

import { asList, asNumber, asObject, asString, dig, field, type JsonObject } from '../../lib/json.ts';
import { daemonNodes, daemonTolerations } from '../scheduling/daemons.ts';
import { podTemplateHash } from '../template-hash/hash.ts';
import type { Writing } from '../write/update.ts';

/** A controller that makes pods of a template. */
export interface Maker {
  readonly controller: string;
  readonly template: readonly string[];
  readonly does: (object: JsonObject, writing: Writing) => string;
  /** How many pods it makes at once. */
  readonly count: (object: JsonObject, writing: Writing) => number;
  /** What the controller sets in the pods' spec beside the template. */
  readonly adds?: (object: JsonObject) => JsonObject;
}

const number = (object: JsonObject, key: string) => asNumber(dig(object, 'spec', key));
const replicas = (object: JsonObject) => number(object, 'replicas') ?? 1;
const isSuspended = (object: JsonObject) => dig(object, 'spec', 'suspend') === true;
const inSpec = ['spec', 'template'];

/** The ReplicaSet by its name, which rests on how the release lays out a template. */
function replicaSetOf(object: JsonObject, { server, state }: Writing): string {
  const hash = podTemplateHash(dig(object, ...inSpec) ?? null, undefined, server.release.minor);
  if (hash === undefined) return 'makes a ReplicaSet';
  const name = `${asString(dig(object, 'metadata', 'name')) ?? ''}-${hash}`;
  const namespace = asString(dig(object, 'metadata', 'namespace')) ?? '';
  const isThere = state.get({ group: 'apps', resource: 'replicasets' }, namespace, name) !== undefined;
  return `${isThere ? 'takes' : 'makes'} the ReplicaSet ${name}`;
}

/** Claims of the templates stand in for volumes of their names. */
function claimVolumes(object: JsonObject): JsonObject {
  const claims = asList(dig(object, 'spec', 'volumeClaimTemplates')).flatMap((one) => asString(dig(one, 'metadata', 'name')) ?? []);
  const own = asList(dig(object, 'spec', 'template', 'spec', 'volumes')).filter(
    (volume) => !claims.includes(asString(field(volume, 'name')) ?? ''),
  );
  const first = `${asString(dig(object, 'metadata', 'name')) ?? ''}-${asNumber(dig(object, 'spec', 'ordinals', 'start')) ?? 0}`;
  const volumes = [...own, ...claims.map((name) => ({ name, persistentVolumeClaim: { claimName: `${name}-${first}` } }))];
  return volumes.length === 0 ? {} : { volumes };
}

/** By group and kind. */
export const makers: Readonly<Record<string, Maker>> = {
  'apps/Deployment': {
    controller: 'replicaset-controller',
    template: inSpec,
    does: (object, writing) =>
      `the deployment controller ${replicaSetOf(object, writing)}, and the ReplicaSet controller ${replicas(object)} pod(s) for it`,
    count: replicas,
  },
  'apps/ReplicaSet': {
    controller: 'replicaset-controller',
    template: inSpec,
    does: (object) => `makes ${replicas(object)} pod(s)`,
    count: replicas,
  },
  'apps/StatefulSet': {
    controller: 'statefulset-controller',
    template: inSpec,
    does: (object) => `makes ${replicas(object)} pod(s), one after the other, and their claims`,
    count: replicas,
    adds: claimVolumes,
  },
  'apps/DaemonSet': {
    controller: 'daemon-set-controller',
    template: inSpec,
    does: () => 'makes a pod for every node that it selects',
    // Without nodes it is not known how many; one says whether they may be at all.
    count: (object, { state }) => Math.max(1, daemonNodes(dig(object, ...inSpec), state).length),
    adds: (object) => ({ tolerations: daemonTolerations(asObject(dig(object, 'spec', 'template', 'spec'))) }),
  },
  'batch/Job': {
    controller: 'job-controller',
    template: inSpec,
    does: (object) =>
      isSuspended(object)
        ? 'waits: the job is suspended, and has no pods until it is not'
        : `makes up to ${asNumber(dig(object, 'spec', 'parallelism')) ?? 1} pod(s) at a time until the job is complete`,
    count: (object) =>
      isSuspended(object) ? 0 : Math.min(number(object, 'parallelism') ?? 1, number(object, 'completions') ?? Number.MAX_SAFE_INTEGER),
  },
  'batch/CronJob': {
    controller: 'job-controller',
    template: ['spec', 'jobTemplate', 'spec', 'template'],
    does: (object) =>
      isSuspended(object)
        ? 'waits: it is suspended, and makes no Job until it is not'
        : `makes a Job at "${asString(dig(object, 'spec', 'schedule')) ?? ''}", whose pods the job controller makes`,
    count: (object) => (isSuspended(object) ? 0 : 1),
  },
  '/ReplicationController': {
    controller: 'replication-controller',
    template: inSpec,
    does: (object) => `makes ${replicas(object)} pod(s)`,
    count: replicas,
  },
};
