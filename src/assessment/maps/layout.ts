// Where the boxes of a map go: columns by the longest way from a beginning, so that lines run from left to right; each column sorted by
// what its boxes are joined to; boxes without a line in rows below. Lines that would close a circle are left out of the columns.

export interface Box {
  readonly id: string;
  readonly height: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  readonly width: number;
  readonly height: number;
}

export const boxWidth = 250;
const [gapX, gapY, margin, across] = [90, 16, 16, 4];

interface Line {
  readonly from: string;
  readonly to: string;
}

/** Places boxes. The same boxes and lines give the same places. */
export function layout(boxes: readonly Box[], lines: readonly Line[]): Layout {
  const joined = new Set(lines.flatMap(({ from, to }) => [from, to]));
  const inside = boxes.filter(({ id }) => joined.has(id));
  const columns = sorted(columnsOf(inside, lines), lines);
  const heights = columns.map((column) => column.reduce((sum, { height }) => sum + height + gapY, -gapY));
  const tallest = Math.max(0, ...heights);
  const places = new Map<string, Place>();
  for (const [index, column] of columns.entries()) {
    let y = margin + (tallest - (heights[index] ?? 0)) / 2;
    for (const { id, height } of column) {
      places.set(id, { x: margin + index * (boxWidth + gapX), y, height });
      y += height + gapY;
    }
  }
  const alone = boxes.filter(({ id }) => !joined.has(id));
  const below = rows(alone, columns.length === 0 ? margin : tallest + 2 * margin + gapY, places);
  const wide = Math.max(columns.length * (boxWidth + gapX) - gapX, Math.min(alone.length, across) * (boxWidth + gapY) - gapY, boxWidth);
  return { places, width: wide + 2 * margin, height: Math.max(tallest + 2 * margin, below + margin) };
}

function rows(boxes: readonly Box[], top: number, places: Map<string, Place>): number {
  let y = top;
  for (let start = 0; start < boxes.length; start += across) {
    const row = boxes.slice(start, start + across);
    for (const [index, { id, height }] of row.entries()) places.set(id, { x: margin + index * (boxWidth + gapY), y, height });
    y += Math.max(...row.map(({ height }) => height)) + gapY;
  }
  return boxes.length === 0 ? 0 : y;
}

/** Columns by the longest way; a walk in depth leaves out the lines that lead back. */
function columnsOf(boxes: readonly Box[], lines: readonly Line[]): readonly (readonly Box[])[] {
  const next = Map.groupBy(lines, ({ from }) => from);
  const state = new Map<string, 'open' | 'done'>();
  const order: string[] = [];
  const forward = new Set<Line>();
  const begins = new Set(lines.map(({ to }) => to));
  for (const { id } of boxes.toSorted((a, b) => Number(begins.has(a.id)) - Number(begins.has(b.id)))) {
    const stack: { readonly id: string; place: number }[] = state.has(id) ? [] : [{ id, place: 0 }];
    while (stack.length > 0) {
      const here = stack[stack.length - 1];
      if (here === undefined) break;
      state.set(here.id, state.get(here.id) ?? 'open');
      const line = next.get(here.id)?.[here.place++];
      if (line === undefined) {
        state.set(here.id, 'done');
        order.push(here.id);
        stack.pop();
      } else if (state.get(line.to) !== 'open') {
        forward.add(line);
        if (!state.has(line.to)) stack.push({ id: line.to, place: 0 });
      }
    }
  }
  const column = new Map<string, number>();
  for (const id of order.reverse())
    for (const line of next.get(id) ?? [])
      if (forward.has(line)) column.set(line.to, Math.max(column.get(line.to) ?? 0, (column.get(id) ?? 0) + 1));
  const columns: Box[][] = [];
  for (const box of boxes) {
    const index = column.get(box.id) ?? 0;
    while (columns.length <= index) columns.push([]);
    columns[index]?.push(box);
  }
  return columns;
}

/** Each column by the mean place of what its boxes are joined to in the column before, twice. */
function sorted(columns: readonly (readonly Box[])[], lines: readonly Line[]): readonly (readonly Box[])[] {
  const near = new Map<string, string[]>();
  for (const { from, to } of lines) {
    near.set(from, [...(near.get(from) ?? []), to]);
    near.set(to, [...(near.get(to) ?? []), from]);
  }
  const place = new Map(columns.flatMap((column) => column.map(({ id }, index) => [id, index / Math.max(1, column.length)] as const)));
  let result = columns;
  for (let round = 0; round < 2; round++)
    result = result.map((column) => {
      const weight = new Map(
        column.map(({ id }) => {
          const others = near.get(id) ?? [];
          return [id, others.reduce((sum, other) => sum + (place.get(other) ?? 0), 0) / Math.max(1, others.length)] as const;
        }),
      );
      const own = column.toSorted((a, b) => (weight.get(a.id) ?? 0) - (weight.get(b.id) ?? 0) || (a.id < b.id ? -1 : 1));
      for (const [index, { id }] of own.entries()) place.set(id, index / Math.max(1, own.length));
      return own;
    });
  return result;
}
