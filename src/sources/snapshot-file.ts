// A snapshot as one file: `{apiVersion: cofferdam.dev/v1, kind: Snapshot, facts, coverage, problems, objects[]}` as JSON, an object a line,
// so that two of them can be compared with ordinary tools. Equal snapshots make equal bytes. The values of Secrets are never in it.
// Written once and read by hand-edited or hostile hands: what is read back is judged like any other input.

import { isKubeObject, type KubeObject } from '../kube/object.ts';
import { asBoolean, asList, asNumber, asObject, asString, field, isObject, type Json, type JsonObject } from '../lib/json.ts';
import { type Problem, problem } from '../lib/problem.ts';
import { failure, ok, type Result } from '../lib/result.ts';
import { readRedacted } from '../snapshot/redacted.ts';
import { assumedFacts, type ClusterFacts, type Coverage, type Origin, type Resource, resource } from '../snapshot/snapshot.ts';
import { redactor } from './secrets.ts';

/** What a snapshot file says beside its objects. */
export interface SnapshotHead {
  readonly facts: ClusterFacts;
  readonly coverage: readonly Coverage[];
  readonly problems: readonly Problem[];
  /** Name of the cluster's context; undefined for snapshots of manifests. */
  readonly context: string | undefined;
  /** The cluster's full version, `v1.36.3`, where it is known. */
  readonly gitVersion: string | undefined;
  /** When a cluster was read, in milliseconds since the epoch; undefined for manifests, which are as old as they say. */
  readonly readAt: number | undefined;
}

export interface SavedSnapshot extends SnapshotHead {
  readonly resources: readonly Resource[];
}

const start = /^\s*\{\s*"apiVersion"\s*:\s*"cofferdam\.dev\/v1"\s*,\s*"kind"\s*:\s*"Snapshot"/;

/** True for the text of a snapshot file, from its first line alone. */
export function isSnapshotText(text: string): boolean {
  return start.test(text.slice(0, 500));
}

/** The file's text in pieces, so that a large cluster is never one string. */
export function* snapshotText(head: SnapshotHead, resources: readonly Resource[]): Generator<string> {
  const fields: Readonly<Record<string, unknown>> = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'Snapshot',
    context: head.context,
    gitVersion: head.gitVersion,
    readAt: head.readAt === undefined ? undefined : new Date(head.readAt).toISOString(),
    facts: head.facts,
    coverage: head.coverage,
    problems: head.problems,
    files: files(resources),
  };
  const members = Object.entries(fields).filter(([, value]) => value !== undefined);
  yield `{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',\n')},\n"objects":[`;
  const redact = redactor(nextNumber(resources));
  let separator = '\n';
  for (const item of resources) {
    yield `${separator}${JSON.stringify(redact(placed(item)))}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** Which runs of objects came from which file; undefined where none did. */
function files(resources: readonly Resource[]): readonly { file: string; objects: number }[] | undefined {
  const runs: { file: string; objects: number }[] = [];
  for (const { origin } of resources) {
    const file = origin.kind === 'file' ? origin.file : '';
    const last = runs.at(-1);
    if (last !== undefined && last.file === file) last.objects++;
    else runs.push({ file, objects: 1 });
  }
  return runs.some(({ file }) => file !== '') ? runs : undefined;
}

/** The object with the namespace it takes effect in. */
function placed({ object, namespace }: Resource): KubeObject {
  if (namespace === '' || field(object.metadata, 'namespace') === namespace) return object;
  return { ...object, metadata: { ...asObject(object.metadata), namespace } };
}

/** A number above every mark that the objects already carry, so that an old mark and a new one never look equal. */
function nextNumber(resources: readonly Resource[]): number {
  let highest = 0;
  for (const { group, kind, object } of resources)
    if (group === '' && kind === 'Secret')
      for (const map of [object.data, object.stringData, field(object.metadata, 'annotations')])
        for (const value of Object.values(asObject(map))) highest = Math.max(highest, readRedacted(value)?.number ?? 0);
  return highest + 1;
}

/** Reads a snapshot file. `file` names it in problems; `now`, in milliseconds since the epoch, gives its evidence an age. */
export function readSnapshotFile(text: string, file: string, now?: number): Result<SavedSnapshot> {
  let root: Json;
  try {
    root = JSON.parse(text) as Json;
  } catch {
    return failure(problem('snapshot/invalid', `${file}: not whole: it begins as a snapshot and is not valid JSON`, at(file)));
  }
  if (field(root, 'kind') !== 'Snapshot' || field(root, 'apiVersion') !== 'cofferdam.dev/v1' || !Array.isArray(field(root, 'objects')))
    return failure(problem('snapshot/invalid', `${file}: not a snapshot of cofferdam.dev/v1`, at(file)));
  const problems = asList(field(root, 'problems')).flatMap(readProblem);
  const readAt = asTime(field(root, 'readAt'));
  const context = asString(field(root, 'context'));
  const originOf = origins(asList(field(root, 'files')), context ?? file);
  const resources: Resource[] = [];
  for (const [index, item] of asList(field(root, 'objects')).entries()) {
    if (isKubeObject(item) && (item.metadata === undefined || isObject(item.metadata)))
      resources.push(resource(item, originOf(index, item), ''));
    else problems.push(problem('object/not-an-object', `${file}: objects[${index}] is no Kubernetes object`, at(file)));
  }
  const age = readAt === undefined || now === undefined ? undefined : Math.max(0, Math.round((now - readAt) / 1000));
  return ok({
    facts: readFacts(asObject(field(root, 'facts'))),
    coverage: asList(field(root, 'coverage')).flatMap((item) => readCoverage(item, age)),
    problems,
    context,
    gitVersion: asString(field(root, 'gitVersion')),
    readAt,
    resources,
  });
}

function origins(runs: readonly Json[], context: string): (index: number, object: KubeObject) => Origin {
  const byIndex: { readonly file: string; readonly end: number }[] = [];
  let end = 0;
  for (const run of runs) {
    end += Math.max(0, asNumber(field(run, 'objects')) ?? 0);
    byIndex.push({ file: asString(field(run, 'file')) ?? '', end });
  }
  let here = 0;
  return (index, object) => {
    while (here < byIndex.length && index >= (byIndex[here]?.end ?? 0)) here++;
    const file = byIndex[here]?.file ?? '';
    if (file !== '') return { kind: 'file', file, document: 0, documentEnd: 0, pointer: '' };
    return { kind: 'cluster', context, resourceVersion: asString(field(object.metadata, 'resourceVersion')) ?? '' };
  };
}

const distributions = ['eks', 'aks', 'gke', 'openshift', 'k3s', 'self-managed'] as const;
const states = ['read', 'partial', 'skipped', 'failed', 'absent'] as const;

function readFacts(facts: JsonObject): ClusterFacts {
  const version = asString(facts.kubernetesVersion);
  const known = version !== undefined && /^1\.[0-9]{1,3}$/.test(version) ? version : undefined;
  const distribution = distributions.find((name) => name === facts.distribution);
  return {
    ...assumedFacts(known),
    versionKnown: known !== undefined && asBoolean(facts.versionKnown) === true,
    live: asBoolean(facts.live) === true,
    ...(distribution === undefined ? {} : { distribution }),
  };
}

function readCoverage(item: Json, age: number | undefined): readonly Coverage[] {
  const [source, detail] = [asString(field(item, 'source')), asString(field(item, 'detail'))];
  const state = states.find((name) => name === field(item, 'state'));
  if (source === undefined || detail === undefined || state === undefined) return [];
  const known = age ?? asNumber(field(item, 'age'));
  return [{ source, state, detail, ...(known === undefined ? {} : { age: known }) }];
}

/** A problem of the reading that was saved. Its code is a word of some version of this program; it is shown, never acted upon. */
function readProblem(item: Json): readonly Problem[] {
  const [code, message] = [asString(field(item, 'code')), asString(field(item, 'message'))];
  if (code === undefined || message === undefined || !/^[a-z]+\/[a-z-]+$/.test(code)) return [];
  const level = (['error', 'warning', 'note'] as const).find((name) => name === field(item, 'level'));
  return [{ code: code as Problem['code'], message, ...(level === undefined ? {} : { level }) }];
}

function asTime(value: Json | undefined): number | undefined {
  const time = Date.parse(asString(value) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function at(file: string): { readonly file: string; readonly line: number; readonly column: number } {
  return { file, line: 1, column: 1 };
}
