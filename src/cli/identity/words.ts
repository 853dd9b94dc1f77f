// Grants in words and as JSON, the same in every answer about rights.

import type { Via } from '../../identity/access-review.ts';
import type { Given } from '../../identity/authorizer.ts';
import type { RoleRule } from '../../identity/roles.ts';
import type { PolicyRule, RequestAttributes } from '../../identity/rules.ts';
import type { Subject } from '../../identity/subjects.ts';
import type { SourcePosition } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { placeText } from '../../report/words.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Asked } from './input.ts';

/** `get secrets db in namespace shop`, `get /metrics`. */
export function requestText({ verb, apiGroup, resource, subresource, namespace, name, path }: RequestAttributes, anywhere = false): string {
  if (resource === '') return printable(`${verb} ${path}`);
  const group = apiGroup === '' || apiGroup === '*' ? '' : `.${apiGroup}`;
  const sub = subresource === '' ? '' : `/${subresource}`;
  const where = namespace !== '' ? ` in namespace ${namespace}` : anywhere ? ' anywhere' : '';
  return printable(`${verb} ${resource}${group}${sub}${name === '' ? '' : ` ${name}`}${where}`);
}

/** `Role shop/reader`. */
export function objectText({ kind, namespace, name }: Pick<Resource, 'kind' | 'namespace' | 'name'>): string {
  return printable(`${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`);
}

/** A rule in one line: `get,list secrets (only db)`. Groups are part of the resources, as kubectl writes them. */
export function ruleWords({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const named = resources.flatMap((resource) => apiGroups.map((group) => withGroup(resource, group)));
  const what = [...named, ...nonResourceURLs].join(' ');
  const only = resourceNames.length === 0 ? '' : ` (only ${resourceNames.map((name) => (name === '' ? '""' : name)).join(', ')})`;
  return printable(`${verbs.join(',')} ${what}${only}`);
}

function withGroup(resource: string, group: string): string {
  if (group === '') return resource;
  const slash = resource.indexOf('/');
  return slash < 0 ? `${resource}.${group}` : `${resource.slice(0, slash)}.${group}${resource.slice(slash)}`;
}

/** One grant behind an answer, with the file and line of the rule where there is one. */
export function viaText({ binding, role, rule }: Via, { locate }: Asked): string {
  const written = rule.source === role ? '' : ` from ${objectText(rule.source)}`;
  const place = placeText(locate(rule.source, `/rules/${rule.index}`));
  const where = place === '' ? '' : `  (${printable(place)})`;
  return `${objectText(binding.resource)} → ${objectText(role)}, rule ${rule.index + 1}${written}: ${ruleWords(rule.rule)}${where}`;
}

export function subjectJson({ kind, name, namespace }: Subject): object {
  return { kind, name, ...(namespace === '' ? {} : { namespace }) };
}

function objectJson({ kind, name, namespace }: Pick<Resource, 'kind' | 'namespace' | 'name'>): object {
  return { kind, name, ...(namespace === '' ? {} : { namespace }) };
}

export function ruleJson({ rule, source, index }: RoleRule): object {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  return { index, role: objectJson(source), verbs, apiGroups, resources, resourceNames, nonResourceURLs };
}

export function viaJson({ binding, subject, role, rule }: Via, { locate }: Asked): object {
  const source: SourcePosition | undefined = locate(rule.source, `/rules/${rule.index}`);
  return {
    binding: objectJson(binding.resource),
    subject: subjectJson(subject),
    role: objectJson(role),
    rule: ruleJson(rule),
    ...(source === undefined ? {} : { source }),
  };
}

/** The bindings whose roles were not read: what they give is unknown. Each binding once. */
export function unknownText(unknown: readonly Given[]): readonly string[] {
  return [...new Set(unknown.map(({ binding }) => binding))].map(
    ({ resource, role }) => `${objectText(resource)} → ${printable(`${role.kind} ${role.name}`)}`,
  );
}

export function unknownJson(unknown: readonly Given[]): readonly object[] {
  return unknown.map(({ binding, subject }) => ({
    binding: objectJson(binding.resource),
    role: { kind: binding.role.kind, name: binding.role.name },
    subject: subjectJson(subject),
  }));
}

/** The closing lines of a table: what is unknown, and what the answer rests on. */
export function closing({ restsOn }: Asked, unknown: readonly Given[], notes: readonly string[]): readonly string[] {
  const bindings = unknownText(unknown);
  const shown = bindings.slice(0, 10);
  const more = bindings.length > shown.length ? [`  … and ${bindings.length - shown.length} more`] : [];
  return [
    ...(bindings.length === 0 ? [] : ['', 'unknown: roles that are not there (they give nothing until somebody makes them):']),
    ...shown.map((line) => `  ${line}`),
    ...more,
    '',
    ...notes.map((note) => `note: ${printable(note)}`),
    ...restsOn.map((line, index) => `${index === 0 ? 'rests on' : 'note:'} ${printable(line)}`),
    '',
  ];
}
