// What a report format is: one pure function from the one result to text. A format is one file of this folder and one line in `index.ts`.

import type { Control } from '../controls/control.ts';
import type { ScanResult } from '../controls/result.ts';

/** How the reader looks at the text. */
export interface View {
  readonly color: boolean;
  /** Columns of the terminal; undefined where the text goes to a file or a pipe, then nothing is cut. */
  readonly width: number | undefined;
  /** Milliseconds since the epoch, for formats that must carry a time. Undefined leaves times out: same input, same bytes. */
  readonly time?: number;
  readonly version: string;
}

export interface Format {
  readonly name: string;
  readonly description: string;
  /** The text, or its pieces in order where one string could not hold it. */
  readonly render: (result: ScanResult, catalogue: readonly Control[], view: View) => string | Iterable<string>;
}
