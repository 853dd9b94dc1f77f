// Any capability beyond those that workload/insecure-capabilities names: harmless-looking ones add up, and names the kernel does not know are
// mistakes. NET_BIND_SERVICE, which the restricted standard allows, is not needed since containers may bind low ports by default.

import { strings } from '../../lib/json.ts';
import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { removeField } from '../repair.ts';
import { capabilities } from './capabilities.ts';
import { blame } from './effective.ts';
import { insecure } from './insecure-capabilities.ts';

export const addedCapabilities = control({
  id: 'workload/added-capabilities',
  aliases: ['CKV_K8S_25', 'KSV-0022', 'KSV-0106', 'CapabilityAdded'],
  severity: 'low',
  title: 'Containers add no capabilities',
  why: 'Every added capability is one more thing an intruder may do: change owners, write any file, give itself more capabilities.',
  fix: 'Remove what the program runs without; list the rest in the `allowed` setting of this control.',
  frameworks: ['pss:restricted', 'cis:5.2.9', 'nsa:pod-security', 'owasp:K01', 'pci:3.1.a', 'bsi:APP.4.4.A4', 'stig:V-242437'],
  parameters: { allowed: [] },
  on: pods,
  check: ({ containers }, { parameters }) => {
    const settled = new Set([...insecure, ...strings(parameters.allowed).map((name) => name.toUpperCase().replace(/^CAP_/, ''))]);
    return containers.flatMap((container) =>
      capabilities(container, 'add')
        .filter(({ name }) => !settled.has(name))
        .map(({ suffix, written }) => blame(container, suffix, 'added', `container "${container.name}" adds ${written}`)),
    );
  },
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ securityContext: { capabilities: { drop: ['ALL'], add: ['CHOWN', 'KILL'] } } }))],
  },
});
