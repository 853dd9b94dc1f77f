// A subject with many roles: nobody knows any more what it may do, and some of it is left over. The number is a setting.

import { type Binding, type BoundSubject, bindingsIn } from '../../identity/bindings.ts';
import { isShippedBinding } from '../../identity/bootstrap.ts';
import { subjectText } from '../../identity/subjects.ts';
import { asNumber } from '../../lib/json.ts';
import { control, fail, wholeSnapshot } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { clusterRoleBinding, harmless, operators } from './examples.ts';

export const tooManyRoles = control({
  id: 'identity/too-many-roles',
  aliases: [],
  severity: 'low',
  title: 'No subject is given more roles than can be overseen',
  why: 'What a subject may do is the sum of its roles; with many of them nobody sees what is too much.',
  fix: 'Put the rights that are used into one or two roles, and remove the other bindings.',
  frameworks: ['nsa:authentication-and-authorization', 'owasp:K03', 'bsi:APP.4.4.A3', 'pci:2.1.a'],
  parameters: { maximum: 8 },
  on: wholeSnapshot,
  check(snapshot, { parameters }) {
    const maximum = asNumber(parameters.maximum) ?? 8;
    const roles = new Map<string, { readonly binding: Binding; readonly subject: BoundSubject }[]>();
    for (const binding of bindingsIn(snapshot)) {
      if (isShippedBinding(binding.resource)) continue;
      for (const subject of binding.subjects) {
        const held = roles.get(subjectText(subject)) ?? [];
        if (held.length === 0) roles.set(subjectText(subject), held);
        if (!held.some((other) => sameGrant(other.binding, binding))) held.push({ binding, subject });
      }
    }
    return [...roles].flatMap(([text, held]) => {
      const last = held[maximum];
      if (last === undefined) return [];
      return [
        fail(`${last.subject.path}/name`, 'too-many-roles', `${text} is given ${held.length} roles, more than ${maximum}`, {
          resource: last.binding.resource,
          evidence: held.map(({ binding, subject }) => ({
            resource: binding.resource,
            path: `${subject.path}/name`,
            note: `gives ${binding.role.kind} "${binding.role.name}"`,
          })),
        }),
      ];
    });
  },
  examples: {
    pass: () => [harmless()],
    fail: () => [
      cluster(
        deployment(),
        ...Array.from({ length: 9 }, (_, index) => clusterRoleBinding([operators], shippedNames[index], `operators-${index}`)),
      ),
    ],
  },
});

const shippedNames = [
  'view',
  ...['discovery', 'basic-user', 'monitoring', 'heapster', 'kube-dns', 'auth-delegator', 'node-problem-detector', 'public-info-viewer'].map(
    (name) => `system:${name}`,
  ),
];

function sameGrant(a: Binding, b: Binding): boolean {
  return a.namespace === b.namespace && a.role.kind === b.role.kind && a.role.name === b.role.name;
}
