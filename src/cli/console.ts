// The three streams of a command: data on stdout, words for people on stderr. Tests make one of their own.

export interface Console {
  /** Data: nothing else goes to stdout. */
  readonly out: (text: string) => void;
  /** Progress, warnings and the closing line. */
  readonly err: (text: string) => void;
  /** True where stdout may carry colours. */
  readonly color: boolean;
  /** Columns of the terminal; undefined where stdout is no terminal. */
  readonly width: number | undefined;
  readonly quiet: boolean;
}
