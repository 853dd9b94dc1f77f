// Where boxes go: columns from left to right by how far they are from the outside along the lines, each column sorted so that lines are short;
// boxes without a line stand below in rows. Deterministic, and linear but for the sorting.

export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface Placed extends Box {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly boxes: ReadonlyMap<string, Placed>;
  readonly width: number;
  readonly height: number;
}

const gapX = 110;
const gapY = 18;
const margin = 16;

/** Places boxes; `first` go into the first column. Lines between boxes that are not there are ignored. */
export function layout(
  boxes: readonly Box[],
  lines: readonly { readonly from: string; readonly to: string }[],
  first: readonly string[],
): Layout {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const real = lines.filter(({ from, to }) => from !== to && byId.has(from) && byId.has(to));
  const touched = new Set(real.flatMap(({ from, to }) => [from, to]));
  const column = columnsOf(boxes, real, first, touched);
  const count = Math.max(0, ...column.values()) + 1;
  const columns: Box[][] = Array.from({ length: touched.size === 0 ? 0 : count }, () => []);
  for (const box of boxes) if (touched.has(box.id)) columns[column.get(box.id) ?? 0]?.push(box);
  const rank = new Map<string, number>();
  for (const members of columns) {
    const weight = (box: Box) => {
      const near = real.flatMap(({ from, to }) => (to === box.id ? (rank.get(from) ?? []) : from === box.id ? (rank.get(to) ?? []) : []));
      return near.length === 0 ? Number.POSITIVE_INFINITY : near.reduce((sum, one) => sum + one, 0) / near.length;
    };
    const weights = new Map(members.map((box) => [box, weight(box)]));
    members.sort((a, b) => {
      const [x, y] = [weights.get(a) ?? 0, weights.get(b) ?? 0];
      return x === y ? (a.id < b.id ? -1 : 1) : x - y;
    });
    members.forEach((box, index) => {
      rank.set(box.id, index);
    });
  }
  const placed = new Map<string, Placed>();
  let x = margin;
  let height = margin;
  const tallest = Math.max(0, ...columns.map((members) => members.reduce((sum, box) => sum + box.height + gapY, 0)));
  for (const members of columns.flatMap((own) => chunks(own, Math.max(1400, Math.sqrt(own.length) * 240)))) {
    const total = members.reduce((sum, box) => sum + box.height + gapY, -gapY);
    let y = margin + Math.max(0, (Math.min(tallest, 1400) - total) / 2);
    for (const box of members) {
      placed.set(box.id, { ...box, x, y });
      y += box.height + gapY;
    }
    height = Math.max(height, y);
    x += Math.max(0, ...members.map((box) => box.width)) + gapX;
  }
  const width = Math.max(x - gapX + margin, 700);
  return {
    boxes: placed,
    ...below(
      boxes.filter(({ id }) => !touched.has(id)),
      placed,
      width,
      height + margin,
    ),
  };
}

/** Distance from the first column along the lines; who is not reached from there starts beside it. */
function columnsOf(
  boxes: readonly Box[],
  lines: readonly { readonly from: string; readonly to: string }[],
  first: readonly string[],
  touched: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const next = Map.groupBy(lines, ({ from }) => from);
  const column = new Map<string, number>();
  const walk = (start: string, at: number) => {
    if (column.has(start)) return;
    column.set(start, at);
    let front = [start];
    for (let depth = at + 1; front.length > 0; depth++) {
      const reached: string[] = [];
      for (const id of front)
        for (const { to } of next.get(id) ?? [])
          if (!column.has(to)) {
            column.set(to, depth);
            reached.push(to);
          }
      front = reached;
    }
  };
  for (const id of first) if (touched.has(id)) walk(id, 0);
  const into = new Set(lines.map(({ to }) => to));
  const offset = first.some((id) => touched.has(id)) ? 1 : 0;
  for (const { id } of boxes) if (touched.has(id) && !into.has(id)) walk(id, offset);
  for (const { id } of boxes) if (touched.has(id)) walk(id, offset);
  return column;
}

function chunks(members: readonly Box[], most: number): readonly (readonly Box[])[] {
  const found: Box[][] = [[]];
  let height = 0;
  for (const box of members) {
    if (height > 0 && height + box.height > most) {
      found.push([]);
      height = 0;
    }
    found.at(-1)?.push(box);
    height += box.height + gapY;
  }
  return found;
}

/** Rows of boxes below the rest. */
function below(
  boxes: readonly Box[],
  placed: Map<string, Placed>,
  width: number,
  top: number,
): { readonly width: number; readonly height: number } {
  const across = Math.max(width, Math.min(1240, Math.ceil(Math.sqrt(boxes.length)) * 260));
  let [x, y, row] = [margin, top, 0];
  for (const box of boxes) {
    if (x + box.width + margin > across) {
      x = margin;
      y += row + gapY;
      row = 0;
    }
    placed.set(box.id, { ...box, x, y });
    x += box.width + gapY;
    row = Math.max(row, box.height);
  }
  return { width: across, height: boxes.length === 0 ? top : y + row + margin };
}
