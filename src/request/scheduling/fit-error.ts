// Why no node takes a pod, as the scheduler writes it into the pod's condition and its events (pkg/scheduler/framework/types.go, FitError, 1.36).

import type { Placement } from './placement.ts';

/** The sentence; undefined where some node fits. Nothing is preempted: `No preemption victims found` is said of pods of equal priority. */
export function fitError({ before, nodes }: Placement): string | undefined {
  if (nodes.length === 0) return 'no nodes available to schedule pods';
  const none = `0/${nodes.length} nodes are available:`;
  // Nobody was looked for who could make room, which the scheduler says so.
  if (before !== undefined) return `${none} ${before.says}. not found`;
  if (nodes.some(({ objections }) => objections.length === 0)) return undefined;
  // The scheduler stops at the first filter that objects.
  const first = nodes.map(({ objections }) => objections.filter(({ plugin }) => plugin === objections[0]?.plugin));
  const help = first.map((said) =>
    said.every(({ resolvable }) => resolvable)
      ? 'No preemption victims found for incoming pod'
      : 'Preemption is not helpful for scheduling',
  );
  const reasons = first.flatMap((said) => said.map(({ says }) => says));
  return `${none} ${counted(reasons)}. no new claims to deallocate, preemption: ${none} ${counted(help)}.`;
}

function counted(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
