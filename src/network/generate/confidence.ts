// How far what was seen can be trusted to be all there is: how long was looked, which workloads said nothing, which were not seen to start, which
// schedules did not come round, what the sources lost. Confidence is `low` where a gap is known that would break something, `medium` where time
// was short, `high` where a week was seen without a gap. It says nothing about what happens once a year.

import { asList, asNumber, asString, dig, field } from '../../lib/json.ts';
import { named } from '../../snapshot/lookup.ts';
import type { Workload } from '../endpoints.ts';
import type { Observed } from '../flows/observe.ts';
import { timeOf } from '../flows/values.ts';
import type { Network } from '../network.ts';
import type { Groups } from './groups.ts';

export type Confidence = 'high' | 'medium' | 'low';

export interface NamespaceConfidence {
  readonly namespace: string;
  readonly level: Confidence;
  readonly workloads: number;
  /** Workloads of which no flow was seen. */
  readonly silent: readonly string[];
  /** CronJobs that were not seen to run, with their schedules. */
  readonly schedules: readonly { readonly name: string; readonly schedule: string }[];
  /** Workloads none of whose pods started while flows were recorded: what they ask when they start was not seen. */
  readonly startsUnseen: readonly string[];
  /** Restarts of their containers, where pods say. */
  readonly restarts: number;
  /** Flows with an end that is not known. */
  readonly unknown: number;
}

const day = 86_400_000;

/** Confidence by namespace, the most complete first: the order in which to roll out. */
export function confidenceOf(
  network: Network,
  groups: Groups,
  observed: Observed,
  scope: ReadonlySet<string>,
): readonly NamespaceConfidence[] {
  const speaking = new Set(
    observed.edges.flatMap(({ from, to }) => [from, to]).flatMap((party) => (party.kind === 'workload' ? [party.workload] : [])),
  );
  const length = observed.window === undefined ? 0 : observed.window.last - observed.window.first;
  const found = [...scope].sort().map((namespace): NamespaceConfidence => {
    const workloads = network.workloads.filter((workload) => workload.namespace === namespace && groups.of(workload).length > 0);
    const silent = workloads.filter((workload) => !speaking.has(workload));
    const schedules = silent
      .filter(({ kind }) => kind === 'CronJob')
      .map((workload) => ({ name: workload.name, schedule: scheduleOf(network, workload) }));
    const startsUnseen = workloads.filter((workload) => speaking.has(workload) && startSeen(workload, observed) === false);
    const unknown = observed.unknown
      .filter((one) => one.with.some((key) => key.startsWith(`${namespace}/`)))
      .reduce((sum, { flows }) => sum + flows, 0);
    const gaps = silent.length > 0 || unknown > 0 || observed.counts.lost + observed.counts.dropped > 0;
    const level = workloads.length === 0 || gaps || length < day ? 'low' : length < 7 * day || startsUnseen.length > 0 ? 'medium' : 'high';
    return {
      namespace,
      level,
      workloads: workloads.length,
      silent: silent.map(({ name }) => name),
      schedules,
      startsUnseen: startsUnseen.map(({ name }) => name),
      restarts: workloads.reduce((sum, workload) => sum + restartsOf(workload), 0),
      unknown,
    };
  });
  const rank = { high: 0, medium: 1, low: 2 };
  const gapsOf = (one: NamespaceConfidence) => one.silent.length + one.startsUnseen.length;
  return found.sort(
    (a, b) => rank[a.level] - rank[b.level] || gapsOf(a) - gapsOf(b) || a.unknown - b.unknown || (a.namespace < b.namespace ? -1 : 1),
  );
}

function scheduleOf({ snapshot }: Network, { namespace, name }: Workload): string {
  const resource = named(snapshot, 'batch', 'CronJob', namespace, name)[0];
  return asString(dig(resource?.object, 'spec', 'schedule')) ?? '';
}

/** Undefined where pods do not say when they started, or flows when they were. */
function startSeen({ endpoints }: Workload, { window }: Observed): boolean | undefined {
  const starts = endpoints.flatMap(({ resource }) => timeOf(dig(resource.object, 'status', 'startTime')) ?? []);
  if (window === undefined || starts.length === 0) return undefined;
  return starts.some((start) => start >= window.first && start <= window.last);
}

function restartsOf({ endpoints }: Workload): number {
  return endpoints
    .flatMap(({ resource }) => asList(dig(resource.object, 'status', 'containerStatuses')))
    .reduce<number>((sum, status) => sum + (asNumber(field(status, 'restartCount')) ?? 0), 0);
}
