// A rule that could go without any connection changing: another rule or policy decides the same, or an earlier one decides first. Whoever edits it
// later believes to change something. Whole policies that others make pointless are not told here (a default deny may well stand twice on
// purpose): `cofferdam network check` names them.

import { control, fail, unknown } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { app, networkPolicy } from './examples.ts';
import { policiesAtWork } from './idle.ts';

export const shadowedRule = control({
  id: 'network/shadowed-rule',
  aliases: [],
  severity: 'low',
  title: 'Every rule of a network policy changes something',
  why: 'A rule that others make pointless is read as if it mattered: tightening it closes nothing, and deleting the other one opens nothing back.',
  fix: 'Remove the rule, or narrow the wider one that decides the same.',
  frameworks: ['nsa:network-separation', 'owasp:K07', 'bsi:APP.4.4.A7'],
  on: policiesAtWork,
  check: ({ found, complete }) => {
    const idle = found.flatMap(({ why, direction, rule }) => {
      if (why !== 'redundant-rule' || rule === undefined) return [];
      return [fail(rule.path, 'rule-changes-nothing', `no connection changes without this rule for ${direction}: others decide the same`)];
    });
    return complete || idle.length > 0
      ? idle
      : [unknown('/spec', 'too-much', 'there are too many policies to compare each rule with the rest')];
  },
  examples: {
    pass: () => [
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: app,
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: app }], ports: [{ port: 8080 }] }],
        }),
      ),
    ],
    fail: () => [
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: app,
          policyTypes: ['Ingress'],
          ingress: [
            { from: [{ podSelector: app }], ports: [{ port: 8080, endPort: 8090 }] },
            { from: [{ podSelector: app }], ports: [{ port: 8085 }] },
          ],
        }),
      ),
    ],
  },
});
