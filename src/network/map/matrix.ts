// A map of many namespaces that talk to many others: rows reach columns, a square a pair, coloured as lines are. Each row's name leads to the part
// of its namespace. A matrix stays readable where lines would cover each other.

import { cut } from '../../lib/display.ts';
import type { LineKind, NetworkMap } from './model.ts';
import { colors, escaped, mapStyle } from './svg.ts';

/** More lines between namespaces than this are no picture of lines any more. */
const mostLines = 70;

/** True where lines between boxes would cover each other. */
export function isDense({ between }: NetworkMap): boolean {
  return between.length > mostLines;
}

const side = 18;
const mostLetters = 26;
const ranks: Readonly<Record<LineKind, number>> = { allowed: 0, observed: 1, denied: 2 };

/** The matrix as an `<svg>` element. */
export function matrixSvg(map: NetworkMap, standalone: boolean): string {
  const places = new Map(map.namespaces.map(({ name }, index) => [name, index]));
  const others = (pick: 'from' | 'to') => [...new Set(map.between.map((line) => line[pick]).filter((id) => id.startsWith('(')))].sort();
  const rows = [...others('from'), ...places.keys()];
  const columns = [...places.keys(), ...others('to')];
  const cells = new Map<string, { readonly kind: LineKind; readonly texts: readonly string[] }>();
  for (const { from, to, kind, lines, flows } of map.between) {
    const key = `${from}\n${to}`;
    const known = cells.get(key);
    const text = `${lines} ${kind === 'allowed' ? 'allowed' : kind}${flows > 0 ? `, ${flows} flows` : ''}`;
    const worst = known === undefined || ranks[kind] > ranks[known.kind] ? kind : known.kind;
    cells.set(key, { kind: worst, texts: [...(known?.texts ?? []), text] });
  }
  const bare = (name: string) => map.namespaces[places.get(name) ?? -1]?.workloads.some(({ openIn }) => openIn) === true;
  const title = (id: string) => (id.startsWith('(') ? id.slice(1, -1).replace(/^to /, '') : id);
  const widest = (names: readonly string[]) => 20 + 7.2 * Math.min(mostLetters, Math.max(0, ...names.map((name) => title(name).length)));
  const [left, top] = [Math.ceil(widest(rows)), Math.ceil(widest(columns))];
  const heads = columns.map((name, index) => {
    const x = left + index * side + side / 2 + 4;
    return `<text class="${bare(name) ? 'warn' : 'dim'}" transform="translate(${x} ${top - 6}) rotate(-90)">${escaped(cut(title(name), mostLetters))}</text>`;
  });
  const body = rows.map((name, row) => {
    const y = top + row * side;
    const label = `<text class="${bare(name) ? 'warn' : 'dim'}" text-anchor="end" x="${left - 8}" y="${y + 13}">${escaped(cut(title(name), mostLetters))}</text>`;
    const place = places.get(name);
    const squares = columns.map((to, column) => {
      const x = left + column * side;
      const cell = cells.get(`${name}\n${to}`);
      if (cell === undefined) return name === to ? `<rect x="${x}" y="${y}" width="${side - 2}" height="${side - 2}" fill="#d9e0ea"/>` : '';
      const words = `${title(name)} to ${title(to)}: ${cell.texts.join('; ')}`;
      return `<rect x="${x}" y="${y}" width="${side - 2}" height="${side - 2}" rx="2" fill="${colors[cell.kind]}"><title>${escaped(words)}</title></rect>`;
    });
    const stripe =
      row % 2 === 0 ? `<rect x="0" y="${y - 1}" width="${left + columns.length * side}" height="${side}" fill="#eef2f8"/>` : '';
    return `${stripe}${place === undefined || standalone ? label : `<a href="#n${place}">${label}</a>`}${squares.join('')}`;
  });
  const [width, height] = [left + columns.length * side + 16, top + rows.length * side + 16];
  const style = standalone ? `<style>${mapStyle}</style><rect width="100%" height="100%" fill="#f7f9fc"/>` : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Network map: which namespaces reach which">${style}${heads.join('')}${body.join('\n')}</svg>`;
}
