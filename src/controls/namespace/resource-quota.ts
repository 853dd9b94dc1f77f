// A ResourceQuota bounds what a namespace as a whole may use. It must bound cpu and memory, by requests, by limits, or by the short names
// that mean requests; several quotas of a namespace hold together.

import { asObject, dig } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { control, fail } from '../control.ts';
import { cluster, clusterWithout } from '../examples.ts';
import { isExempt, namespaces, systemNamespaces, unknownNamespace } from '../namespaces.ts';

export const resourceQuota = control({
  id: 'namespace/resource-quota',
  aliases: ['KSV-0040', 'RES-009', 'RES-009-1', 'RES-009-2'],
  severity: 'low',
  title: 'Every namespace has a ResourceQuota for cpu and memory',
  why: 'Without a quota one namespace, by mistake or by an intruder who mines coins, can take what all others need.',
  fix: 'Add a ResourceQuota with requests and limits for cpu and memory.',
  frameworks: ['nsa:resource-policies', 'attack:T1496', 'matrix:MS-TA9039', 'pci:11.1.a'],
  parameters: { exempt: systemNamespaces },
  on: namespaces,
  check: ({ name, resource }, context) => {
    if (isExempt(name, context)) return [];
    const quotas = ofKind(context.snapshot, '', 'ResourceQuota').filter((quota) => quota.namespace === name);
    const [quota] = quotas;
    if (quota === undefined) {
      if (resource === undefined) return [unknownNamespace(name, 'a ResourceQuota')];
      return [fail('/metadata/name', 'no-quota', `namespace "${name}" has no ResourceQuota`)];
    }
    const bounded = new Set(quotas.flatMap(({ object }) => Object.keys(asObject(dig(object, 'spec', 'hard')))));
    return ['cpu', 'memory']
      .filter((measure) => ![measure, `requests.${measure}`, `limits.${measure}`].some((key) => bounded.has(key)))
      .map((measure) =>
        fail('/spec/hard', `no-${measure}`, `no ResourceQuota of namespace "${name}" bounds ${measure}`, { resource: quota }),
      );
  },
  examples: {
    pass: () => [cluster()],
    fail: () => [
      clusterWithout(['ResourceQuota']),
      cluster({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'quota', namespace: 'shop' },
        spec: { hard: { pods: '50', cpu: '10' } },
      }),
    ],
  },
});
