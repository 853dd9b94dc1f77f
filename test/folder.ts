// A folder that lives for one test: `folder(t, { 'a/b.yaml': text })` makes the files and gives the path; it is gone when the test ends.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a test says when it ends. */
interface Ending {
  after(action: () => void): void;
}

/** Makes files by relative path. */
export function folder(t: Ending, files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'cofferdam-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}
