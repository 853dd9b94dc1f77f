// Helm charts: their templates are programs, not manifests, so only what Helm makes of them is judged. Helm names the template of every
// object it prints. Chart.yaml of apiVersion v1 and v2. Library charts make no objects and are passed over; `crds/` holds plain manifests.

import { posix } from 'node:path';
import { readDocument } from '../kube/yaml/parse.ts';
import { asString, field } from '../lib/json.ts';
import type { SourceText } from './archive.ts';
import { readQuietly } from './read.ts';
import type { Source } from './render.ts';
import type { Found } from './walk.ts';

/** The charts to render: folders of a walk, and archives that are one chart, as `helm package` makes them. */
export function chartsOf(found: readonly Found[], members: readonly SourceText[]): readonly Source[] {
  const inFolders = found.flatMap(({ kind, path, named }) => {
    const text = kind === 'chart' ? readQuietly(posix.join(path, 'Chart.yaml')) : undefined;
    return text === undefined ? [] : (chartSource(path, path, text.text, named) ?? []);
  });
  const inArchives = chartFolders(members.map((text) => text.path)).flatMap((folder) => {
    const text = members.find((member) => member.path === `${folder}/Chart.yaml`);
    if (text === undefined) return [];
    const shown = folder.replace('!/', '!');
    const archive = /^(.+)!\/[^/]+$/.exec(folder)?.[1];
    if (archive !== undefined && archive !== '-') return chartSource(archive, shown, text.text, true) ?? [];
    return chartSource(shown, shown, text.text, false, 'it lies in an archive, which is not unpacked') ?? [];
  });
  return [...inFolders, ...inArchives];
}

function chartSource(path: string, shown: string, chartYaml: string, asked: boolean, hindrance?: string): Source | undefined {
  const { value } = readDocument(chartYaml);
  if (field(value, 'type') === 'library') return undefined;
  const name = (asString(field(value, 'name')) ?? posix.basename(path)).toLowerCase().replace(/[^a-z0-9-]/g, '-');
  const release = name.replace(/^-+/, '').slice(0, 53).replace(/-+$/, '');
  return { kind: 'chart', path, name: release === '' ? 'release' : release, shown, asked, hindrance };
}

/** The folders of charts among paths of archives, outermost only. */
export function chartFolders(paths: readonly string[]): readonly string[] {
  const folders = paths.filter((path) => path.includes('!/') && posix.basename(path) === 'Chart.yaml').map((path) => posix.dirname(path));
  return folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
}

/** True for the parts of a chart that mean nothing without Helm. */
export function isChartPart(path: string, folders: readonly string[]): boolean {
  const folder = folders.find((candidate) => path.startsWith(`${candidate}/`));
  return folder !== undefined && /^(?:(?:templates|charts)\/|(?:Chart|values|requirements)[^/]*$)/.test(path.slice(folder.length + 1));
}

/** The file of a chart that a rendered document came from, by the comment that Helm puts before it. */
export function templateFile({ shown }: Source, document: string): string {
  const printed = /^\s*# Source: ([^\r\n]+)/.exec(document)?.[1]?.trim() ?? 'chart/Chart.yaml';
  return posix.join(shown, printed.slice(printed.indexOf('/') + 1));
}
