// Kubescape's exceptions (postureExceptionPolicy, kubescape 4): a list of policies, each naming controls by id and objects by designators whose
// attributes are regular expressions over the whole value. `alertOnly` and `disable` both waive here. A policy by control name, framework or
// rule alone is not resolved and is told; an attribute `cluster` is compared with the context of a live cluster.

import { labelsOf } from '../../kube/object.ts';
import { asList, asObject, asString, field, type Json, stringMap } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { linearRegex } from '../../lib/regex.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { catalogue } from '../index.ts';
import { fileOf, type WaiverFile } from './file.ts';
import { readExpiry, type Waiver } from './waiver.ts';

/** Makes waivers of exceptions that were read as JSON. */
export function kubescapeExceptions(value: Json, file: string): WaiverFile {
  const waivers: Waiver[] = [];
  const problems: Problem[] = [];
  for (const [index, policy] of asList(value).entries()) {
    const name = asString(field(policy, 'name')) ?? `exception ${index + 1}`;
    const read = readPolicy(policy, name, file);
    if (typeof read === 'string')
      problems.push(problem('waiver/invalid', `${file}: "${name}" is not applied: ${read}`, { file, line: 1, column: 1 }, 'warning'));
    else waivers.push(read);
  }
  return { waivers, problems };
}

function readPolicy(policy: Json, name: string, file: string): Waiver | string {
  const posture = asList(field(policy, 'posturePolicies')).map((item) => stringMap(item));
  const ids = posture.map((item) => item.controlID).filter((id) => id !== undefined && id !== '');
  if (posture.length > 0 && ids.length < posture.length && posture.some((item) => Object.keys(item).length > 0 && !item.controlID))
    return 'it names a control by something else than its id';
  const controls = ids.length === 0 ? 'all' : idsMatching(ids.filter((id) => id !== undefined));
  if (controls === undefined) return 'a control id is no regular expression';
  if (controls !== 'all' && controls.size === 0) return `there is no control ${ids.join(', ')}`;
  const written = asString(field(policy, 'expirationDate'));
  const expiry = written === undefined ? undefined : readExpiry(written);
  if (written !== undefined && expiry === undefined) return `"${written}" is no day`;
  const designators = asList(field(policy, 'resources')).map((item) => designator(asObject(field(item, 'attributes'))));
  if (designators.includes(undefined)) return 'a designator is empty or no regular expression';
  if (designators.length === 0) return 'it names no resources';
  return {
    family: 'kubescape',
    controls,
    name,
    reason: asString(field(policy, 'reason')),
    expiry,
    by: `${file}, ${name}`,
    source: { file, line: 1, column: 1 },
    means: (resource) => designators.some((means) => means?.(resource) === true),
  };
}

/** Our controls one of whose names a pattern matches as a whole, whatever the case; undefined for patterns that are none. */
function idsMatching(patterns: readonly string[]): ReadonlySet<string> | undefined {
  const ids = new Set<string>();
  for (const pattern of patterns) {
    const regex = linearRegex(`(?i)^(?:${pattern})$`);
    if (regex === undefined) return undefined;
    for (const control of catalogue) if (control.aliases.some((alias) => alias.startsWith('C-') && regex.found(alias))) ids.add(control.id);
  }
  return ids;
}

type Means = (resource: Resource) => boolean;

function designator(attributes: Readonly<Record<string, unknown>>): Means | undefined {
  const parts: Means[] = [];
  const labels = new Map<string, string>();
  for (const [key, written] of Object.entries(attributes)) {
    if (typeof written !== 'string' || written === '') continue;
    const read = Object.hasOwn(attributeOf, key) ? attributeOf[key] : undefined;
    if (read === undefined) {
      labels.set(key, written);
      continue;
    }
    const regex = linearRegex(`^(?:${written})$`);
    if (regex === undefined) return undefined;
    parts.push((resource) => regex.found(read(resource)));
  }
  if (labels.size > 0) parts.push((resource) => [...labels].every(([key, value]) => labelsOf(resource.object)[key] === value));
  return parts.length === 0 ? undefined : (resource) => parts.every((part) => part(resource));
}

const attributeOf: Readonly<Record<string, (resource: Resource) => string>> = {
  cluster: ({ origin }) => (origin.kind === 'cluster' ? origin.context : ''),
  namespace: ({ kind, namespace, name }) => (kind === 'Namespace' ? name : namespace),
  kind: ({ kind }) => kind,
  name: ({ name }) => name,
  path: fileOf,
};
