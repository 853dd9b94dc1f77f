// What a suite of third-party cases is to the runner: a name and a function over a data folder. Cases are data; the engines under test are
// ours; a skipped case stands in `skips/<suite>.json` with its reason, and that list only shrinks.

import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface CaseResult {
  readonly id: string;
  readonly passed: boolean;
  /** For a failing case: what was expected and what was answered. */
  readonly detail?: string;
}

export interface Suite {
  readonly name: string;
  /** The data folder, where it is another suite's. */
  readonly folder?: string;
  /** Judges every case of the folder. Figures beside pass and fail (F1, rates by part) go to `note`. */
  readonly run: (folder: string, note: (line: string) => void) => AsyncIterable<CaseResult> | Iterable<CaseResult>;
}

/** Reads a file of JSON lines. */
export async function* jsonLines<T>(folder: string, file: string): AsyncGenerator<T> {
  for await (const line of createInterface({ input: createReadStream(join(folder, file)), crlfDelay: Number.POSITIVE_INFINITY }))
    if (line.trim() !== '') yield JSON.parse(line) as T;
}

/** Reads a JSON file of the folder. */
export function json<T>(folder: string, file: string): T {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
}
