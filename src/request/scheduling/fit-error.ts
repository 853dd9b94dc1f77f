// Why no node takes a pod, as the scheduler writes it into the pod's condition and its events (pkg/scheduler/framework/types.go, FitError, 1.36).

import { firstSaid } from './objection.ts';
import type { Placement } from './placement.ts';

/** The sentence; undefined where some node fits, empty where the scheduler waits and says nothing. Events cut it off after 1,024 bytes. */
export function fitError({ before, nodes, deallocation, preemption }: Placement): string | undefined {
  if (before?.plugin === 'PreEnqueue') return '';
  // This is what the API server says, before the scheduler sees the pod.
  if (before?.plugin === 'SchedulingGates') return before.says;
  if (nodes.length === 0) return 'no nodes available to schedule pods';
  const none = `0/${nodes.length} nodes are available:`;
  if (before?.failed === true) return before.says;
  if (before === undefined && nodes.some(({ objections }) => objections.length === 0)) return undefined;
  // The scheduler stops at the first filter that objects.
  const first = nodes.flatMap(({ objections }) => firstSaid(objections));
  const reasons = `${none} ${before === undefined ? counted(first.map(({ says }) => says)) : before.says}.`;
  if (preemption.kind === 'found') return reasons;
  // Where claims of devices were not come to, the scheduler says that it does not find what it knows about them.
  const isEarly = before !== undefined && before.plugin !== 'DynamicResources';
  return isEarly ? `${reasons} not found` : `${reasons} ${deallocation}, preemption: ${preemption.says}`;
}

/** Reasons with how often each was given, as the scheduler sorts them. */
export function counted(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
