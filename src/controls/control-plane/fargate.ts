// AWS Fargate gives each pod a virtual machine of its own, which is the strongest separation EKS offers for workloads one does not trust. Blames
// the nodes where none is of Fargate (their names begin with `fargate`). One way among several, so off until asked for.

import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, wholeSnapshot } from '../control.ts';
import { cluster, node } from '../examples.ts';

export const fargate = control<Snapshot>({
  id: 'control-plane/fargate',
  aliases: ['C-0233'],
  severity: 'low',
  title: 'Untrusted workloads run on Fargate',
  why: 'On shared nodes a pod that escapes its container has its neighbours before it; on Fargate it has an empty machine.',
  fix: 'Add a Fargate profile for the namespaces of workloads that are not trusted.',
  frameworks: ['attack:T1611', 'bsi:APP.4.4.A15'],
  enabled: false,
  on: wholeSnapshot,
  check: (snapshot) => {
    const nodes = ofKind(snapshot, '', 'Node');
    return nodes.some(({ name }) => name.startsWith('fargate'))
      ? []
      : nodes.map((resource) =>
          fail('/metadata/name', 'shared-node', `node "${resource.name}" is shared, and no node is of Fargate`, { resource }),
        );
  },
  examples: {
    pass: () => [cluster(), cluster(node(), { ...node(), metadata: { name: 'fargate-ip-10-0-0-1.eu-west-1.compute.internal' } })],
    fail: () => [cluster(node())],
  },
});
