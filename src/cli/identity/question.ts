// The words of a question about rights: VERB RESOURCE[/SUB] [NAME], or VERB --url PATH, then paths. Resources are written as in RBAC and as
// kubectl takes them: `deployments`, `deployments.apps`, `deploy`, `pods/exec`. A word that looks like a path is one.

import { existsSync } from 'node:fs';
import { groupsWith, isAskedInNamespace, isBuiltInGroup, nearestResource, scopeOf } from '../../identity/resources.ts';
import { type RequestAttributes, request } from '../../identity/rules.ts';
import type { User } from '../../identity/subjects.ts';
import { problem } from '../../lib/problem.ts';
import type { CommandInput, Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';

export interface Question {
  readonly wanted: RequestAttributes;
  readonly paths: readonly string[];
  /** What was read into the words, where that was not plain. */
  readonly notes: readonly string[];
}

/** Reads the words of a question; ends the command where they are none. */
export function readQuestion({ words, flags }: Pick<CommandInput, 'words' | 'flags'>): Question {
  const [verb = '', ...rest] = words;
  if (verb === '') throw new Stop(problem('usage/bad-flag', 'may what? Name a verb such as get'));
  const url = word(flags, 'url');
  const namespace = word(flags, 'namespace') ?? '';
  if (url !== undefined) {
    if (!url.startsWith('/')) throw new Stop(problem('usage/bad-flag', `--url ${url}: a path begins with "/"`));
    const stray = rest.find((other) => !looksLikePath(other) && !existsSync(other));
    if (stray !== undefined) throw new Stop(problem('usage/bad-flag', `${stray} is no file: --url stands in place of a resource`));
    return { wanted: { ...request(verb, '', ''), path: url }, paths: rest, notes: [] };
  }
  const [resource, ...others] = rest;
  if (resource === undefined || resource === '')
    throw new Stop(problem('usage/bad-flag', `${verb} what? Name a resource such as pods/exec, or --url PATH`));
  const bare = noInput(flags);
  // Names of users may hold slashes: where a flag names the input, what is no file is a name.
  const given = ['filename', 'kubeconfig', 'context'].some((name) => flags[name] !== undefined);
  const isPath = (other: string) => looksLikePath(other) && (!given || other === '-' || existsSync(other));
  const paths = others.filter((other) => isPath(other) || (bare && existsSync(other)));
  const names = others.filter((other) => !paths.includes(other));
  if (names.length > 1) throw new Stop(problem('usage/bad-flag', `one name at most: ${names.join(' ')}; paths are given with -f`));
  const { group, plural, notes } = resolve(resource);
  const [name = ''] = names;
  // A namespace is asked for in itself, whatever -n says.
  const own = group === '' && plural.split('/', 1)[0] === 'namespaces' && name !== '' ? name : namespace;
  const wanted = request(verb, group, plural, { name, namespace: isAskedInNamespace(verb, group, plural) ? own : '' });
  return { wanted, paths, notes };
}

function noInput(flags: Flags): boolean {
  return ['filename', 'kubeconfig', 'context', 'allNamespaces', 'namespace'].every((name) => flags[name] === undefined);
}

function looksLikePath(text: string): boolean {
  return text === '-' || text === '.' || text.includes('/') || (/\.(?:ya?ml|json|tgz|tar|gz)$/.test(text) && existsSync(text));
}

const shortNames: Readonly<Record<string, string>> = {
  cj: 'cronjobs',
  cm: 'configmaps',
  crd: 'customresourcedefinitions',
  csr: 'certificatesigningrequests',
  deploy: 'deployments',
  ds: 'daemonsets',
  ep: 'endpoints',
  ev: 'events',
  hpa: 'horizontalpodautoscalers',
  ing: 'ingresses',
  limits: 'limitranges',
  netpol: 'networkpolicies',
  no: 'nodes',
  ns: 'namespaces',
  pc: 'priorityclasses',
  pdb: 'poddisruptionbudgets',
  po: 'pods',
  pv: 'persistentvolumes',
  pvc: 'persistentvolumeclaims',
  quota: 'resourcequotas',
  rc: 'replicationcontrollers',
  rs: 'replicasets',
  sa: 'serviceaccounts',
  sc: 'storageclasses',
  sts: 'statefulsets',
  svc: 'services',
};

function resolve(written: string): { readonly group: string; readonly plural: string; readonly notes: readonly string[] } {
  const [typed = '', subresource] = split(written, '/');
  const [short = '', named] = split(typed, '.');
  const sub = subresource === undefined ? '' : `/${subresource}`;
  const name = Object.hasOwn(shortNames, short) ? (shortNames[short] ?? short) : short;
  if (name === '*') return { group: named ?? '*', plural: `*${sub}`, notes: [] };
  if (named !== undefined) {
    const group = named === 'core' ? '' : named;
    const known = scopeOf(group, name) !== undefined || !isBuiltInGroup(group);
    const notes = known ? [] : [`the group ${named} of Kubernetes has no resource ${name}`];
    return { group, plural: name + sub, notes };
  }
  const group = groupOf(name);
  if (group !== undefined) return { group, plural: name + sub, notes: [] };
  for (const candidate of ['', 'apps', 'batch', 'networking.k8s.io', 'rbac.authorization.k8s.io']) {
    const near = nearestResource(candidate, name);
    if (near !== undefined) return { group: candidate, plural: near + sub, notes: [`${short} is taken for ${near}`] };
  }
  const notes = [`Kubernetes itself has no resource ${name}: it is taken for one of the core group; write ${name}.GROUP for another`];
  return { group: '', plural: name + sub, notes };
}

/** The group that serves the resource today; the core group where it is one of several. */
function groupOf(resource: string): string | undefined {
  const groups = groupsWith(resource);
  return groups.includes('') ? '' : (groups.find((group) => group !== 'extensions') ?? groups[0]);
}

function split(text: string, at: string): readonly [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

/** The user a question is about, with the groups the API server adds; undefined where `--as` is not given. */
export function readUser(flags: Flags): User | undefined {
  const name = word(flags, 'as');
  const groups = verbatim(flags, 'asGroup');
  if ((name ?? '') === '' && groups.length > 0) throw new Stop(problem('usage/bad-flag', '--as-group needs --as, the name of the user'));
  if (name === undefined || name === '') return undefined;
  const own = groups.length > 0 ? groups : groupsByName(name);
  const added = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const isSet = own.includes('system:authenticated') || own.includes('system:unauthenticated');
  return { name, groups: isSet ? own : [...own, added] };
}

/** The groups that go with a name: those in the tokens of service accounts and in the certificates of nodes. */
function groupsByName(name: string): readonly string[] {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  if (account !== null) return ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`];
  return name.startsWith('system:node:') ? ['system:nodes'] : [];
}
