// A map as SVG: boxes in columns from left to right, lines between them; what goes with the target is struck out in red, what comes is green.
// Self-contained; every name is data and escaped.

import { cut } from '../../lib/display.ts';
import { escaped } from '../../network/map/svg.ts';
import type { MapDifference, Stated } from './draw.ts';
import { type Box, layout, type Place, boxWidth as width } from './layout.ts';
import type { MapLine, MapState, MapThing } from './map.ts';

const rowHeight = 16;
const top = 60;

const style = `text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1c2430}.title{font-size:18px;font-weight:600}
.name{font-weight:600}.note{font-size:11.5px;fill:#5b6778}.box{fill:#fff;stroke:#aab4c3;stroke-width:1.2}.bad .box{stroke:#c2410c;stroke-width:2}
.line{fill:none;stroke:#7a889c;stroke-width:1.4}.label{font-size:10.5px;fill:#38445a;paint-order:stroke;stroke:#f7f9fc;stroke-width:3px}
.removed .box,.line.removed{stroke:#c62f2f;stroke-dasharray:6 4}.removed .name{text-decoration:line-through}.added .box,.line.added{stroke:#1a7f4b;stroke-width:2}.changed .box,.line.changed{stroke:#1f5fbf;stroke-width:2}`;

const fills: Readonly<Record<string, string>> = {
  internet: '#fdecea',
  power: '#fdecea',
  zone: '#eef3fa',
  node: '#eef3fa',
  cluster: '#eef3fa',
  'control-plane': '#eef3fa',
  namespace: '#f2f7ee',
  person: '#f6f0fa',
  backup: '#f2f7ee',
};

/** The picture as a whole SVG document. */
export function mapSvg(map: MapDifference, title: string): string {
  const boxes = map.things.map(({ id, notes }): Box => ({ id, height: 32 + notes.length * rowHeight }));
  const placed = layout(boxes, map.lines);
  const [w, h] = [Math.max(placed.width, 560), placed.height + top];
  const lines = map.lines.flatMap((line) => {
    const [from, to] = [placed.places.get(line.from), placed.places.get(line.to)];
    return from === undefined || to === undefined ? [] : [lineSvg(line, from, to)];
  });
  const things = map.things.flatMap((thing) => {
    const box = placed.places.get(thing.id);
    return box === undefined ? [] : [thingSvg(thing, box)];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}</style><rect width="100%" height="100%" fill="#f7f9fc"/>`,
    `<text class="title" x="16" y="28">${escaped(title)}</text><text class="note" x="16" y="48">${escaped(legend(map))}</text>`,
    '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" fill="#7a889c"/></marker></defs>',
    `<g transform="translate(0 ${top})">`,
    ...lines,
    ...things,
    '</g></svg>',
    '',
  ].join('\n');
}

/** What the colours mean here, in one line. */
function legend({ things, lines, more }: MapDifference): string {
  const states = new Set<MapState>([...things, ...lines].map(({ state }) => state));
  const words = [
    ...(things.some(({ bad }) => bad) ? ['orange border: look here first'] : []),
    ...(states.has('removed') ? ['red, struck out: gone in the target'] : []),
    ...(states.has('added') ? ['green: new in the target'] : []),
    ...(states.has('changed') ? ['blue: changed in the target'] : []),
    ...(more > 0 ? [`${more} things left out`] : []),
  ];
  return things.length === 0 ? 'nothing of the kind was seen' : words.join(' · ');
}

function thingSvg({ label, notes, kind, bad, state }: Stated<MapThing>, { x, y, height }: Place): string {
  const rows = notes.map(
    (note, index) => `<text class="note" x="${x + 10}" y="${y + 38 + index * rowHeight}">${escaped(cut(note, 38))}</text>`,
  );
  return `<g class="${bad ? 'bad ' : ''}${state}"><title>${escaped(label)}</title><rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="6" style="fill:${fills[kind] ?? '#fff'}"/><text class="name" x="${x + 10}" y="${y + 21}">${escaped(cut(label, 31, 'front'))}</text>${rows.join('')}</g>`;
}

function lineSvg({ label, state }: Stated<MapLine>, from: Place, to: Place): string {
  const forward = to.x >= from.x;
  const [x1, y1] = [forward ? from.x + width : from.x, from.y + from.height / 2];
  const [x2, y2] = [forward ? to.x : to.x + width, to.y + to.height / 2];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2) * (forward ? 1 : -1);
  const path = `<path class="line ${state}" marker-end="url(#arrow)" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
  return label === ''
    ? path
    : `${path}<text class="label" text-anchor="middle" x="${(x1 + x2) / 2}" y="${(y1 + y2) / 2 - 4}">${escaped(cut(label, 26))}</text>`;
}
