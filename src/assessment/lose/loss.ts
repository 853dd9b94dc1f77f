// What may be lost, as people write it: `node/NAME`, `zone/NAME`, `pvc/NAMESPACE/NAME`; and what losing it does.

import type { Subject } from '../../controls/result.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';

export type Loss =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'zone'; readonly name: string }
  | { readonly kind: 'pvc'; readonly namespace: string; readonly name: string };

/** What becomes of a workload: nothing of it can come back; all of it is down until it has moved; some of it is left; nothing it needs is lost. */
export type Fate = 'lost' | 'interrupted' | 'degraded' | 'kept';

export interface WorkloadLoss {
  readonly subject: Subject;
  readonly fate: Fate;
  readonly before: number;
  readonly left: number;
  /** Why it cannot come back, or how it does. */
  readonly reason: string;
}

export interface ClaimLoss {
  readonly namespace: string;
  readonly name: string;
  readonly fate: 'lost' | 'unreachable' | 'moves';
  /** What covers it, where something that was seen does. */
  readonly backup?: string;
  readonly reason: string;
}

export interface ServiceLoss {
  readonly namespace: string;
  readonly name: string;
  readonly before: number;
  readonly left: number;
}

export interface BudgetLoss {
  readonly namespace: string;
  readonly name: string;
  readonly wanted: number;
  readonly left: number;
}

export interface LossReport {
  readonly apiVersion: 'cofferdam.dev/v1';
  readonly kind: 'LossReport';
  readonly lost: Loss;
  readonly nodes: readonly string[];
  readonly workloads: readonly WorkloadLoss[];
  /** Services that had ready pods and have none any more. */
  readonly services: readonly ServiceLoss[];
  /** Disruption budgets that are below what they promise: drains wait until pods are back. */
  readonly budgets: readonly BudgetLoss[];
  readonly claims: readonly ClaimLoss[];
  /** Whether what must move finds room by what it requests: undefined where nodes do not say what they have. */
  readonly room?: boolean;
  readonly notes: readonly string[];
}

/** Reads what is lost. `readLoss('zone/a')` is `{ok: true, value: {kind: 'zone', name: 'a'}}`. */
export function readLoss(word: string): Result<Loss, Problem> {
  const [kind, ...rest] = word.split('/');
  if ((kind === 'node' || kind === 'zone') && rest.length === 1 && rest[0] !== '') return ok({ kind, name: rest[0] ?? '' });
  if (kind === 'pvc' && rest.length === 2 && !rest.includes('')) return ok({ kind, namespace: rest[0] ?? '', name: rest[1] ?? '' });
  return failure(problem('usage/bad-flag', `--lose ${word}: write node/NAME, zone/NAME or pvc/NAMESPACE/NAME`));
}

export function lossText(loss: Loss): string {
  return loss.kind === 'pvc' ? `volume claim ${loss.namespace}/${loss.name}` : `${loss.kind} ${loss.name}`;
}
