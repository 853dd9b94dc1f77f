// KALM: manifests that are hardened but for one planted weakness, judged as the data's README says. Every case is loaded with the
// namespaces it lives in and the enabled catalogue is run. The weakness counts as reported when a finding on one of the case's objects
// stands at one of the paths the case names, or when kalm-controls.json says that the control is about the case's family of checks.
// A case passes when reported and expected agree. What else is found on the hardened objects is counted by control: a false alert unless
// kalm-controls.json gives the reason why it is none.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Control } from '../../src/controls/control.ts';
import { catalogue } from '../../src/controls/index.ts';
import { type RawFinding, runControls } from '../../src/controls/run.ts';
import { isKubeObject } from '../../src/kube/object.ts';
import { tokens } from '../../src/lib/json-pointer.ts';
import { type Resource, resource, snapshot } from '../../src/snapshot/snapshot.ts';
import { readManifests } from '../../src/sources/manifests.ts';
import { type CaseResult, json, jsonLines, type Suite } from '../suite.ts';

interface Case {
  readonly id: string;
  readonly checkId: string;
  readonly expect: 'alert' | 'pass';
  readonly checkPaths: readonly string[];
  readonly manifests: readonly unknown[];
}

interface Reviewed {
  /** Families of checks (`RBAC-016` stands for RBAC-016 and RBAC-016-1) and the controls that are about them, wherever they point. */
  readonly families: Readonly<Record<string, readonly string[]>>;
  /** Families whose paths are those of other weaknesses too: only these controls are about them. */
  readonly only: Readonly<Record<string, { readonly controls: readonly string[]; readonly why: string }>>;
  /** Controls that report that an object of a kind is missing, for paths of objects that a case does not hold. */
  readonly absent: Readonly<Record<string, readonly string[]>>;
  /** Controls whose findings beside the planted weakness are right, each with the reason. */
  readonly extras: Readonly<Record<string, string>>;
}

const now = Date.UTC(2026, 5, 15);

export const kalm: Suite = {
  name: 'kalm',
  async *run(folder, note) {
    const reviewed = json<Reviewed>(join(import.meta.dirname, '..'), 'kalm-controls.json');
    // Controls that are off by default run where the table says what they are about, and count for nothing else.
    const asked = new Set([...Object.values(reviewed.families).flat(), ...Object.values(reviewed.only).flatMap((entry) => entry.controls)]);
    const controls = catalogue.filter((control) => control.enabled !== false || asked.has(control.id));
    const context = readContext(join(folder, 'files', 'context'));
    const score = new Score();
    const extras = new Map<string, number>();
    const families = new Map<string, boolean>();
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      const { reported, by, beside } = judge(one, context, reviewed, controls);
      score.add(reported, one.expect === 'alert');
      for (const finding of beside) extras.set(finding.control.id, (extras.get(finding.control.id) ?? 0) + 1);
      const family = familyOf(one.checkId);
      families.set(
        family,
        (families.get(family) ?? false) || reported || inFamily(one.checkId, reviewed.families).length > 0 || one.expect === 'pass',
      );
      yield result(one, reported, by);
    }
    note(score.text());
    const uncovered = [...families].filter(([, covered]) => !covered).map(([family]) => family);
    note(
      `${families.size - uncovered.length} of ${families.size} families have a control${uncovered.length > 0 ? `; without: ${uncovered.join(' ')}` : ''}`,
    );
    const unreviewed = [...extras].filter(([id]) => !Object.hasOwn(reviewed.extras, id));
    const total = (list: readonly (readonly [string, number])[]) => list.reduce((sum, [, count]) => sum + count, 0);
    note(`${total([...extras])} other findings on the hardened objects, ${total(unreviewed)} of them false alerts`);
    for (const [id, count] of unreviewed) note(`false alerts of ${id}: ${count}`);
  },
};

function judge(
  one: Case,
  context: readonly Resource[],
  reviewed: Reviewed,
  controls: readonly Control[],
): { readonly reported: boolean; readonly by: readonly RawFinding[]; readonly beside: readonly RawFinding[] } {
  const own = one.manifests.filter(isKubeObject).map((object) => resource(object, { kind: 'memory' }));
  const { findings, problems } = runControls(snapshot({ resources: [...context, ...own] }), { controls, now });
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('; '));
  const onOwn = findings.filter(
    (finding) => finding.outcome.verdict === 'fail' && finding.resource !== undefined && own.includes(finding.resource),
  );
  const only = inFamily(one.checkId, reviewed.only);
  const wanted = new Set(only.length > 0 ? [] : one.checkPaths.map(plain));
  const named = [
    ...only.flatMap((entry) => entry.controls),
    ...inFamily(one.checkId, reviewed.families).flat(),
    ...missingKinds(one, own).flatMap((kind) => reviewed.absent[kind] ?? []),
  ];
  const about = (finding: RawFinding) =>
    named.includes(finding.control.id) ||
    (finding.control.enabled !== false &&
      finding.resource !== undefined &&
      pathsOf(finding.resource, finding.outcome.path).some((path) => wanted.has(path)));
  const by = onOwn.filter(about);
  return { reported: by.length > 0, by, beside: onOwn.filter((finding) => finding.control.enabled !== false && !about(finding)) };
}

function result(one: Case, reported: boolean, by: readonly RawFinding[]): CaseResult {
  const passed = reported === (one.expect === 'alert');
  if (passed) return { id: one.id, passed };
  const said = by.map((finding) => `${finding.control.id} ${finding.outcome.path}`).join(', ');
  return { id: one.id, passed, detail: reported ? `reported by ${said}` : `not reported at ${one.checkPaths.join(' ')}` };
}

/** `RBAC-010-4` is of family `RBAC-010`. */
function familyOf(checkId: string): string {
  return checkId.split('-').slice(0, 2).join('-');
}

function inFamily<T>(checkId: string, table: Readonly<Record<string, T>>): readonly T[] {
  return Object.entries(table).flatMap(([family, entry]) => (checkId === family || checkId.startsWith(`${family}-`) ? [entry] : []));
}

/** Kinds that the paths of a case name and its manifests do not hold. */
function missingKinds(one: Case, own: readonly Resource[]): readonly string[] {
  const named = one.checkPaths.flatMap((path) => /^[A-Z][A-Za-z]*(?=\.)/.exec(path)?.[0] ?? []);
  return [...new Set(named)].filter((kind) => !own.some((item) => item.kind === kind));
}

/**
 * The ways a place is written: with and without its kind, relative to the pod template for workloads, without positions in lists. A right
 * is a verb on a resource, so a finding at either of a rule stands at both.
 */
function pathsOf(where: Resource, pointer: string): readonly string[] {
  const keys = tokens(pointer).filter((token) => !/^[0-9]+$/.test(token));
  const template = keys.lastIndexOf('template');
  const inPod = where.kind !== 'Pod' && template >= 0 && ['spec', 'metadata'].includes(keys[template + 1] ?? '');
  const path = (inPod ? keys.slice(template + 1) : keys).map((key) => `.${key}`).join('');
  const paths = path === '.rules.verbs' || path === '.rules.resources' ? ['.rules.verbs', '.rules.resources'] : [path];
  return [...paths, ...paths.map((item) => `${where.kind}${item}`)];
}

/** A path of the data without positions in lists, and with its leading dot where upstream forgot it. */
function plain(path: string): string {
  const bare = path.replace(/\[[^\]]*\]/g, '');
  return /^[a-z]/.test(bare) ? `.${bare}` : bare;
}

/** The objects the cases live among. Objects of a file that name no namespace belong to the Namespace of that file. */
function readContext(folder: string): readonly Resource[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const namespace = readManifests(text, file, new Map()).resources.find((item) => item.kind === 'Namespace')?.name ?? 'default';
      return readManifests(text, file, new Map(), { defaultNamespace: namespace }).resources;
    });
}

class Score {
  #right = 0;
  #wrong = 0;
  #missed = 0;

  add(reported: boolean, expected: boolean): void {
    if (reported && expected) this.#right++;
    else if (reported) this.#wrong++;
    else if (expected) this.#missed++;
  }

  text(): string {
    const precision = this.#right / Math.max(1, this.#right + this.#wrong);
    const recall = this.#right / Math.max(1, this.#right + this.#missed);
    const f1 = (2 * precision * recall) / Math.max(Number.MIN_VALUE, precision + recall);
    return `F1 ${f1.toFixed(3)}, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`;
  }
}
