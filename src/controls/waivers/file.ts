// Our own waivers: the list `waivers` of `cofferdam.yaml` or of a file of their own.
//
//   waivers:
//     - control: workload/privileged          # or `controls:` with several; names of other tools' checks are understood
//       subject: {kind: DaemonSet, namespace: kube-system, name: 'node-agent-*', labels: {app: agent}, path: deploy/**, container: agent}
//       reason: reads the node's devices
//       owner: platform-team
//       expires: 2027-01-31
//
// A waiver that is not exactly understood waives nothing and is told: a misspelt key must not make one wider or everlasting.

import { labelsOf } from '../../kube/object.ts';
import { fieldLocator, fieldPosition, parseYaml } from '../../kube/yaml/parse.ts';
import { globMatches } from '../../lib/glob.ts';
import { asList, asString, field, isObject, type Json, type JsonObject, strings, textOf } from '../../lib/json.ts';
import { type Problem, problem, type SourcePosition } from '../../lib/problem.ts';
import { lineStarts } from '../../lib/text.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { controlIds } from './resolve.ts';
import { type Expiry, readExpiry, type Waiver } from './waiver.ts';

export interface WaiverFile {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly Problem[];
}

const keys = ['control', 'controls', 'subject', 'reason', 'owner', 'expires'];
const subjectKeys = ['kind', 'namespace', 'name', 'labels', 'path', 'container'];

/** Reads the waivers of a text that holds a mapping with `waivers`. */
export function ownWaivers(text: string, file: string): WaiverFile {
  const { documents, problems } = parseYaml(text, file);
  const waivers: Waiver[] = [];
  const told: Problem[] = [...problems];
  const starts = lineStarts(text);
  for (const { start, end, value } of documents) {
    const locate = fieldLocator(text.slice(start, end));
    for (const [index, item] of asList(field(value, 'waivers')).entries()) {
      const range = locate?.(`/waivers/${index}`);
      const source = range === undefined ? { file, line: 1, column: 1 } : fieldPosition(file, starts, start, range);
      const read = readOne(item, source);
      if (typeof read === 'string') told.push(problem('waiver/invalid', `${file}:${source.line}: not applied: ${read}`, source, 'error'));
      else waivers.push(read);
    }
  }
  return { waivers, problems: told };
}

/** The waiver an item of the list is, or what is wrong with it. */
function readOne(item: Json, source: SourcePosition): Waiver | string {
  if (!isObject(item)) return 'a waiver is a mapping';
  const stranger = Object.keys(item).find((key) => !keys.includes(key));
  if (stranger !== undefined) return `there is no "${stranger}" in a waiver; there are ${keys.join(', ')}`;
  const names = [...wordsOf(item.control), ...wordsOf(item.controls)];
  if (names.length === 0) return 'it names no control';
  const unknown = names.find((name) => controlIds(name).size === 0);
  if (unknown !== undefined) return `there is no control "${unknown}"`;
  const reason = asString(item.reason)?.trim() ?? '';
  if (reason === '') return 'it gives no reason';
  const subject = readSubject(item.subject);
  if (typeof subject === 'string') return subject;
  const expiry = item.expires === undefined ? undefined : readExpiry(textOf(item.expires));
  if (item.expires !== undefined && expiry === undefined) return `expires: "${textOf(item.expires)}" is no day; write it as 2027-01-31`;
  return waiverOf(names, reason, asString(item.owner), expiry, subject, source);
}

function waiverOf(
  names: readonly string[],
  reason: string,
  owner: string | undefined,
  expiry: Expiry | undefined,
  subject: Subject,
  source: SourcePosition,
): Waiver {
  return {
    family: 'cofferdam',
    controls: new Set(names.flatMap((name) => [...controlIds(name)])),
    name: names.join(', '),
    reason,
    owner,
    expiry,
    by: `${source.file}:${source.line}`,
    source,
    means: (resource) => meansObject(subject, resource) && (subject.path === undefined || onPath(subject.path, fileOf(resource))),
    covers: ({ subject: { container } }) => subject.container === undefined || anyMatches(subject.container, container ?? ''),
  };
}

interface Subject {
  readonly kind?: readonly string[];
  readonly namespace?: readonly string[];
  readonly name?: readonly string[];
  readonly container?: readonly string[];
  readonly path?: readonly string[];
  readonly labels?: JsonObject;
}

function readSubject(value: Json | undefined): Subject | string {
  if (!isObject(value) || Object.keys(value).length === 0)
    return 'it names no subject; to be rid of a control everywhere, disable it under "controls"';
  const stranger = Object.keys(value).find((key) => !subjectKeys.includes(key));
  if (stranger !== undefined) return `there is no "${stranger}" in a subject; there are ${subjectKeys.join(', ')}`;
  const subject: Record<string, readonly string[] | JsonObject> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === 'labels') {
      if (!isObject(item) || !Object.values(item).every((label) => typeof label === 'string')) return 'labels is a mapping of words';
      subject.labels = item;
      continue;
    }
    const words = wordsOf(item);
    if (words.length === 0) return `subject.${key} is a word or a list of words`;
    subject[key] = words;
  }
  return subject;
}

function meansObject(subject: Subject, resource: Resource): boolean {
  const { kind, namespace, name, labels } = subject;
  if (kind !== undefined && !kind.some((word) => word.toLowerCase() === resource.kind.toLowerCase())) return false;
  if (namespace !== undefined && !anyMatches(namespace, resource.kind === 'Namespace' ? resource.name : resource.namespace)) return false;
  if (name !== undefined && !anyMatches(name, resource.name)) return false;
  return labels === undefined || hasLabels(labels, resource);
}

function hasLabels(labels: JsonObject, resource: Resource): boolean {
  const sets = [labelsOf(resource.object), ...resource.pods.map((pod) => pod.labels)];
  return sets.some((own) => Object.entries(labels).every(([key, value]) => own[key] === value));
}

function anyMatches(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => globMatches(pattern, text));
}

/** Where an object was written; the empty text for objects of clusters. */
export function fileOf({ origin }: Resource): string {
  return origin.kind === 'file' ? origin.file : '';
}

/** True where a pattern matches the path, or its end from a folder on: scans are started in many places. */
export function onPath(patterns: readonly string[], path: string): boolean {
  const bare = path.replace('!', '/');
  return bare !== '' && patterns.some((pattern) => globMatches(pattern, bare) || globMatches(`**/${pattern.replace(/^\.?\//, '')}`, bare));
}

function wordsOf(value: Json | undefined): readonly string[] {
  const words = typeof value === 'string' ? [value] : strings(value);
  return words.map((word) => word.trim()).filter((word) => word !== '');
}
