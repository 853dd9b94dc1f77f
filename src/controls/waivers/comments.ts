// Waivers in comments of YAML: ours (`# cofferdam:ignore workload/privileged reason until 2027-01-31`), Trivy's (`#trivy:ignore:KSV-0017:exp:…`,
// pkg/iac/ignore of 0.74) and Checkov's (`#checkov:skip=CKV_K8S_16:reason`). Ours and Trivy's cover the field they stand on or above, with all
// that is in it; above the first line of an object that is the whole object. Checkov's cover the object they stand in.

import { compose } from '../../kube/yaml/compose.ts';
import type { TextNode } from '../../kube/yaml/node.ts';
import { fieldLocator } from '../../kube/yaml/parse.ts';
import { pointer, tokens } from '../../lib/json-pointer.ts';
import { type Problem, problem, type SourcePosition } from '../../lib/problem.ts';
import { lineColumn, lineStarts, withoutEnd } from '../../lib/text.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Finding } from '../result.ts';
import type { Found } from './annotations.ts';
import { controlIds } from './resolve.ts';
import { type Expiry, type Family, readExpiry, reasonUntil, type Waiver } from './waiver.ts';

const marker = /(?:cofferdam:ignore|(?:trivy|tfsec):ignore:|(?:checkov|bridgecrew):skip=)/;
/** What every marker holds: looked for first, since it is found in half the time. */
const sign = /:(?:ignore|skip=)/;

/** The waivers in the comments of the texts that the resources came from. */
export function commentWaivers(resources: readonly Resource[], texts: ReadonlyMap<string, string>): Found {
  const marked = new Set<string>();
  /** By text: equal files share one. */
  const hasMarker = new Map<string, boolean>();
  for (const [file, text] of texts) {
    let has = hasMarker.get(text);
    if (has === undefined) {
      has = sign.test(text) && marker.test(text);
      hasMarker.set(text, has);
    }
    if (has) marked.add(file);
  }
  if (marked.size === 0) return { waivers: [], problems: [] };
  const byFile = new Map<string, Resource[]>();
  for (const resource of resources) {
    const { origin } = resource;
    if (origin.kind === 'file' && marked.has(origin.file)) byFile.set(origin.file, [...(byFile.get(origin.file) ?? []), resource]);
  }
  const found = [...byFile].map(([file, list]) => inFile(file, texts.get(file) ?? '', list));
  return { waivers: found.flatMap(({ waivers }) => waivers), problems: found.flatMap(({ problems }) => problems) };
}

interface Place {
  readonly source: SourcePosition;
  /** Offset in the text where the line begins that the comment is about. */
  readonly target: number;
}

function inFile(file: string, text: string, resources: readonly Resource[]): Found {
  const waivers: Waiver[] = [];
  const problems: Problem[] = [];
  const starts = lineStarts(text);
  const lineAt = (line: number) => withoutEnd(text.slice(starts[line], starts[line + 1] ?? text.length), '\r\n');
  const documents = documentsOf(resources);
  for (let line = 0; line < starts.length; line++) {
    const words = lineAt(line);
    const hash = words.lastIndexOf('#', marker.exec(words)?.index ?? -1);
    if (hash < 0 || !marker.test(words)) continue;
    const offset = (starts[line] ?? 0) + hash;
    const alone = isComment(words.slice(0, hash));
    let about = line;
    if (alone) while (about < starts.length && isComment(lineAt(about))) about++;
    const target = starts[about] ?? text.length;
    const separator = alone && /^---(?:\s|$)/.test(lineAt(about));
    const document = documents.find(({ start, end }) => (separator ? start > offset : start <= offset && offset <= end));
    if (document === undefined || (!separator && isInScalar(text.slice(document.start, document.end), offset - document.start))) continue;
    const place = { source: { file, ...lineColumn(starts, offset) }, target: separator ? -1 : target };
    readComment(words.slice(hash + 1), place, document, text, waivers, problems);
  }
  return { waivers, problems };
}

/** True for a line, or its beginning, with nothing but a comment. */
function isComment(line: string): boolean {
  const first = line.trimStart();
  return first === '' || first.startsWith('#');
}

interface Document {
  readonly start: number;
  readonly end: number;
  readonly resources: readonly Resource[];
}

function documentsOf(resources: readonly Resource[]): readonly Document[] {
  const byStart = new Map<number, { start: number; end: number; resources: Resource[] }>();
  for (const resource of resources) {
    if (resource.origin.kind !== 'file') continue;
    const { document: start, documentEnd: end } = resource.origin;
    const known = byStart.get(start);
    if (known === undefined) byStart.set(start, { start, end, resources: [resource] });
    else known.resources.push(resource);
  }
  return [...byStart.values()].sort((a, b) => a.start - b.start);
}

function readComment(text: string, place: Place, document: Document, whole: string, waivers: Waiver[], problems: Problem[]): void {
  const by = `${place.source.file}:${place.source.line}`;
  const add = (family: Family, names: readonly string[], reason: string | undefined, expiry: Expiry | undefined) => {
    for (const name of names) {
      const controls = name === '*' ? 'all' : controlIds(name);
      if (controls !== 'all' && controls.size === 0) {
        problems.push(problem('waiver/unused', `${by}: there is no control "${name}"`, place.source, 'note'));
        continue;
      }
      const inside = new Set(document.resources);
      const covered = family === 'Checkov' || place.target < 0 ? undefined : lineCovers(document, whole, place.target);
      waivers.push({
        family,
        controls,
        name,
        reason,
        expiry,
        by,
        source: place.source,
        means: (resource) => inside.has(resource),
        ...(covered === undefined ? {} : { covers: covered }),
      });
    }
  };
  const own = /cofferdam:ignore[ \t]+(\S+)(.*)$/.exec(text);
  if (own !== null) {
    const { reason, expiry, invalid } = reasonUntil(own[2] ?? '');
    if (invalid !== undefined || reason === '') {
      const what = invalid === undefined ? 'it gives no reason' : `"${invalid}" is no day`;
      problems.push(
        problem('waiver/invalid', `${by}: ${what}; write: cofferdam:ignore CONTROL REASON [until DAY]`, place.source, 'warning'),
      );
    } else
      add(
        'cofferdam',
        (own[1] ?? '').split(',').filter((name) => name !== ''),
        reason,
        expiry,
      );
    return;
  }
  for (const match of text.matchAll(/(?:trivy|tfsec):ignore:([^\s:[]+)(?:\[[^\]\s]*\])?((?::[^\s:]+)*)/g)) {
    const exp = /:exp:([^:]+)/.exec(match[2] ?? '')?.[1];
    const expiry = exp === undefined ? undefined : readExpiry(exp, false);
    if (exp !== undefined && expiry === undefined)
      problems.push(problem('waiver/invalid', `${by}: "${exp}" is no day`, place.source, 'warning'));
    else add('Trivy', [match[1] ?? ''], undefined, expiry);
  }
  const checkov = /(?:checkov|bridgecrew):skip= *([A-Z_0-9]+)(?::(.*))?$/.exec(text);
  if (checkov !== null) {
    const reason = (checkov[2] ?? '').trim();
    add('Checkov', [checkov[1] ?? ''], reason === '' ? undefined : reason, undefined);
  }
}

/** Whether the field of a finding, or one that it lies in, begins on the line at `target`. */
function lineCovers(document: Document, whole: string, target: number): (finding: Finding, resource: Resource | undefined) => boolean {
  let locate: ReturnType<typeof fieldLocator> | undefined;
  const end = whole.indexOf('\n', target) < 0 ? whole.length : whole.indexOf('\n', target);
  const begins = new Map<string, boolean>();
  const isOnLine = (at: string): boolean => {
    const known = begins.get(at);
    if (known !== undefined) return known;
    locate ??= fieldLocator(whole.slice(document.start, document.end));
    const range = locate?.(at);
    const start = document.start + (range?.key ?? range?.value ?? { start: -1 }).start;
    const result = range?.exact === true && start >= target && start <= end;
    begins.set(at, result);
    return result;
  };
  return (finding, resource) => {
    const own = resource?.origin.kind === 'file' ? resource.origin.pointer : '';
    const keys = tokens(own + finding.path);
    return keys.some((_, length) => isOnLine(pointer(...keys.slice(0, length)))) || isOnLine(pointer(...keys));
  };
}

/** True where an offset lies in the text of a value, so that what looks like a comment is none. */
function isInScalar(document: string, offset: number): boolean {
  const composed = compose(document);
  const within = (node: TextNode | undefined): boolean =>
    node !== undefined &&
    node.start <= offset &&
    offset < node.end &&
    (node.kind === 'scalar' || node.children.some((child) => within(child)));
  return composed.ok && within(composed.value.root);
}
