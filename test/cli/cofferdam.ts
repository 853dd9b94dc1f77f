// Runs the command line as a person does: the launcher as its own process, with its own folder and nothing of this machine's settings.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `cofferdam WORDS` in `folder`. */
export function cofferdam(
  words: readonly string[],
  options: { readonly folder?: string; readonly input?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin', 'cofferdam.cjs'), ...words], {
    cwd: options.folder ?? root,
    input: options.input ?? '',
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', NO_COLOR: '1', ...options.environment },
  });
  return { status, stdout, stderr };
}
