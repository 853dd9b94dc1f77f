// Facts of a live cluster for the webhook: asks what the cluster serves until it answers, keeps what policies need, and looks again while a
// kind that a policy takes parameters from is not served yet.

import { apiVersionOf } from '../../kube/object.ts';
import { asString, dig } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Connection } from '../../sources/cluster/connection.ts';
import { discover } from '../../sources/cluster/discovery.ts';
import { type Facts, factsOfCluster, type KeptFacts, noFacts } from './facts.ts';

export interface LiveFacts {
  readonly facts: () => Facts;
  readonly isSynced: () => boolean;
  readonly stop: () => void;
}

/** The kinds that policies among the objects take parameters from. */
export function paramKinds(resources: readonly Resource[]): readonly { readonly apiVersion: string; readonly kind: string }[] {
  return resources.flatMap(({ object }) => {
    const apiVersion = asString(dig(object, 'spec', 'paramKind', 'apiVersion'));
    const kind = asString(dig(object, 'spec', 'paramKind', 'kind'));
    return object.kind.endsWith('AdmissionPolicy') && apiVersion !== undefined && kind !== undefined ? [{ apiVersion, kind }] : [];
  });
}

/** Begins to keep facts. `pause` is the time in milliseconds between attempts. */
export function liveFacts(
  connection: Connection,
  kinds: readonly { readonly apiVersion: string; readonly kind: string }[],
  tell: (line: string) => void,
  pause = 5_000,
): LiveFacts {
  let current: Facts = noFacts('the cluster has not been read yet');
  let kept: KeptFacts | undefined;
  let synced = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const again = (after: number) => {
    if (!stopped) timer = setTimeout(() => void begin(), after).unref();
  };
  const begin = async () => {
    const answer = await discover(connection);
    if (stopped) return;
    if (!answer.ok) {
      tell(answer.problem.problem.message);
      return again(pause);
    }
    const served = answer.value.types;
    const unserved = kinds.filter(
      ({ apiVersion, kind }) => !served.some((type) => type.kind === kind && apiVersionOf(type) === apiVersion),
    );
    const next = factsOfCluster(connection, served, kinds, (problem) => tell(problem.message));
    const whole = await next.synced(60_000);
    if (stopped) return next.stop();
    kept?.stop();
    kept = next;
    current = next;
    synced = whole;
    if (!whole) again(pause);
    else if (unserved.length > 0) again(12 * pause);
  };
  void begin();
  return {
    facts: () => current,
    isSynced: () => synced,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      kept?.stop();
    },
  };
}
