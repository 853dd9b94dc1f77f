// Rights as edges ask for them, written as kubectl does: `create,update rolebindings.rbac.authorization.k8s.io | bind roles…` is any of its
// parts, `patch configmaps kube-system/aws-auth` one object. A right is held in a scope: one namespace, or '' for the whole cluster.

import { scopeOf } from '../identity/resources.ts';
import { type PolicyRule, type RequestAttributes, request, ruleAllowsSomeName } from '../identity/rules.ts';

/** One verb on one resource. */
export interface Atom {
  readonly wanted: RequestAttributes;
}

export interface Right {
  /** As written; the key of the right. */
  readonly text: string;
  readonly atoms: readonly Atom[];
  /** True where only a grant for the whole cluster gives it. */
  readonly clusterOnly: boolean;
  /** The one object it is about. */
  readonly object: { readonly namespace: string; readonly name: string } | undefined;
}

const known = new Map<string, Right>();

/** Reads a right. `right('get,list secrets').atoms.length` is `2`. */
export function right(text: string): Right {
  let read = known.get(text);
  if (read === undefined) {
    read = parse(text);
    known.set(text, read);
  }
  return read;
}

function parse(text: string): Right {
  const atoms: Atom[] = [];
  let clusterOnly = true;
  let object: Right['object'];
  for (const part of text.split('|')) {
    const [verbs = '', what = '', which] = part.trim().split(/\s+/);
    const dot = what.indexOf('.');
    const slash = what.indexOf('/');
    const resource = (dot < 0 ? what : what.slice(0, dot)) + (dot >= 0 && slash > dot ? what.slice(slash) : '');
    const group = dot < 0 ? '' : what.slice(dot + 1, slash > dot ? slash : undefined);
    if (which !== undefined) {
      const at = which.indexOf('/');
      object = { namespace: at < 0 ? '' : which.slice(0, at), name: which.slice(at + 1) };
    }
    for (const verb of verbs.split(',')) {
      if (verb === 'bind' || verb === 'escalate' || isNamespacedResource(group, resource)) clusterOnly = false;
      atoms.push({ wanted: request(verb, group, resource, object ?? {}) });
    }
  }
  return { text, atoms, clusterOnly, object };
}

function isNamespacedResource(group: string, resource: string): boolean {
  if (group === '' && (resource === 'users' || resource === 'groups')) return false;
  if (group === 'authentication.k8s.io') return resource.startsWith('serviceaccounts');
  if (group === 'certificates.k8s.io') return resource === 'podcertificaterequests';
  return scopeOf(group, resource) !== 'cluster';
}

/** The names for which a rule gives a right: `all`, some, or none at all. */
export function namesGiven(wantedRight: Right, rule: PolicyRule): 'all' | readonly string[] {
  const names: string[] = [];
  for (const { wanted } of wantedRight.atoms) {
    if (!ruleAllowsSomeName(rule, wanted)) continue;
    if (rule.resourceNames.length === 0) return 'all';
    if (wantedRight.object !== undefined) {
      if (rule.resourceNames.includes(wantedRight.object.name)) return 'all';
    } else if (wanted.verb !== 'create' || wanted.subresource !== '') names.push(...rule.resourceNames);
  }
  return names;
}
