// The inputs of the side-by-side measurements, which lie beside the project.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const shared = join(import.meta.dirname, '..', '..', 'shared', 'peers');
export const inputs = join(shared, 'inputs');

if (!existsSync(inputs)) {
  console.log('the inputs are not beside this checkout');
  process.exit(0);
}

/** The JSON lines of a gzipped file. */
export function lines<T>(file: string): readonly T[] {
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
