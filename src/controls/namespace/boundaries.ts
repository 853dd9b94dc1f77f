// The list of namespaces, for a person who asks whether they separate what they should (CIS 5.6.1). Nothing is wrong with any of them by
// itself; off until asked for.

import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';

export const boundaries = control({
  id: 'namespace/boundaries',
  aliases: ['C-0209'],
  severity: 'low',
  title: 'Namespaces separate teams and applications',
  why: 'Roles, quotas and policies hold for namespaces: where everything shares one, none of them can tell applications apart.',
  fix: 'Look at each namespace and ask whose it is; split those that belong to several teams or applications.',
  frameworks: ['cis:5.6.1', 'nsa:namespaces', 'bsi:APP.4.4.A1'],
  enabled: false,
  on: objects('/Namespace'),
  check: ({ resource }) => [fail('/metadata/name', 'review', `is "${resource.name}" one boundary of administration?`)],
  examples: {
    pass: () => [[]],
    fail: () => [cluster()],
  },
});
