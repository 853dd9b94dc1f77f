// `npm run cluster:build`: builds the control plane for tests, once, and prints the folder of its programs.

import { binaries, build } from './binaries.ts';

try {
  await build();
  console.log(binaries);
} catch (error) {
  console.error(`cluster: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
