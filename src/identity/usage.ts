// What recorded use says about grants: which could have allowed a request of the log, when last, and which of their rules never did. A
// request that several grants allow counts for each of them, since none of them can be told apart by it.
// Left out: what was not recorded. A log that is short or filtered makes grants look unused; whoever shows this says how long it is.

import type { Snapshot } from '../snapshot/snapshot.ts';
import type { RecordedRequest } from './audit-requests.ts';
import { authorizerOf, type Given, givenTo } from './authorizer.ts';
import type { Binding } from './bindings.ts';
import { type PolicyRule, type RequestAttributes, ruleAllows } from './rules.ts';
import { subjectMatches } from './subjects.ts';

/** The use of one subject of one binding. */
export interface Usage {
  /** Recorded requests, each once a user. */
  readonly requests: number;
  /** When the last came, where the log says. */
  readonly last: string | undefined;
  /** Who used it. */
  readonly users: ReadonlySet<string>;
  /** Rules that allowed something, by their place among those in force. */
  readonly rules: ReadonlySet<number>;
  /** What was asked for, one verb and one resource or path each. */
  readonly asked: readonly PolicyRule[];
}

interface Counting {
  requests: number;
  last: string | undefined;
  readonly users: Set<string>;
  readonly rules: Set<number>;
  readonly asked: Map<string, PolicyRule>;
}

/** More different questions than a person reads. */
const mostAsked = 2000;

/** The use of each binding's subject, by `usageKey`; those that allowed nothing are not in it. */
export function usageOf(snapshot: Snapshot, recorded: readonly RecordedRequest[]): ReadonlyMap<string, Usage> {
  const authorizer = authorizerOf(snapshot);
  const byBinding = new Map<Binding, Given[]>();
  for (const given of authorizer.given) {
    const list = byBinding.get(given.binding);
    if (list === undefined) byBinding.set(given.binding, [given]);
    else list.push(given);
  }
  const found = new Map<string, Counting>();
  for (const { user, wanted: written, allowed, time } of recorded) {
    if (!allowed) continue;
    const wanted = written.resource === '' ? { ...written, path: written.path.split('?', 1)[0] ?? '' } : written;
    for (const binding of new Set(givenTo(authorizer, user, wanted.namespace).map((given) => given.binding)))
      for (const given of byBinding.get(binding) ?? []) {
        const rules = subjectMatches(given.subject, user) ? (authorizer.roles[given.role]?.rules ?? []) : [];
        const which = rules.flatMap(({ rule }, index) => (ruleAllows(rule, wanted) ? [index] : []));
        if (which.length === 0) continue;
        const key = usageKey(binding, given.index);
        const known = found.get(key) ?? { requests: 0, last: undefined, users: new Set(), rules: new Set(), asked: new Map() };
        count(known, user.name, wanted, which, time);
        found.set(key, known);
      }
  }
  return new Map([...found].map(([key, { asked, ...rest }]) => [key, { ...rest, asked: [...asked.values()] }]));
}

function count(known: Counting, user: string, wanted: RequestAttributes, rules: readonly number[], time: string | undefined): void {
  known.requests++;
  if (time !== undefined && (known.last === undefined || time > known.last)) known.last = time;
  known.users.add(user);
  for (const index of rules) known.rules.add(index);
  const { verb, apiGroup, resource, subresource, path } = wanted;
  const isPath = resource === '';
  const asked: PolicyRule = {
    verbs: [verb],
    apiGroups: isPath ? [] : [apiGroup],
    resources: isPath ? [] : [subresource === '' ? resource : `${resource}/${subresource}`],
    resourceNames: [],
    nonResourceURLs: isPath ? [path] : [],
  };
  if (known.asked.size < mostAsked) known.asked.set(JSON.stringify([verb, apiGroup, resource, subresource, path]), asked);
}

/** What stands for one subject of a binding: `RoleBinding shop/readers /subjects/0`. */
export function usageKey({ resource }: Binding, index: number): string {
  return `${resource.kind} ${resource.namespace}/${resource.name} /subjects/${index}`;
}
