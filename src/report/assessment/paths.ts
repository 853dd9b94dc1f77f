// The ways of attack, drawn once together (from where attackers start on the left to what must not be theirs on the right) and told hop by
// hop with the proof of each. A longest-path layering of the few vertices that the best ways touch; nothing else of the graph is drawn.

import type { AttackPath, Step } from '../../attack/path.ts';
import { type Vertex, vertexId, vertexText } from '../../attack/vertex.ts';
import { escapeHtml } from '../html/escape.ts';
import { counted, placeText } from '../words.ts';
import type { AssessmentReport } from './report.ts';
import { short } from './words.ts';

const drawn = 8;
const told = 20;

export function attackPaths(report: AssessmentReport): string {
  const { paths } = report;
  if (paths.length === 0)
    return '<p>No way of attack was found from the internet or from a pod to the cluster, its nodes or its Secrets, in what was read.</p>';
  const more =
    paths.length > told ? `<p class="dim">${counted(paths.length - told, 'more way')}: <code>cofferdam paths</code> lists them.</p>` : '';
  return `${picture(paths.slice(0, drawn))}${paths
    .slice(0, told)
    .map((path, index) => way(path, index, report))
    .join('')}${more}`;
}

interface Node {
  /** Absent for the bends of lines that pass a column. */
  readonly vertex?: Vertex;
  layer: number;
  row: number;
}

interface Hop {
  readonly from: string;
  readonly to: string;
  readonly step: Step;
}

const [boxWidth, boxHeight, gap, rowHeight] = [194, 56, 112, 70];

function picture(paths: readonly AttackPath[]): string {
  const nodes = new Map<string, Node>();
  const hops = new Map<string, Hop>();
  const node = (vertex: Vertex): string => {
    const id = vertexId(vertex);
    if (!nodes.has(id)) nodes.set(id, { vertex, layer: 0, row: 0 });
    return id;
  };
  for (const { steps } of paths)
    for (const step of steps) {
      const [from, to] = [node(step.from), node(step.to)];
      if (from !== to) hops.set(`${from} ${to}`, { from, to, step });
    }
  layer(nodes, [...hops.values()]);
  const routes = [...hops.values()].map((hop) => ({ hop, route: routeOf(nodes, hop) }));
  const columns = placed(nodes, routes);
  const rows = Math.max(1, ...columns.map((column) => column.length));
  const [width, height] = [columns.length * (boxWidth + gap) - gap + 4, rows * rowHeight + 10];
  const x = ({ layer: column }: Node) => 2 + column * (boxWidth + gap);
  const y = (one: Node) => 5 + ((one.row + 0.5) * rows * rowHeight) / (columns[one.layer]?.length ?? 1);
  const labels: (readonly [number, number])[] = [];
  const lines = routes.map(({ hop: { step }, route }) => {
    const [first, ...others] = route.flatMap((id) => nodes.get(id) ?? []);
    const last = others.at(-1);
    if (first === undefined || last === undefined) return '';
    let [fromX, fromY] = [x(first) + boxWidth, y(first)];
    let path = `M${fromX} ${fromY.toFixed(1)}`;
    for (const next of others) {
      const [toX, toY] = [next === last ? x(next) - 6 : x(next), y(next)];
      const bend = (toX - fromX) / 2;
      path += `C${fromX + bend} ${fromY.toFixed(1)} ${toX - bend} ${toY.toFixed(1)} ${toX} ${toY.toFixed(1)}`;
      if (next !== last) path += `h${boxWidth}`;
      [fromX, fromY] = [next === last ? toX : toX + boxWidth, toY];
    }
    const second = others[0] ?? last;
    const labelX = x(first) + boxWidth + gap / 2;
    let labelY = (y(first) + y(second)) / 2;
    while (labels.some(([column, row]) => column === labelX && Math.abs(row - labelY) < 13)) labelY += 13;
    labels.push([labelX, labelY]);
    return `<path class="hop${step.known ? '' : ' unsure'}" marker-end="url(#tip)" d="${path}"><title>${escapeHtml(step.edge.title)}</title></path><text class="label" x="${labelX.toFixed(1)}" y="${(labelY - 4).toFixed(1)}" text-anchor="middle">${escapeHtml(short(step.edge.id, 20))}</text>`;
  });
  const starts = new Set(paths.map(({ from }) => vertexId(from)));
  const goals = new Set(paths.map(({ to }) => vertexId(to)));
  const boxes = [...nodes].map(([id, one]) => {
    if (one.vertex === undefined) return '';
    const text = vertexText(one.vertex);
    const kind = goals.has(id) ? ' goal' : starts.has(id) ? ' entry' : '';
    const parts = wrapped(text, 29, 3);
    const first = y(one) + 4 - (parts.length - 1) * 7.5;
    return `<g class="box${kind}"><title>${escapeHtml(text)}</title><rect x="${x(one)}" y="${(y(one) - boxHeight / 2).toFixed(1)}" width="${boxWidth}" height="${boxHeight}" rx="7"/>${parts.map((part, line) => `<text x="${x(one) + boxWidth / 2}" y="${(first + line * 15).toFixed(1)}" font-size="11.5" text-anchor="middle">${escapeHtml(part)}</text>`).join('')}</g>`;
  });
  return `<figure><div class="scroll"><svg class="wide" viewBox="0 0 ${width} ${height}" style="width:100%;max-width:${width}px;min-width:${Math.min(width, columns.length * 190)}px" role="img" aria-label="${counted(paths.length, 'way')} of attack, told one by one below"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:var(--dim)"/></marker></defs>${lines.join('')}${boxes.join('')}</svg></div><figcaption>The ${paths.length} best ways. Blue frame: where an attacker starts. Red frame, grey ground: what must not be his. Dashed: not known for sure. The words on a line name the edge of the catalogue.</figcaption></figure>`;
}

/** Each vertex one column behind the last that leads to it; a circle stops at the number of rounds. */
function layer(nodes: ReadonlyMap<string, Node>, hops: readonly Hop[]): void {
  for (let round = 0; round < Math.min(nodes.size, 12); round++) {
    let moved = false;
    for (const { from, to } of hops) {
      const [a, b] = [nodes.get(from), nodes.get(to)];
      if (a === undefined || b === undefined || b.layer > a.layer || a.layer >= 8) continue;
      b.layer = a.layer + 1;
      moved = true;
    }
    if (!moved) return;
  }
}

/** The nodes a line goes through: a bend of its own in each column that it passes, so that it runs behind no box. */
function routeOf(nodes: Map<string, Node>, { from, to }: Hop): readonly string[] {
  const [first, last] = [nodes.get(from)?.layer ?? 0, nodes.get(to)?.layer ?? 0];
  const bends: string[] = [];
  for (let column = first + 1; column < last; column++) {
    const id = `${from} ${to} ${column}`;
    nodes.set(id, { layer: column, row: 0 });
    bends.push(id);
  }
  return [from, ...bends, to];
}

/** Columns from left to right, each ordered by the middle of what leads to it, so that few lines cross. */
function placed(nodes: ReadonlyMap<string, Node>, routes: readonly { readonly route: readonly string[] }[]): readonly (readonly Node[])[] {
  const before = new Map<Node, Node[]>();
  for (const { route } of routes)
    for (const [index, id] of route.entries()) {
      const [here, previous] = [nodes.get(id), nodes.get(route[index - 1] ?? '')];
      if (here !== undefined && previous !== undefined) before.set(here, [...(before.get(here) ?? []), previous]);
    }
  const columns: Node[][] = [];
  for (const one of nodes.values()) {
    while (columns.length <= one.layer) columns.push([]);
    columns[one.layer]?.push(one);
  }
  const middle = (one: Node) => {
    const own = before.get(one) ?? [];
    return own.length === 0
      ? one.row
      : own.reduce((sum, { row, layer: column }) => sum + (row + 0.5) / (columns[column]?.length ?? 1), 0) / own.length;
  };
  for (const [index, column] of columns.entries()) {
    if (index > 0) column.sort((a, b) => middle(a) - middle(b));
    for (const [row, one] of column.entries()) one.row = row;
  }
  return columns;
}

/** Lines of at most so many characters, broken behind blanks, slashes and hyphens; what does not fit is cut. */
function wrapped(text: string, width: number, most: number): readonly string[] {
  const lines = [''];
  for (const part of text.split(/(?<=[ /-])/)) {
    const last = lines.at(-1) ?? '';
    if ((last + part).trimEnd().length <= width || last === '') lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  const kept = lines.length <= most ? lines : [...lines.slice(0, most - 1), lines.slice(most - 1).join('')];
  return kept.map((line) => short(line.trim(), width));
}

function way(path: AttackPath, index: number, { locate }: AssessmentReport): string {
  const steps = path.steps.map(({ edge, to, known, proof }) => {
    const rests = proof.slice(0, 4).map(({ text, resource, path: pointer }) => {
      const place = placeText(resource === undefined ? undefined : locate(resource, pointer));
      return `<div class="where">${escapeHtml(text)}${place === '' ? '' : ` · ${escapeHtml(place)}`}</div>`;
    });
    return `<li>${escapeHtml(edge.title)} → <b>${escapeHtml(vertexText(to))}</b> <span class="dim">${edge.id} · ${edge.technique.attack}${known ? '' : ' · not known for sure'}</span>${rests.join('')}</li>`;
  });
  const repairs = path.repairs.slice(0, 4).map(({ text }) => `<li>${escapeHtml(text)}</li>`);
  const open = index < 2 ? ' open' : '';
  return `<details class="work"${open}><summary><span class="n">${index + 1}</span><span>${escapeHtml(vertexText(path.from))} → <b>${escapeHtml(vertexText(path.to))}</b></span><span class="meta">${counted(path.steps.length, 'hop')}${path.known ? '' : ' · not sure'}</span></summary><div class="inside"><ol class="hops">${steps.join('')}</ol>${repairs.length === 0 ? '' : `<p class="dim">Any one of these closes it:</p><ul class="where">${repairs.join('')}</ul>`}</div></details>`;
}
