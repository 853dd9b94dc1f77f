// A map as data: things, lines between them, and how each stands to the target. Every map is built of one snapshot; the difference of two
// snapshots is the difference of their maps.

export const mapNames = [
  'architecture',
  'application',
  'identity',
  'storage',
  'pipeline',
  'recovery',
  'responsibility',
  'exposure',
] as const;

export type MapName = (typeof mapNames)[number];

export type MapState = 'same' | 'removed' | 'added' | 'changed';

export interface MapThing {
  /** Stable: the same thing has the same id in two snapshots. */
  readonly id: string;
  /** What sort of thing, for its colour: `workload`, `internet`, `node`, `zone`, `power`. */
  readonly kind: string;
  readonly label: string;
  /** Lines of smaller text. */
  readonly notes: readonly string[];
  /** True for what a reader should look at first: no backup, full rights, open to the internet. */
  readonly bad: boolean;
}

export interface MapLine {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export interface MapPicture {
  readonly things: readonly MapThing[];
  readonly lines: readonly MapLine[];
  /** Things that were left out over the limit. */
  readonly more: number;
}

/** Most things of one picture: more cannot be read. */
export const mostThings = 300;

/** Collects a picture; the same thing or line is taken once. */
export class Sketch {
  readonly #things = new Map<string, MapThing>();
  readonly #lines = new Map<string, MapLine>();
  #more = 0;

  thing(
    id: string,
    kind: string,
    label: string,
    { notes = [], bad = false }: { readonly notes?: readonly string[]; readonly bad?: boolean } = {},
  ): string {
    if (this.#things.has(id)) return id;
    if (this.#things.size >= mostThings) this.#more++;
    else this.#things.set(id, { id, kind, label, notes, bad });
    return id;
  }

  line(from: string, to: string, label = ''): void {
    const key = `${from}\n${to}`;
    const known = this.#lines.get(key);
    if (known === undefined) this.#lines.set(key, { from, to, label });
    else if (label !== '' && !known.label.split(', ').includes(label) && known.label.length < 60)
      this.#lines.set(key, { ...known, label: known.label === '' ? label : `${known.label}, ${label}` });
  }

  picture(): MapPicture {
    const lines = [...this.#lines.values()].filter(({ from, to }) => this.#things.has(from) && this.#things.has(to) && from !== to);
    return { things: [...this.#things.values()], lines, more: this.#more };
  }
}
