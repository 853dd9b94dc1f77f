// The counts in a workload's status: none negative, none above what it is a part of (kubernetes pkg/apis/apps/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { validateNonNegatives } from '../numbers.ts';
import { count, given } from '../read.ts';

interface Counts {
  readonly counts: readonly string[];
  /** Parts of `replicas`. */
  readonly parts: readonly string[];
  /** How the message calls readyReplicas, which available ones are a part of. */
  readonly ready?: string;
}

const kinds: Readonly<Record<string, Counts>> = {
  deployment: {
    counts: [
      'observedGeneration',
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'terminatingReplicas',
      'collisionCount',
    ],
    parts: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
    ready: 'readyReplicas',
  },
  replicaSet: {
    counts: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas'],
    parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    ready: 'readyReplicas',
  },
  replicationController: {
    counts: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
    parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    ready: 'readyReplicas',
  },
  statefulSet: {
    counts: [
      'replicas',
      'readyReplicas',
      'currentReplicas',
      'updatedReplicas',
      'availableReplicas',
      'observedGeneration',
      'collisionCount',
    ],
    parts: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
    ready: 'status.readyReplicas',
  },
  daemonSet: {
    counts: [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ],
    parts: [],
  },
};

const status = fieldPath('status');

export function validateReplicaCounts(now: JsonObject, old: JsonObject, kind: keyof typeof kinds, errors: FieldError[]): void {
  const { counts = [], parts = [], ready } = kinds[kind] ?? { counts: [], parts: [] };
  validateNonNegatives(now, counts, status, errors);
  const over = (field: string, words: string) => errors.push(invalid(status.child(field), count(now[field]), words));
  for (const part of parts) if (count(now[part]) > count(now.replicas)) over(part, 'cannot be greater than status.replicas');
  if (ready !== undefined && count(now.availableReplicas) > count(now.readyReplicas))
    over('availableReplicas', `cannot be greater than ${ready}`);
  if (!counts.includes('collisionCount') || !given(old.collisionCount)) return;
  if (count(now.collisionCount) < count(old.collisionCount) || !given(now.collisionCount)) over('collisionCount', 'cannot be decremented');
}
