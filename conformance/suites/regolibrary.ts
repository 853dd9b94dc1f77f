// kubescape/regolibrary: does the catalogue reach the verdict that the tests of each rule record? Cases of Kubernetes objects are judged by
// the controls of ours that carry the case's control id (`C-0057`) as an alias, or `rule:<name>` where the rule serves several controls;
// controls that are off by default run too. The configuration in force is read as a user's kubescape configuration would be.
// A case passes on its verdict (L1); how often the blamed objects (L2) and the named paths (L3) agree is noted.
// Cases of node facts, cloud descriptions and image scans need evidence that manifests do not hold, and are counted apart.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Control } from '../../src/controls/control.ts';
import { kubescapeParameters } from '../../src/controls/foreign/kubescape-inputs.ts';
import { controlsNamed } from '../../src/controls/index.ts';
import { type RawFinding, runControls } from '../../src/controls/run.ts';
import { isKubeObject } from '../../src/kube/object.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { tokens } from '../../src/lib/json-pointer.ts';
import { assumedFacts, type ClusterFacts, type Resource, resource, snapshot } from '../../src/snapshot/snapshot.ts';
import { type CaseResult, json, jsonLines, type Suite } from '../suite.ts';

interface Blamed {
  readonly kind: string;
  readonly name: string;
  readonly index?: number;
  readonly candidates?: readonly number[];
}

interface Alert {
  readonly objects: readonly Blamed[];
  readonly failedPaths: readonly string[];
  readonly reviewPaths: readonly string[];
  readonly deletePaths: readonly string[];
  readonly fixPaths: readonly { readonly path: string }[];
}

interface Case {
  readonly id: string;
  readonly rule: string;
  readonly controls: readonly string[];
  readonly inputKind: 'kubernetes' | 'host' | 'cloud' | 'mixed';
  readonly input: readonly unknown[];
  readonly config: { readonly postureControlInputs?: JsonObject; readonly dataControlInputs?: { readonly cloudProvider?: string } } | null;
  readonly expect: { readonly verdict: 'pass' | 'fail'; readonly failingObjects: readonly Blamed[]; readonly alerts: readonly Alert[] };
}

const now = Date.UTC(2026, 7, 21);

export const regolibrary: Suite = {
  name: 'regolibrary',
  async *run(folder, note) {
    const defaults = existsSync(join(folder, 'default-config.json')) ? json<JsonObject>(folder, 'default-config.json') : {};
    const elsewhere = new Map<string, number>();
    const keyed = new Rate();
    const unkeyed = new Rate();
    const objects = new Rate();
    const paths = new Rate();
    const missing = new Set<string>();
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      if (one.inputKind !== 'kubernetes') {
        elsewhere.set(one.inputKind, (elsewhere.get(one.inputKind) ?? 0) + 1);
        continue;
      }
      const controls = controlsFor(one);
      if (controls.length === 0) missing.add(one.controls[0] ?? `rule:${one.rule}`);
      const { resources, findings } = judge(one, controls, defaults);
      const verdict = findings.length > 0 ? 'fail' : 'pass';
      const passed = controls.length > 0 && verdict === one.expect.verdict;
      (one.controls.length > 0 ? keyed : unkeyed).add(passed);
      if (passed && verdict === 'fail') {
        const agree = sameObjects(one, findings, resources);
        if (agree !== undefined) objects.add(agree);
        paths.add(samePaths(one, findings));
      }
      yield result(one, controls, verdict, passed, findings);
    }
    for (const [kind, count] of elsewhere)
      note(`${count} cases of ${kind} input are not judged: they need ${evidence[kind] ?? 'other evidence'}`);
    note(`verdicts of cases keyed by control ${keyed.text()}, by rule ${unkeyed.text()}`);
    note(`of failures found: blamed objects agree in ${objects.text()}, paths in ${paths.text()}`);
    if (missing.size > 0) note(`without a control of ours: ${[...missing].join(' ')}`);
  },
};

const evidence: Readonly<Record<string, string>> = {
  host: "a node's files and flags",
  cloud: "a provider's description of the cluster",
  mixed: 'node facts or image scans beside objects',
};

function controlsFor(one: Case): readonly Control[] {
  const names = one.controls.length > 0 ? one.controls : [`rule:${one.rule}`];
  return [...new Set(names.flatMap(controlsNamed))];
}

function judge(
  one: Case,
  controls: readonly Control[],
  defaults: JsonObject,
): { readonly resources: readonly (Resource | undefined)[]; readonly findings: readonly RawFinding[] } {
  const resources = one.input.map((object) => (isKubeObject(object) ? resource(object, { kind: 'memory' }) : undefined));
  const { parameters } = kubescapeParameters({ ...defaults, ...one.config?.postureControlInputs });
  const { findings, problems } = runControls(
    snapshot({ resources: resources.filter((item) => item !== undefined), facts: facts(one.config?.dataControlInputs?.cloudProvider) }),
    { controls, parameters, now },
  );
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('; '));
  return { resources, findings: findings.filter((finding) => finding.outcome.verdict === 'fail') };
}

const providers = ['eks', 'aks', 'gke'] as const;

function facts(provider: string | undefined): ClusterFacts {
  const distribution = providers.find((name) => name === provider);
  return distribution === undefined ? assumedFacts(undefined) : { ...assumedFacts(undefined), distribution };
}

function result(one: Case, controls: readonly Control[], verdict: string, passed: boolean, findings: readonly RawFinding[]): CaseResult {
  if (passed) return { id: one.id, passed };
  const names = `${one.controls.join(', ') || `rule:${one.rule}`}`;
  if (controls.length === 0) return { id: one.id, passed, detail: `no control of ours answers ${names}` };
  const said = findings.map((finding) => `${finding.control.id} ${finding.outcome.path}: ${finding.outcome.detail}`).join('; ');
  return {
    id: one.id,
    passed,
    detail: `${names} expects ${one.expect.verdict}, ${controls.map((item) => item.id)} say ${verdict} ${said}`,
  };
}

/** L2. Undefined where the blamed objects are no inputs (subjects of bindings). */
function sameObjects(one: Case, findings: readonly RawFinding[], resources: readonly (Resource | undefined)[]): boolean | undefined {
  const expected = one.expect.failingObjects;
  if (expected.some((blamed) => blamed.index === undefined && blamed.candidates === undefined)) return undefined;
  const ours = new Set(findings.map((finding) => resources.indexOf(finding.resource)));
  const certain = new Set(expected.flatMap((blamed) => (blamed.index === undefined ? [] : [blamed.index])));
  const possible = new Set(expected.flatMap((blamed) => blamed.candidates ?? []));
  return (
    [...certain].every((index) => ours.has(index)) &&
    [...ours].every((index) => certain.has(index) || possible.has(index)) &&
    expected.every((blamed) => blamed.candidates === undefined || blamed.candidates.some((index) => ours.has(index)))
  );
}

/** L3. Every place they name is one of ours, above it or below it, and the reverse; alerts without a place agree with any. */
function samePaths(one: Case, findings: readonly RawFinding[]): boolean {
  const theirs = one.expect.alerts.flatMap((alert) => [
    ...alert.failedPaths,
    ...alert.reviewPaths,
    ...alert.deletePaths,
    ...alert.fixPaths.map((fix) => fix.path),
  ]);
  const wanted = new Set(theirs.filter((path) => path !== '' && !path.startsWith('relatedObjects')));
  if (wanted.size === 0) return true;
  const ours = findings.map((finding) => dotted(finding.outcome.path));
  const near = (a: string, b: string) => a.startsWith(b) || b.startsWith(a);
  return (
    [...wanted].every((path) => ours.some((own) => near(own, path))) && ours.every((own) => [...wanted].some((path) => near(own, path)))
  );
}

/** A JSON pointer as kubescape writes paths: `spec.containers[0].image`, `metadata.labels[app.kubernetes.io/name]`, `data[key]`. */
function dotted(pointer: string): string {
  let text = '';
  let parent = '';
  for (const token of tokens(pointer)) {
    if (/^[0-9]+$/.test(token) || ['labels', 'annotations', 'data'].includes(parent)) text += `[${token}]`;
    else text += text === '' ? token : `.${token}`;
    parent = token;
  }
  return text;
}

class Rate {
  #good = 0;
  #all = 0;

  add(good: boolean): void {
    this.#all++;
    if (good) this.#good++;
  }

  text(): string {
    return `${this.#good} of ${this.#all} (${((100 * this.#good) / Math.max(1, this.#all)).toFixed(1)} %)`;
  }
}
