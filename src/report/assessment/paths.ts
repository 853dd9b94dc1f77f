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
  readonly id: string;
  readonly vertex: Vertex;
  layer: number;
  row: number;
}

const [boxWidth, boxHeight, gap, rowHeight] = [176, 46, 132, 66];

function picture(paths: readonly AttackPath[]): string {
  const nodes = new Map<string, Node>();
  const hops = new Map<string, { readonly from: string; readonly to: string; readonly step: Step }>();
  const node = (vertex: Vertex): string => {
    const id = vertexId(vertex);
    if (!nodes.has(id)) nodes.set(id, { id, vertex, layer: 0, row: 0 });
    return id;
  };
  for (const { steps } of paths)
    for (const step of steps) {
      const [from, to] = [node(step.from), node(step.to)];
      if (from !== to) hops.set(`${from} ${to}`, { from, to, step });
    }
  layer(nodes, [...hops.values()]);
  const columns = Map.groupBy(nodes.values(), (one) => one.layer);
  for (const column of columns.values()) for (const [row, one] of column.entries()) one.row = row;
  const rows = Math.max(1, ...[...columns.values()].map((column) => column.length));
  const [width, height] = [columns.size * (boxWidth + gap) - gap + 4, rows * rowHeight + 10];
  const x = ({ layer: column }: Node) => 2 + column * (boxWidth + gap);
  const y = (one: Node) => {
    const count = columns.get(one.layer)?.length ?? 1;
    return 5 + ((one.row + 0.5) * rows * rowHeight) / count - boxHeight / 2;
  };
  const lines = [...hops.values()].map(({ from, to, step }, index) => {
    const [a, b] = [nodes.get(from), nodes.get(to)];
    if (a === undefined || b === undefined) return '';
    const [x1, y1, x2, y2] = [x(a) + boxWidth, y(a) + boxHeight / 2, x(b) - 6, y(b) + boxHeight / 2];
    const bend = Math.max(30, (x2 - x1) / 2);
    const at = index % 2 === 0 ? 0.42 : 0.58;
    const [lx, ly] = b.layer > a.layer + 1 ? [x1 + 66, y1 + (y2 - y1) * 0.1] : [x1 + (x2 - x1) * 0.5, y1 + (y2 - y1) * at];
    return `<path class="hop${step.known ? '' : ' unsure'}" marker-end="url(#tip)" d="M${x1} ${y1.toFixed(1)}C${x1 + bend} ${y1.toFixed(1)} ${x2 - bend} ${y2.toFixed(1)} ${x2} ${y2.toFixed(1)}"><title>${escapeHtml(step.edge.title)}</title></path><text class="label" x="${lx.toFixed(1)}" y="${(ly - 4).toFixed(1)}" text-anchor="middle">${escapeHtml(short(step.edge.id, 22))}</text>`;
  });
  const starts = new Set(paths.map(({ from }) => vertexId(from)));
  const goals = new Set(paths.map(({ to }) => vertexId(to)));
  const boxes = [...nodes.values()].map((one) => {
    const text = vertexText(one.vertex);
    const kind = goals.has(one.id) ? ' goal' : starts.has(one.id) ? ' entry' : '';
    const parts = wrapped(text, 27);
    const first = y(one) + (parts.length === 1 ? 27 : 20);
    return `<g class="box${kind}"><title>${escapeHtml(text)}</title><rect x="${x(one)}" y="${y(one).toFixed(1)}" width="${boxWidth}" height="${boxHeight}" rx="7"/>${parts.map((part, line) => `<text x="${x(one) + boxWidth / 2}" y="${(first + line * 15).toFixed(1)}" font-size="12" text-anchor="middle">${escapeHtml(part)}</text>`).join('')}</g>`;
  });
  return `<figure><div class="scroll"><svg class="wide" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${counted(paths.length, 'way')} of attack, told one by one below"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:var(--dim)"/></marker></defs>${lines.join('')}${boxes.join('')}</svg></div><figcaption>The ${paths.length} best ways. Blue frame: where an attacker starts. Red frame, grey ground: what must not be his. Dashed: not known for sure. The words on a line name the edge of the catalogue.</figcaption></figure>`;
}

/** Each vertex one column behind the last that leads to it; a circle stops at the number of vertices. */
function layer(nodes: ReadonlyMap<string, Node>, hops: readonly { readonly from: string; readonly to: string }[]): void {
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

function wrapped(text: string, most: number): readonly string[] {
  if (text.length <= most) return [text];
  const space = text.lastIndexOf(' ', most);
  const cut = space > most / 3 ? space : most;
  return [text.slice(0, cut), short(text.slice(cut).trim(), most)];
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
