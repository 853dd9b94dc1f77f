// What the controls of stars in rules share: each blames the star it is about, in rules that are not all stars already.

import { isShippedRole } from '../../identity/bootstrap.ts';
import { ownRules } from '../../identity/roles.ts';
import type { PolicyRule } from '../../identity/rules.ts';
import type { Context, ObjectSubject, Outcome } from '../control.ts';
import { fail, notApplicable } from '../control.ts';
import { heldBy } from './holders.ts';

/** True for a rule that allows every verb on every resource of the core group, or of all groups. */
export function isEverything(rule: PolicyRule): boolean {
  return rule.verbs.includes('*') && rule.resources.includes('*') && (rule.apiGroups.includes('*') || rule.apiGroups.includes(''));
}

/** The check for a star in one list of a rule. `means` completes "allows"; undefined where the star says nothing in this rule. */
export function starIn(
  list: 'verbs' | 'resources' | 'apiGroups',
  means: (rule: PolicyRule) => string,
): (subject: ObjectSubject, context: Context) => readonly Outcome[] {
  return judgeRules((rule) => {
    const at = rule[list].indexOf('*');
    if (at < 0 || rule.resources.length === 0 || isEverything(rule)) return undefined;
    return { path: `/${list}/${at}`, reason: 'star', allows: means(rule) };
  });
}

/** Judges a role rule by rule: the failure's path within the rule and what the rule allows, or undefined. */
export function judgeRules(
  judge: (rule: PolicyRule) => { readonly path: string; readonly reason: string; readonly allows: string } | undefined,
): (subject: ObjectSubject, context: Context) => readonly Outcome[] {
  return ({ resource }, { snapshot }) => {
    if (isShippedRole(resource)) return [notApplicable('shipped', 'this role is made by Kubernetes itself')];
    return ownRules(snapshot, resource).flatMap(({ rule, index }) => {
      const found = judge(rule);
      if (found === undefined) return [];
      const holders = heldBy(snapshot, resource);
      const detail = `rule ${index} of ${resource.kind} "${resource.name}" allows ${found.allows}; ${holders.text}`;
      return [fail(`/rules/${index}${found.path}`, found.reason, detail, { evidence: holders.evidence })];
    });
  };
}
