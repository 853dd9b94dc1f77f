// Group 0, as primary, supplementary or volume group: files that belong to root's group are then the container's, and on a volume shared with
// the node so are root's. Linux only; the container's `runAsGroup` wins over the pod's.

import { asList } from '../../lib/json.ts';
import { control, fail, type Outcome, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField } from '../repair.ts';
import { effective, onLinux } from './effective.ts';
import { withSecurity } from './examples.ts';

export const rootGroup = control({
  id: 'workload/root-group',
  aliases: ['C-0013', 'KSV-0116', 'rule:set-supplementalgroups-values'],
  severity: 'low',
  title: "Containers are not members of root's group",
  why: 'What group 0 may read or write, in the image and on volumes, is open to a process that is otherwise not root.',
  fix: 'Use a group of its own above 0 for `runAsGroup`, `fsGroup` and `supplementalGroups`.',
  frameworks: ['cis:5.2.7', 'nsa:non-root-containers', 'owasp:K01', 'pci:12.3.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  on: pods,
  check: onLinux(({ pod, containers }) => {
    const found: Outcome[] = [];
    if (pod.securityContext.fsGroup === 0)
      found.push(fail(pod.at('/securityContext/fsGroup'), 'volume-group', "volumes of the pod belong to group 0, root's"));
    asList(pod.securityContext.supplementalGroups).forEach((group, index) => {
      if (group === 0)
        found.push(fail(pod.at(`/securityContext/supplementalGroups/${index}`), 'supplementary', "the pod is a member of group 0, root's"));
    });
    for (const container of containers) {
      const group = effective(pod, container, 'runAsGroup');
      if (group?.value === 0)
        found.push(fail(group.path, 'primary', `container "${container.name}" runs with group 0, root's`, { container: container.name }));
    }
    return found;
  }),
  repair: ({ path, reason }, object) => (reason === 'supplementary' ? removeField(object, path) : undefined),
  examples: {
    pass: () => [cluster(deployment()), cluster(withSecurity({ pod: { runAsGroup: 0, supplementalGroups: [4000] } }))],
    fail: () => [
      cluster(withSecurity({ pod: { supplementalGroups: [4000, 0] }, container: {} })),
      cluster(withSecurity({ pod: { supplementalGroups: [0], fsGroup: 0 }, container: { runAsGroup: 0 } })),
    ],
  },
});
