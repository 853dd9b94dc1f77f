// Volume claims that got no volume, or lost it: phase of the status (core/v1). Pods that mount them do not start.

import { control, fail, type Outcome, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { uid } from './examples.ts';
import { byStatus } from './status.ts';

export const claimUnbound = control({
  id: 'reliability/claim-unbound',
  aliases: ['POP-1003', 'POP-1004'],
  severity: 'medium',
  title: 'Volume claims have their volume',
  why: 'Pods that mount the claim do not start; where a volume was lost, so were its data.',
  fix: 'Check the storage class and its provisioner; restore a lost volume from its backup.',
  frameworks: [],
  on: objects('/PersistentVolumeClaim'),
  check: ({ resource }) =>
    byStatus(resource, ({ phase }): readonly Outcome[] =>
      phase === 'Pending' || phase === 'Lost' ? [fail('/status/phase', phase.toLowerCase(), `the claim is ${phase}`)] : [],
    ),
  examples: {
    pass: () => [cluster(deployment(), claim('Bound'))],
    fail: () => [cluster(deployment(), claim('Lost'))],
  },
});

function claim(phase: string) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'shop', uid, labels: { 'app.kubernetes.io/part-of': 'shop' } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    status: { phase },
  };
}
