// A map as SVG: boxes of namespaces, lines between them, marks for what is open. Self-contained: no fonts, no images, no scripts are fetched.
// Every name comes from a cluster and is data: it is escaped.

import { cut } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { type Box, layout, type Placed } from './layout.ts';
import { isOutsider, type LineKind, type MapNamespace, type MapWorkload, type NetworkMap, namespaceOf } from './model.ts';

/** Escaped for element content and quoted attributes. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const colors: Readonly<Record<LineKind, string>> = { allowed: '#5a6b85', observed: '#1a7f4b', denied: '#c62f2f' };

export const mapStyle = `text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1c2430}
.box{fill:#fff;stroke:#aab4c3;stroke-width:1.2}.box.open{stroke:#d2691e;stroke-width:1.8}.box.out{fill:#eef3fa;stroke:#6f86a8}
.name{font-weight:600;font-size:14px}.dim{fill:#5b6778;font-size:12px}.warn{fill:#b4500f;font-size:12px}.line{fill:none;stroke-width:1.6}
.line.allowed{stroke:${colors.allowed}}.line.observed{stroke:${colors.observed};stroke-width:2.2}.line.denied{stroke:${colors.denied};stroke-dasharray:6 4;stroke-width:2}
.label{font-size:11px;fill:#38445a;paint-order:stroke;stroke:#f7f9fc;stroke-width:3px}a:hover .box{stroke:#1f5fbf;stroke-width:2.4}`;

interface Content {
  readonly title: string;
  readonly rows: readonly { readonly text: string; readonly style: 'dim' | 'warn' | 'row' }[];
  readonly open: boolean;
  readonly outside: boolean;
  readonly href?: string;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly kind: LineKind;
  readonly label: string;
}

const boxWidth = 230;
const rowHeight = 18;

/** A drawing of boxes and lines, as an `<svg>` element. `first` names boxes of the first column. */
export function drawing(
  boxes: ReadonlyMap<string, Content>,
  lines: readonly Line[],
  first: readonly string[],
  title: string,
  standalone: boolean,
): string {
  const sizes = [...boxes].map(
    ([id, { rows }]): Box => ({ id, width: boxWidth, height: 34 + rows.length * rowHeight + (rows.length > 0 ? 6 : 0) }),
  );
  const { boxes: placed, width, height } = layout(sizes, lines, first);
  const drawn = lines.flatMap((line) => {
    const [from, to] = [placed.get(line.from), placed.get(line.to)];
    return from === undefined || to === undefined ? [] : [lineSvg(line, from, to)];
  });
  const kinds = ['allowed', 'observed', 'denied'] as const;
  const markers = kinds.map(
    (kind) =>
      `<marker id="a-${kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" fill="${colors[kind]}"/></marker>`,
  );
  const background = standalone ? `<rect width="100%" height="100%" fill="#f7f9fc"/>` : '';
  const style = standalone ? `<style>${mapStyle}</style>` : '';
  const least = standalone ? '' : ` style="min-width:${Math.min(Math.ceil(width), 900)}px"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" height="${Math.ceil(height)}" role="img" aria-label="${escaped(title)}"${least}>${style}<defs>${markers.join('')}</defs>${background}${drawn.map(({ path }) => path).join('\n')}
${[...boxes]
  .flatMap(([id, content]) => {
    const box = placed.get(id);
    return box === undefined ? [] : [boxSvg(box, content)];
  })
  .join('\n')}
${drawn.map(({ label }) => label).join('\n')}</svg>`;
}

function boxSvg({ x, y, width, height }: Placed, { title, rows, open, outside, href }: Content): string {
  const kind = outside ? 'box out' : open ? 'box open' : 'box';
  const lines = rows.map(
    ({ text, style }, index) =>
      `<text x="${x + 12}" y="${y + 42 + index * rowHeight}"${style === 'row' ? '' : ` class="${style}"`}>${escaped(cut(text, 33))}<title>${escaped(text)}</title></text>`,
  );
  const body = `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="7"/><text class="name" x="${x + 12}" y="${y + 22}">${escaped(cut(title, 24))}<title>${escaped(title)}</title></text>${lines.join('')}`;
  return href === undefined ? `<g>${body}</g>` : `<a href="${escaped(href)}">${body}</a>`;
}

function lineSvg({ kind, label }: Line, from: Placed, to: Placed): { readonly path: string; readonly label: string } {
  const sameColumn = Math.abs(from.x - to.x) < 1;
  const forward = to.x > from.x;
  const back = sameColumn ? to.y < from.y : !forward;
  const shift = (kind === 'allowed' ? -7 : kind === 'denied' ? 7 : 0) + (back ? 12 : -2);
  const [x1, x2] = sameColumn ? [from.x + from.width, to.x + to.width] : forward ? [from.x + from.width, to.x] : [from.x, to.x + to.width];
  const [y1, y2] = [from.y + from.height / 2 + shift, to.y + to.height / 2 + shift];
  const reach = sameColumn ? 46 + Math.min(50, Math.abs(y2 - y1) / 10) : Math.max(40, Math.abs(x2 - x1) / 2.2);
  const bend = sameColumn || forward ? reach : -reach;
  const end = sameColumn ? reach : forward ? -reach : reach;
  const [cx1, cx2] = [x1 + bend, x2 + end];
  const at = (a: number, b: number, c: number, d: number) => (a + 3 * b + 3 * c + d) / 8;
  const text =
    label === ''
      ? ''
      : `<text class="label" text-anchor="middle" x="${at(x1, cx1, cx2, x2).toFixed(1)}" y="${(at(y1, y1, y2, y2) - 4 + shift).toFixed(1)}">${escaped(cut(label, 30))}<title>${escaped(label)}</title></text>`;
  const path = `<path class="line ${kind}" marker-end="url(#a-${kind})" d="M${x1} ${y1}C${cx1.toFixed(1)} ${y1} ${cx2.toFixed(1)} ${y2} ${x2} ${y2}"><title>${escaped(label)}</title></path>`;
  return { path, label: text };
}

/** Words on a namespace: how many workloads, what is open. */
export function namespaceRows({ workloads }: MapNamespace): Content['rows'] {
  const count = (holds: (one: MapWorkload) => boolean) => workloads.filter(holds).length;
  const [exposed, bare, all] = [count(({ exposedBy }) => exposedBy.length > 0), count(({ openIn }) => openIn), workloads.length];
  const row = (text: string, style: 'dim' | 'warn') => ({ text, style });
  return [
    row(`${all} ${all === 1 ? 'workload' : 'workloads'}`, 'dim'),
    ...(exposed > 0 ? [row(`◉ ${exposed} reached from the internet`, 'warn')] : []),
    ...(bare > 0
      ? [row(bare === all ? '○ open to every pod' : `○ ${bare} open to every pod`, 'warn')]
      : [row('every workload guarded', 'dim')]),
  ];
}

const shownWorkloads = 14;

/** The whole map as one picture; `workloads`: names in their boxes. */
export function mapSvg(map: NetworkMap, workloads: boolean, standalone = true, link = false): string {
  const boxes = new Map<string, Content>();
  const outsiders = [...new Set(map.between.flatMap(({ from, to }) => [from, to]).filter((id) => id.startsWith('(')))].sort();
  for (const id of outsiders) boxes.set(id, { title: titleOf(id), rows: [], open: false, outside: true });
  map.namespaces.forEach((namespace, index) => {
    const names = workloads
      ? namespace.workloads.slice(0, shownWorkloads).map((one) => ({ text: `${marks(one)}${one.name}`, style: 'row' as const }))
      : [];
    const rest = namespace.workloads.length - names.length;
    boxes.set(namespace.name, {
      title: namespace.name,
      rows: [...namespaceRows(namespace), ...names, ...(workloads && rest > 0 ? [{ text: `… ${rest} more`, style: 'dim' as const }] : [])],
      open: namespace.workloads.some(({ openIn }) => openIn),
      outside: false,
      ...(link ? { href: `#n${index}` } : {}),
    });
  });
  const lines = map.between.map(({ from, to, kind, lines: count, flows }): Line => {
    const pairs = `${count} ${count === 1 ? 'pair' : 'pairs'}`;
    return {
      from,
      to,
      kind,
      label: kind === 'allowed' ? pairs : `${flows} ${kind === 'denied' ? 'denied' : flows === 1 ? 'flow' : 'flows'}`,
    };
  });
  return drawing(
    boxes,
    lines,
    outsiders.filter((id) => !id.startsWith('(to ')),
    'Network map: namespaces',
    standalone,
  );
}

/** ◉ reached from the internet, ○ open to every pod. */
export function marks({ exposedBy, openIn }: MapWorkload): string {
  return `${exposedBy.length > 0 ? '◉ ' : ''}${openIn ? '○ ' : ''}`;
}

/** One namespace: its workloads in the middle, other namespaces and the outside around them. */
export function namespaceSvg(map: NetworkMap, { name, workloads }: MapNamespace): string {
  const own = new Map(workloads.map((one) => [`${name}/${one.kind}/${one.name}`, one]));
  const near = map.lines.filter(({ from, to }) => own.has(from) || own.has(to));
  const outer = (end: string, side: 'from' | 'to') => {
    if (own.has(end)) return end;
    const what = isOutsider(end) ? end : `namespace ${namespaceOf(end)}`;
    return side === 'from' ? `(${what})` : `(to ${what})`;
  };
  const boxes = new Map<string, Content>();
  const merged = new Map<string, { from: string; to: string; kind: LineKind; labels: Set<string>; count: number }>();
  for (const { from, to, kind, ports } of near) {
    const [a, b] = [outer(from, 'from'), outer(to, 'to')];
    const key = `${a}\n${b}\n${kind}`;
    const line = merged.get(key) ?? { from: a, to: b, kind, labels: new Set<string>(), count: 0 };
    merged.set(key, line);
    line.count++;
    for (const text of ports.split(', ')) if (line.labels.size < 4) line.labels.add(text.replace(/ by .*/, ''));
    for (const id of [a, b]) if (!own.has(id)) boxes.set(id, { title: titleOf(id), rows: [], open: false, outside: true });
  }
  for (const [id, one] of own)
    boxes.set(id, {
      title: one.name,
      rows: [
        { text: one.kind, style: 'dim' },
        ...(one.exposedBy.length > 0 ? [{ text: `internet by ${one.exposedBy[0] ?? ''}`, style: 'warn' as const }] : []),
        ...(one.openIn ? [{ text: 'open to every pod', style: 'warn' as const }] : []),
      ],
      open: one.openIn,
      outside: false,
    });
  const lines = [...merged.values()].map(({ from, to, kind, labels, count }) => ({
    from,
    to,
    kind,
    label: `${[...labels].join(', ')}${count > labels.size && labels.size >= 4 ? ', …' : ''}`,
  }));
  return drawing(
    boxes,
    lines,
    [...boxes.keys()].filter((id) => id.startsWith('(') && !id.startsWith('(to ')),
    `Network map: namespace ${name}`,
    false,
  );
}

/** What a box for something outside is called: the same on both sides. */
function titleOf(id: string): string {
  return id.slice(1, -1).replace(/^to /, '');
}
