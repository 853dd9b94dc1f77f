// Paths in words and as JSON, the same in every command that shows them.

import type { Evidence, Unknown } from '../../attack/graph.ts';
import type { AttackPath, Step } from '../../attack/path.ts';
import { type Vertex, vertexText } from '../../attack/vertex.ts';
import { paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { placeText } from '../../report/words.ts';
import type { Locator } from '../../sources/positions.ts';

/** `{kind, namespace?, name?}` with the words people read. */
export function vertexJson(vertex: Vertex): object {
  const { kind, namespace, name } = vertex;
  return { kind, ...(namespace === '' ? {} : { namespace }), ...(name === '' ? {} : { name }), text: vertexText(vertex) };
}

export function evidenceJson({ text, resource, path }: Evidence, locate: Locator): object {
  if (resource === undefined) return { text };
  const { object, kind, namespace, name } = resource;
  const source = locate(resource, path);
  return {
    text,
    object: { apiVersion: object.apiVersion, kind, ...(namespace === '' ? {} : { namespace }), name },
    path,
    ...(source === undefined ? {} : { source }),
  };
}

export function pathJson({ from, to, steps, cost, known }: AttackPath, locate: Locator): object {
  return {
    from: vertexJson(from),
    to: vertexJson(to),
    cost,
    known,
    steps: steps.map(({ edge, from: begin, to: end, known: sure, proof }) => ({
      edge: edge.id,
      title: edge.title,
      from: vertexJson(begin),
      to: vertexJson(end),
      technique: edge.technique,
      known: sure,
      proof: proof.map((one) => evidenceJson(one, locate)),
    })),
  };
}

/** Hops that a result in JSON holds at the most, over all its paths: a cycle of thousands of workloads has millions. */
export const mostHops = 20_000;

/** How many of the paths JSON holds, where it does not hold all. */
export interface Truncated {
  readonly shown: number;
  readonly total: number;
}

/** The first paths that together have no more than so many hops, and one in any case. Each is whole: a way with a gap proves nothing. */
export function withinHops(
  paths: readonly AttackPath[],
  most = mostHops,
): { readonly shown: readonly AttackPath[]; readonly truncated?: Truncated } {
  let hops = 0;
  const end = paths.findIndex(({ steps }, index) => {
    hops += steps.length;
    return index > 0 && hops > most;
  });
  return end < 0 ? { shown: paths } : { shown: paths.slice(0, end), truncated: { shown: end, total: paths.length } };
}

/** One path: a line for its ends, then each hop with its proof. */
export function pathLines({ from, to, steps, known }: AttackPath, locate: Locator, color: boolean): readonly string[] {
  const doubt = known ? '' : paint('  (may be: some hop is not known)', 'yellow', color);
  const hops = steps.length === 1 ? '1 hop' : `${steps.length} hops`;
  return [
    `${paint(printable(`${vertexText(from)} → ${vertexText(to)}`), 'bold', color)}  ${hops}${doubt}`,
    ...steps.flatMap((step, index) => stepLines(step, index, locate, color)),
  ];
}

function stepLines({ edge, to, known, proof }: Step, index: number, locate: Locator, color: boolean): readonly string[] {
  const mark = known ? '' : paint('  not known', 'yellow', color);
  const names = paint(`[${edge.id}, ${edge.technique.attack}]`, 'dim', color);
  return [
    `  ${index + 1}. ${printable(`${lower(edge.title)} → ${vertexText(to)}`)}  ${names}${mark}`,
    ...proof.map((one) => {
      const place = one.resource === undefined ? '' : placeText(locate(one.resource, one.path));
      return `       ${printable(one.text)}${place === '' ? '' : paint(`  ${printable(place)}`, 'cyan', color)}`;
    }),
  ];
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** What could not be decided, by edge, with how often. */
export function unknownLines(unknown: readonly Unknown[]): readonly string[] {
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, 8).map(({ edge, reason }) => `  ${edge}: ${printable(reason)}`);
  const more = unknown.length > 8 ? [`  … and ${unknown.length - 8} more`] : [];
  return ['', 'not known, and so not among the paths:', ...shown, ...more];
}
