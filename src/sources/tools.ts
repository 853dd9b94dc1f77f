// Other programs that render manifests. They work on untrusted input, so they are run without a shell, with an environment of their own
// (no kubeconfig, no plugins, no git, every proxy a closed door, so nothing is fetched), a time limit and a limit on what they may print.

import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { failure, ok, type Result } from '../lib/result.ts';
import { maxRendered, renderTimeout } from './limits.ts';

/** The program `name` on a search path such as `PATH`, if there is one. */
export function findTool(name: string, searchPath: string): string | undefined {
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && isProgram(path)) return path;
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const nowhere = '/nonexistent';
const closed = 'http://127.0.0.1:9';
const environment: Readonly<Record<string, string>> = {
  PATH: '',
  HOME: nowhere,
  KUBECONFIG: nowhere,
  KUBERC: 'off',
  HELM_CACHE_HOME: nowhere,
  HELM_CONFIG_HOME: nowhere,
  HELM_DATA_HOME: nowhere,
  HELM_PLUGINS: nowhere,
  HTTP_PROXY: closed,
  HTTPS_PROXY: closed,
  http_proxy: closed,
  https_proxy: closed,
  GOMAXPROCS: '1',
};

/** Runs a program and gives what it printed, or one line on why it failed. */
export function runTool(program: string, words: readonly string[], timeout = renderTimeout): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], shell: false });
    const out: Buffer[] = [];
    let size = 0;
    let said = '';
    let stopped: string | undefined;
    const stop = (why: string) => {
      stopped ??= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop(`it took longer than ${timeout / 1000} seconds`), timeout);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxRendered) stop(`it printed more than ${maxRendered} bytes`);
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 65_536) said += chunk.toString('utf8');
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve(failure(error.message));
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (stopped !== undefined) resolve(failure(stopped));
      else if (status === 0) resolve(ok(Buffer.concat(out).toString('utf8')));
      else resolve(failure(lastWords(said) ?? `it ended with ${signal ?? `status ${status}`}`));
    });
  });
}

/** The line of a program's complaints that says what went wrong: warnings and log prefixes left out, of a long one beginning and end. */
function lastWords(said: string): string | undefined {
  const lines = said
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^[EWI][0-9]{4} [0-9:.]+ +[0-9]+ [a-z_]+\.go:[0-9]+\] /, '')
        .replace(/^error: /i, '')
        .replace(/^"command failed" err=(?:<|"(.*)")$/, '$1'),
    )
    .filter((line) => line !== '' && line !== '>' && !/^(?:#? ?warning\b|walk\.go|level=)/i.test(line));
  const first = lines[0];
  return first === undefined || first.length <= 300 ? first : `${first.slice(0, 80)} … ${first.slice(-200)}`;
}
