// The objects of priority and fairness that the API server keeps as they are (k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap, 1.36).

import type { JsonObject } from '../../../lib/json.ts';

const everything: JsonObject = {
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }],
};

function group(name: string): JsonObject {
  return { kind: 'Group', group: { name } };
}

/** Specs by name. */
export const mandatoryFlowSchemas: ReadonlyMap<string, JsonObject> = new Map([
  [
    'exempt',
    {
      matchingPrecedence: 1,
      priorityLevelConfiguration: { name: 'exempt' },
      rules: [{ subjects: [group('system:masters')], ...everything }],
    },
  ],
  [
    'catch-all',
    {
      matchingPrecedence: 10000,
      priorityLevelConfiguration: { name: 'catch-all' },
      distinguisherMethod: { type: 'ByUser' },
      rules: [{ subjects: [group('system:unauthenticated'), group('system:authenticated')], ...everything }],
    },
  ],
]);

/** Of `exempt`, what it says of itself may be changed. */
export const mandatoryPriorityLevels: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['exempt', { type: 'Exempt' }],
  ['catch-all', { type: 'Limited', limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } } }],
]);
