// What a load has gathered so far: texts read into resources, renderings put in the place of what they were made from, figures for coverage.
// It lives for one load; the order of its results is that of the walk, whatever was read first.

import { groupVersion, type KubeObject, nameOf } from '../kube/object.ts';
import { type Problem, problem } from '../lib/problem.ts';
import type { ClusterFacts, Coverage, Origin, Resource } from '../snapshot/snapshot.ts';
import type { SourceText, Unpacked } from './archive.ts';
import { isChartPart, templateFile } from './charts.ts';
import type { DocumentCache } from './documents.ts';
import { closure, type Kustomization } from './kustomization.ts';
import { type KustomizationPlan, takenIn } from './kustomized.ts';
import { type ManifestText, type Place, type ReadOptions, readManifests } from './manifests.ts';
import { readQuietly } from './read.ts';
import type { Rendered, Source } from './render.ts';
import { kustomizedOrigin } from './rendered.ts';
import { isSnapshotText, readSnapshotFile } from './snapshot-file.ts';
import type { Found } from './walk.ts';

export class Gathering {
  readonly texts = new Map<string, string>();
  readonly problems: Problem[] = [];
  files = 0;
  /** What a saved snapshot among the inputs says of its cluster; the first counts. */
  facts: ClusterFacts | undefined;
  private readonly plan: KustomizationPlan;
  private readonly charts: readonly string[];
  private readonly defaultNamespace: string | undefined;
  private readonly now: number | undefined;
  private readonly saved: Coverage[] = [];
  private readonly wholes = new Map<string, string>();
  private readonly cache: DocumentCache = new Map();
  /** Resources by the path of the file, kustomization file or chart they came from. */
  private readonly byPath = new Map<string, Resource[]>();
  private readonly fragments = new Map<string, readonly Resource[]>();
  private readonly taken = new Map<string, readonly Resource[]>();
  private unreadable = 0;
  private others = 0;

  constructor(plan: KustomizationPlan, charts: readonly string[], defaultNamespace: string | undefined, now: number | undefined) {
    this.plan = plan;
    this.charts = charts;
    this.defaultNamespace = defaultNamespace;
    this.now = now;
  }

  /** Equal files share one text: repositories hold many copies. */
  private once(text: string): string {
    const known = this.wholes.get(text);
    if (known !== undefined) return known;
    this.wholes.set(text, text);
    return text;
  }

  tell(problems: readonly Problem[]): void {
    for (const item of problems) this.problems.push(item);
  }

  /** Reads what was found at a path into resources. */
  add({ path }: Found, { texts, problems }: Unpacked): void {
    this.tell(problems);
    if (texts.length === 0 && problems.length > 0) this.unreadable++;
    else if (texts.length === 0) this.tell([noObject(path)]);
    for (const text of texts) {
      this.files++;
      if (this.isPart(text)) continue;
      if (isSnapshotText(text.text)) {
        this.addSnapshot(path, text);
        continue;
      }
      const whole = this.once(text.text);
      const read = this.read(whole, text.file, { named: text.named });
      this.keep(path, read.resources);
      this.others += read.others;
      if (read.resources.length > 0 || read.problems.length > 0) this.texts.set(text.file, whole);
      else if (text.named && text.text !== '') this.tell([noObject(text.file)]);
    }
  }

  /** Puts renderings in the place of what they were made from. */
  render({ renderings, problems }: Rendered): void {
    this.tell(problems);
    for (const { source, text } of renderings) {
      if (text === undefined) continue;
      const kustomization = this.plan.sources.get(source);
      if (kustomization === undefined) this.renderChart(source, text);
      else this.renderKustomization(kustomization, text);
    }
  }

  /** True for files that a rendering took in. */
  isTaken(path: string): boolean {
    return this.taken.has(path);
  }

  /** Everything in the order of the walk. */
  resources(found: readonly Found[]): readonly Resource[] {
    return found.flatMap(({ path }) => this.byPath.get(path) ?? []);
  }

  coverage({ renderings }: Rendered): readonly Coverage[] {
    const more = [
      ...(this.unreadable > 0 ? [`${this.unreadable} not readable`] : []),
      ...(this.others > 0 ? [`${this.others} documents that are no Kubernetes objects`] : []),
    ];
    const state = this.unreadable > 0 ? 'partial' : 'read';
    const kinds = (['kustomization', 'chart'] as const).flatMap((kind): Coverage[] => {
      const all = renderings.filter(({ source }) => source.kind === kind);
      const done = all.filter(({ text }) => text !== undefined).length;
      if (all.length === 0) return [];
      const detail = `${done} of ${all.length} rendered`;
      return [{ source: `${kind}s`, state: done === all.length ? 'read' : done === 0 ? 'skipped' : 'partial', detail }];
    });
    return [{ source: 'manifests', state, detail: [`${this.files} files read`, ...more].join(', ') }, ...kinds, ...this.saved];
  }

  /** A saved snapshot stands for a whole cluster, so one that merely lies in a folder is not mixed with the manifests there. */
  private addSnapshot(path: string, { file, text, named }: SourceText): void {
    const at = { file, line: 1, column: 1 };
    if (!named) {
      this.tell([problem('input/skipped', `${file}: a saved snapshot; name it to have it judged`, at, 'note')]);
      return;
    }
    const read = readSnapshotFile(text, file, this.now);
    if (!read.ok) {
      this.tell([read.problem]);
      return;
    }
    this.tell(read.value.problems);
    this.keep(path, read.value.resources);
    this.facts ??= read.value.facts;
    this.saved.push(...read.value.coverage);
  }

  /** True for texts that are no objects by themselves; a file named by the user is one, whatever a kustomization does with it. */
  private isPart({ path, named }: SourceText): boolean {
    if (this.plan.files.has(path)) return true;
    return !named && (this.plan.graph.fragments.has(path) || isChartPart(path, this.charts));
  }

  private read(text: string, file: string, options: ReadOptions): ManifestText {
    const read = readManifests(text, file, this.cache, { ...options, defaultNamespace: this.defaultNamespace });
    this.tell(read.problems);
    return read;
  }

  private keep(path: string, resources: readonly Resource[]): void {
    const list = this.byPath.get(path) ?? [];
    for (const item of resources) list.push(item);
    this.byPath.set(path, list);
  }

  private renderChart(source: Source, text: string): void {
    const originOf = (object: KubeObject, { start, end }: Place): Origin => {
      const file = templateFile(source, text.slice(start, end));
      const { group } = groupVersion(object.apiVersion);
      const asWritten = this.written(file).find(
        (item) => item.group === group && item.kind === object.kind && item.name === nameOf(object),
      );
      const place = asWritten?.origin.kind === 'file' ? asWritten.origin : { document: 0, documentEnd: 0, pointer: '' };
      return { ...place, kind: 'file', file, rendered: source.path };
    };
    const { resources, problems } = readManifests(text, source.path, this.cache, { defaultNamespace: this.defaultNamespace, originOf });
    this.tell(problems.map((item) => ofRendering(item, source.path)));
    this.keep(source.path, resources);
  }

  private renderKustomization(item: Kustomization, text: string): void {
    const all = closure(item, this.plan.graph.all);
    const sources = takenIn(item, this.plan.graph).flatMap((path) => this.take(path));
    const lengthOf = (file: string) => this.texts.get(file)?.length ?? this.keepText(file);
    const patches = all.toReversed().flatMap(({ fragments }) => fragments.flatMap((path) => this.written(path)));
    const originOf = kustomizedOrigin(sources, patches, all, lengthOf);
    const { resources, problems } = readManifests(text, item.file, this.cache, { defaultNamespace: this.defaultNamespace, originOf });
    this.tell(problems.map((problem) => ofRendering(problem, item.file)));
    this.keep(item.file, resources);
  }

  /** The resources of a file that a kustomization takes in, read once. */
  private take(path: string): readonly Resource[] {
    const known = this.taken.get(path);
    if (known !== undefined) return known;
    const source = readQuietly(path);
    const resources = source === undefined ? [] : this.read(source.text, source.file, { named: true }).resources;
    this.taken.set(path, resources);
    if (source === undefined) return resources;
    this.files++;
    this.texts.set(source.file, source.text);
    return resources;
  }

  /** The objects that stand as they are in a patch or a template; none where it is something else. The text is kept for places. */
  private written(path: string): readonly Resource[] {
    const known = this.fragments.get(path);
    if (known !== undefined) return known;
    const text = /\.(?:ya?ml|tpl)$/.test(path) ? readQuietly(path) : undefined;
    const resources = text === undefined ? [] : readManifests(text.text, text.file, this.cache).resources;
    if (text !== undefined) this.texts.set(text.file, text.text);
    this.fragments.set(path, resources);
    return resources;
  }

  private keepText(file: string): number {
    const text = readQuietly(file)?.text ?? '';
    this.texts.set(file, text);
    return text.length;
  }
}

function noObject(file: string): Problem {
  return problem('object/not-an-object', `${file}: there is no Kubernetes object in it`, { file, line: 1, column: 1 }, 'warning');
}

/** Lines of a rendering are nobody's lines. */
function ofRendering(item: Problem, file: string): Problem {
  return { ...item, message: `in what it renders to: ${item.message}`, source: { file, line: 1, column: 1 } };
}
