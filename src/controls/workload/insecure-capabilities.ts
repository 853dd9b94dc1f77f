// Capabilities each of which is known to lead out of a container or into another one. The list may be set; names match with or without CAP_.

import { strings } from '../../lib/json.ts';
import { control, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { removeField } from '../repair.ts';
import { capabilities } from './capabilities.ts';
import { blame } from './effective.ts';

/** Named by this control by default; others that are added are left to workload/added-capabilities. */
export const insecure = [
  'ALL',
  'BPF',
  'CHECKPOINT_RESTORE',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'NET_ADMIN',
  'NET_RAW',
  'PERFMON',
  'SETPCAP',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYSLOG',
];

export const insecureCapabilities = control({
  id: 'workload/insecure-capabilities',
  aliases: ['C-0046', 'CKV_K8S_25', 'KSV-0022', 'KSV-0119', 'dangerousCapabilities', 'CapabilityAdded'],
  severity: 'high',
  title: 'Containers add no capability that leads out of them',
  why: 'With these capabilities a container reads any file, watches other processes, changes the network of its pod or node, or talks to hardware.',
  fix: 'Remove the capability; if a program fails without it, find the operation that needs it and move that to a node agent.',
  frameworks: [
    'pss:baseline',
    'cis:5.2.9',
    'nsa:pod-security',
    'attack:T1611',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
    'stig:V-242437',
  ],
  parameters: { capabilities: insecure },
  on: pods,
  check: ({ containers }, { parameters }) => {
    const named = new Set(strings(parameters.capabilities).map((name) => name.toUpperCase().replace(/^CAP_/, '')));
    return containers.flatMap((container) =>
      capabilities(container, 'add')
        .filter(({ name }) => named.has(name))
        .map(({ suffix, written }) => blame(container, suffix, 'insecure', `container "${container.name}" adds ${written}`)),
    );
  },
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ securityContext: { capabilities: { drop: ['ALL'], add: ['SYS_PTRACE', 'CAP_BPF'] } } }))],
  },
});
