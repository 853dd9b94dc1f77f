// Rights and connections of two sides, compared as what they allow. A saved result holds findings alone: then nothing is said about them,
// which is not the same as no change.

import { type ChangedGrant, grantChanges } from '../../identity/difference.ts';
import { subjectText } from '../../identity/subjects.ts';
import { printable } from '../../lib/text.ts';
import { type ChangedConnection, difference } from '../../network/difference.ts';
import { defaultReading } from '../../network/network.ts';
import { undecidedBy } from '../../network/unevaluated.ts';
import { workloads } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { ruleWords, subjectJson } from '../identity/words.ts';
import { partyJson, partyName } from '../network/answers.ts';

/** One change as JSON and as a line of a table. */
export interface Change {
  readonly json: object;
  readonly text: string;
}

export interface Changes {
  readonly added: readonly Change[];
  readonly removed: readonly Change[];
  readonly changed?: readonly Change[];
  /** Why the sides, or parts of them, were not compared. */
  readonly notCompared: readonly string[];
}

/** More workloads than `diff` compares by itself: each pair of them is a question. */
const mostWorkloads = 2000;

export function comparedSides(
  base: Snapshot | undefined,
  head: Snapshot | undefined,
): { readonly grants: Changes; readonly connections: Changes } {
  if (base === undefined || head === undefined) {
    const none = { added: [], removed: [], notCompared: ['a saved result holds findings, not the objects behind them'] };
    return { grants: none, connections: none };
  }
  return { grants: grants(base, head), connections: connections(base, head) };
}

function grants(base: Snapshot, head: Snapshot): Changes {
  const { added, removed, notCompared } = grantChanges(base, head);
  return {
    added: added.map(grantChange),
    removed: removed.map(grantChange),
    notCompared: notCompared.map((subject) => `${subjectText(subject)} has too many rules to compare`),
  };
}

function grantChange({ subject, namespace, rules, via, gains }: ChangedGrant): Change {
  const bindings = [...new Set(via.map(({ binding }) => binding.resource))];
  const shown = rules.slice(0, 3).map(ruleWords).join('; ');
  const more = rules.length > 3 ? `; and ${rules.length - 3} more` : '';
  const where = namespace === '' ? 'in the whole cluster' : `in ${namespace}`;
  const gain = gains.length === 0 ? '' : `  (${gains.slice(0, 2).join('; ')})`;
  return {
    json: {
      subject: subjectJson(subject),
      namespace,
      rules,
      gains,
      via: bindings.map(({ kind, namespace: place, name }) => ({ kind, name, ...(place === '' ? {} : { namespace: place }) })),
    },
    text: printable(`${subjectText(subject)} ${where}: ${shown}${more}${gain}`),
  };
}

function connections(base: Snapshot, head: Snapshot): Changes {
  if (Math.max(workloads(base).length, workloads(head).length) > mostWorkloads)
    return { added: [], removed: [], notCompared: [`more than ${mostWorkloads} workloads: cofferdam network diff compares them`] };
  const found = difference(base, head, defaultReading);
  const change = (one: ChangedConnection): Change => {
    const { from, to, before, after, opens, because } = one;
    const undecided = undecidedBy(found.base.network, [from, to]).length + undecidedBy(found.head.network, [from, to]).length > 0;
    const verdict = undecided ? 'unknown' : 'known';
    const ports = one.change === 'added' ? after : one.change === 'removed' ? before : `${before} → ${after}`;
    const note = [...(because === '' ? [] : [because]), ...(undecided ? ['not known: policies that are not modelled'] : [])].join('; ');
    return {
      json: { from: partyJson(from), to: partyJson(to), before, after, opens, verdict, ...(because === '' ? {} : { because }) },
      text: printable(`${partyName(from)} → ${partyName(to)}  ${ports}${note === '' ? '' : `  (${note})`}`),
    };
  };
  const of = (kind: ChangedConnection['change']) => found.changes.filter((one) => one.change === kind).map(change);
  return { added: of('added'), removed: of('removed'), changed: of('changed'), notCompared: [] };
}
