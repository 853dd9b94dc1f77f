// Nodes on operating systems made for containers: little installed, mostly read-only, updated as a whole. Told by the name of the image that a
// node reports. A matter of choice, so off until asked for.

import { asString, dig, strings } from '../../lib/json.ts';
import { control, fail, objects, unknown } from '../control.ts';
import { cluster, node } from '../examples.ts';

export const nodeOs = control({
  id: 'control-plane/node-os',
  aliases: ['C-0226'],
  severity: 'low',
  title: 'Nodes run an operating system made for containers',
  why: 'A general system brings a shell, a package manager and services that an intruder on the node puts to use.',
  fix: 'Use node images such as Bottlerocket, Container-Optimized OS, Flatcar, Talos or Fedora CoreOS.',
  frameworks: ['attack:T1611', 'owasp:K09'],
  enabled: false,
  parameters: {
    systems: [
      'Bottlerocket',
      'Container-Optimized OS',
      'Fedora CoreOS',
      'Flatcar',
      'Red Hat Enterprise Linux CoreOS',
      'Talos',
      'k3OS',
      'Kairos',
      'openSUSE MicroOS',
    ],
  },
  on: objects('/Node'),
  check: ({ resource, object }, { parameters }) => {
    const path = '/status/nodeInfo/osImage';
    const image = asString(dig(object, 'status', 'nodeInfo', 'osImage'));
    if (image === undefined) return [unknown(path, 'not-reported', `node "${resource.name}" does not say what it runs`)];
    return strings(parameters.systems).some((system) => image.startsWith(system))
      ? []
      : [fail(path, 'general-system', `node "${resource.name}" runs ${image}`)];
  },
  examples: {
    pass: () => [cluster(node({ osImage: 'Talos (v1.12.0)' }))],
    fail: () => [cluster(node({ osImage: 'Ubuntu 24.04.1 LTS' }))],
  },
});
