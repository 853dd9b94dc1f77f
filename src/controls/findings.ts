// Raw findings made into the findings of a result: a place, a patch, a stable identity, and the root cause that several may share.

import type { KubeObject } from '../kube/object.ts';
import type { JsonPatch } from '../kube/patch/json-patch.ts';
import { hash } from '../lib/hash.ts';
import { asString, dig, field, type Json } from '../lib/json.ts';
import { tokens } from '../lib/json-pointer.ts';
import type { SourcePosition } from '../lib/problem.ts';
import { ownerOf } from '../snapshot/owners.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { Control, Evidence, Outcome } from './control.ts';
import type { Finding, FindingEvidence, Subject } from './result.ts';
import type { RawFinding } from './run.ts';

/** Finds the place of a field of a resource in the text it came from. */
export interface Locate {
  (resource: Resource, path: string): SourcePosition | undefined;
  /** Told beforehand which fields will be asked for, it looks into each document once. */
  readonly prepare?: (wanted: Iterable<readonly [resource: Resource, path: string]>) => void;
}

/** Turns raw findings into the findings of a result, in the same order. */
export function finish(raw: readonly RawFinding[], snapshot: Snapshot, locate: Locate): readonly Finding[] {
  locate.prepare?.(fieldsOf(raw));
  /** Many controls speak of one field, and many resources of one object. */
  const known = new Map<KubeObject, Map<string, string>>();
  const steady = (object: KubeObject | undefined, path: string): string => {
    if (object === undefined) return steadyPath(object, path);
    let paths = known.get(object);
    if (paths === undefined) {
      paths = new Map();
      known.set(object, paths);
    }
    let found = paths.get(path);
    if (found === undefined) {
      found = steadyPath(object, path);
      paths.set(path, found);
    }
    return found;
  };
  return raw.map((item) => finding(item, snapshot, locate, steady));
}

function* fieldsOf(raw: readonly RawFinding[]): Generator<readonly [Resource, string]> {
  for (const { outcome, resource } of raw) {
    if (resource !== undefined) yield [resource, outcome.path];
    for (const item of outcome.evidence ?? []) yield [item.resource, item.path];
  }
}

function finding({ control, outcome, resource }: RawFinding, snapshot: Snapshot, locate: Locate, steadyOf: typeof steadyPath): Finding {
  const subject = subjectOf(resource, outcome.container);
  const source = resource === undefined ? undefined : locate(resource, outcome.path);
  const patch = resource === undefined || outcome.verdict !== 'fail' ? undefined : proposed(control, outcome, resource.object);
  const steady = steadyOf(resource?.object, outcome.path);
  const { kind, namespace, name, container = '' } = subject;
  const id = hash(`${control.id}\0${resource?.group ?? ''}\0${kind}\0${namespace}\0${name}\0${container}\0${steady}\0${outcome.reason}`);
  const verdict = outcome.verdict === 'unknown' ? 'unknown' : 'fail';
  const known =
    outcome.evidence === undefined || outcome.evidence.length === 0 ? none : outcome.evidence.map((item) => evidence(item, locate));
  const fix = patch === undefined || patch.length === 0 ? adviceOf(control) : { description: control.fix, patch };
  const root = hash(`${control.id}\0${rootOf(snapshot, resource, subject, outcome.path, steady)}\0${container}\0${outcome.reason}`);
  const { title, severity } = control;
  const { path, reason, detail } = outcome;
  // Written out in both forms: a hundred thousand findings are made at once.
  return source === undefined
    ? { id, control: control.id, title, severity, verdict, subject, path, reason, detail, evidence: known, fix, root }
    : { id, control: control.id, title, severity, verdict, subject, source, path, reason, detail, evidence: known, fix, root };
}

const none: readonly FindingEvidence[] = [];

/** The fix of a control in words alone: one object for all its findings. */
function adviceOf(control: Control): { readonly description: string } {
  let advice = advices.get(control);
  if (advice === undefined) {
    advice = { description: control.fix };
    advices.set(control, advice);
  }
  return advice;
}

const advices = new WeakMap<Control, { readonly description: string }>();

/** The patch that a control proposes. One that throws proposes none: its finding stands. */
export function proposed(control: Control, outcome: Outcome, object: KubeObject): JsonPatch | undefined {
  try {
    return control.repair?.(outcome, object);
  } catch {
    return undefined;
  }
}

function evidence({ resource, path, note }: Evidence, locate: Locate): FindingEvidence {
  const source = locate(resource, path);
  return { subject: subjectOf(resource, undefined), path, note, ...(source === undefined ? {} : { source }) };
}

/**
 * What one change would repair: the owner's pod template for what it made, the template of a chart for what was rendered from it, else the
 * object by its name, wherever it is written again.
 */
function rootOf(snapshot: Snapshot, resource: Resource | undefined, subject: Subject, path: string, steady: string): string {
  if (resource === undefined) return `${subject.kind}\0${steady}`;
  const { origin } = resource;
  if (origin.kind === 'file' && origin.rendered !== undefined && origin.file.includes('/templates/'))
    return `rendered\0${origin.rendered}\0${origin.file}\0${resource.kind}\0${steady}`;
  const owner = dig(resource.object, 'metadata', 'ownerReferences') === undefined ? undefined : ownerOf(snapshot, resource);
  if (owner === undefined && resource.pods.length === 0) return `${subject.kind}\0${subject.name}\0${steady}`;
  const pod = resource.pods.find((candidate) => path.startsWith(candidate.path) && path[candidate.path.length] === '/');
  const within = pod === undefined ? steady : steady.slice(pod.path.length - 1);
  return `${owner?.kind ?? subject.kind}\0${owner?.name ?? subject.name}\0${within}`;
}

/** Names a resource; the cluster itself where there is none. One resource has one subject, however many findings are about it. */
export function subjectOf(resource: Resource | undefined, container: string | undefined): Subject {
  if (resource === undefined) return container === undefined ? clusterItself : { ...clusterItself, container };
  const subjects = named.get(resource) ?? new Map<string | undefined, Subject>();
  named.set(resource, subjects);
  let subject = subjects.get(container);
  if (subject === undefined) {
    subject = nameOf(resource, container);
    subjects.set(container, subject);
  }
  return subject;
}

const clusterItself: Subject = { apiVersion: '', kind: 'Cluster', namespace: '', name: '' };
const named = new WeakMap<Resource, Map<string | undefined, Subject>>();

function nameOf(resource: Resource, container: string | undefined): Subject {
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return {
    apiVersion,
    kind: resource.kind,
    namespace: resource.namespace,
    name: resource.name,
    ...(container === undefined ? {} : { container }),
  };
}

/** Pointers that cannot lead through a list, and hold nothing escaped. */
const withoutLists = /^(?:\/[A-Za-z][^/~]*)*$/;

/** A pointer with list positions replaced by the names of the members, so that reordering a list does not rename a finding. */
export function steadyPath(object: KubeObject | undefined, path: string): string {
  if (withoutLists.test(path)) return path.slice(1);
  let here: Json | undefined = object as Json | undefined;
  const parts = tokens(path).map((token) => {
    if (Array.isArray(here)) {
      here = here[Number(token)] as Json | undefined;
      return asString(field(here, 'name')) ?? token;
    }
    here = field(here, token);
    return token;
  });
  return parts.join('/');
}
