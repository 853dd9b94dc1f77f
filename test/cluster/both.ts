// One script against two servers: every line is run by a shell against the real API server and against the simulated one, and what it prints and
// how it ends must be equal once what no two servers share is made alike. `NS` in a line is a namespace of its own that both have. Controllers
// and repair loops of a real cluster work in their own time: what differs is asked again from the start, and counts when it differs each time.

import { spawn } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { kubeconfigText } from '../../src/server/simulate/kubeconfig.ts';
import type { SimulateOptions } from '../../src/server/simulate/simulate.ts';
import { folder } from '../folder.ts';
import { startSimulated } from '../simulated.ts';
import { binaries, command } from './binaries.ts';
import type { Cluster } from './cluster.ts';

export interface Both {
  /** Lines whose outcomes differ each time the script is run, with both outcomes of the last time. */
  readonly differences: (script: string) => Promise<readonly string[]>;
}

/** How often a script is run at most before what differs is believed. */
const mostRuns = 3;

interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A simulated server beside a real one, and a folder with `files` where the lines are run. */
export async function bothServers(
  t: TestContext,
  cluster: Cluster,
  files: Readonly<Record<string, string>>,
  options: Pick<SimulateOptions, 'play' | 'objects'> = { objects: [] },
): Promise<Both> {
  const server = await startSimulated({ host: '127.0.0.1', port: 0, ...options });
  t.after(server.stop);
  const root = folder(t, files);
  for (const name of Object.keys(files)) if (name.endsWith('.sh')) chmodSync(join(root, name), 0o755);
  const quoted = command('kubectl').map((word) => `'${word}'`);
  writeFileSync(join(root, 'kubectl'), `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`, { mode: 0o755 });
  const simulated = join(root, 'simulated.conf');
  const text = kubeconfigText(server.url, server.authority, 'admin', ['system:masters']).replaceAll('"simulated"', '"real"');
  writeFileSync(simulated, text, { mode: 0o600 });
  const runScript = async (lines: readonly string[]) => {
    const namespace = await cluster.namespace('both');
    await run(root, simulated, `kubectl create namespace ${namespace}`);
    // What a controller makes in every namespace, and nobody where there are none.
    await run(root, cluster.kubeconfig, `kubectl create configmap kube-root-ca.crt --from-literal=ca.crt=a -n ${namespace}`);
    const found = new Map<number, string>();
    for (const [at, line] of lines.entries()) {
      const words = line.replaceAll('NS', namespace);
      const [real, ours] = await Promise.all([run(root, cluster.kubeconfig, words), run(root, simulated, words)]);
      const [wanted, given] = [shown(real, cluster.server), shown(ours, server.url)];
      if (wanted !== given) found.set(at, `${line}\n--- real\n${wanted}\n--- simulated\n${given}`);
    }
    return found;
  };
  return {
    async differences(script) {
      const lines = script.trim().split('\n');
      let found = await runScript(lines);
      for (let again = 1; again < mostRuns && found.size > 0; again++) {
        for (const one of found.values()) t.diagnostic(`differed in run ${again}: ${one}`);
        const now = await runScript(lines);
        found = new Map([...now].filter(([at]) => found.has(at)));
      }
      return [...found.values()];
    },
  };
}

/** Whether helm is beside the control plane's programs. */
export function hasHelm(): boolean {
  return existsSync(join(binaries, 'helm'));
}

function run(cwd: string, kubeconfig: string, line: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const path = [cwd, binaries, process.env.PATH ?? ''].join(':');
    const env = { PATH: path, HOME: cwd, KUBECONFIG: kubeconfig, KUBERC: 'off', TZ: 'UTC', LANG: 'C.UTF-8' };
    const child = spawn('/bin/sh', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

const letters = '[bcdfghjklmnpqrstvwxz2456789]';

/** What differs between any two servers is made alike. The hashes of pod templates stay. */
function shown({ exit, stdout, stderr }: Ran, url: string): string {
  return `exit ${exit}\n${stdout}${stderr}`
    .replaceAll(url.replace('https://', ''), 'SERVER')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, 'TIME')
    .replace(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d+)? \+0000(?: UTC)?/g, 'TIME')
    .replace(/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:\d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000|\w{3} +\d+ \d{2}:\d{2}:\d{2} \d{4})/g, 'DATE')
    .replace(/(resourceVersion"?: ?"|Resource ?Version: +)\d+/g, '$1RV')
    .replace(/(?<=[\s(])(?:\d+[smh])+(?=[\s)]|$)/g, 'AGE')
    .replace(/\b10\.(?:0|244)\.\d+\.\d+\b/g, 'ADDRESS')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'TOKEN')
    .replace(/X509SHA256=[0-9a-f]{64}/g, 'X509SHA256=HASH')
    .replace(/(kube-api-access)-\w{5}/g, '$1-RANDOM')
    .replace(new RegExp(`-${letters}{5}\\b`, 'g'), '-RANDOM')
    .replace(/(LIVE|MERGED)-\d+|(kubectl-edit)-\d+/g, '$1$2-RANDOM')
    .replace(/-{4,}/g, '---')
    .replace(/[ \t]+/g, ' ')
    .replace(/ $/gm, '');
}
