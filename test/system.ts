// Parts of the system that some tests need. Each is installed where that is allowed (root on Debian, and only when asked for by
// COFFERDAM_INSTALL=1 or in CI), and otherwise the test is skipped with the reason printed.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Found = { readonly path: string } | { readonly missing: string };

/** A program on the PATH. */
export function program(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

/** A Debian package's program: found, installed now, or the reason why not. */
export function debianProgram(names: readonly string[], packageName: string): Found {
  const present = names.map(program).find((path) => path !== undefined);
  if (present !== undefined) return { path: present };
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return { missing: `${packageName} is not installed, and this is not root on Debian` };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  const { status } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', packageName], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const installed = names.map(program).find((path) => path !== undefined);
  return status === 0 && installed !== undefined ? { path: installed } : { missing: `${packageName} could not be installed` };
}

/** A Chromium to look at pages with. */
export function chromium(): Found {
  return debianProgram(['chromium', 'chromium-browser', 'google-chrome'], 'chromium');
}
