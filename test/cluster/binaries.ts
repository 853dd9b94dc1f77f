// The programs of a real control plane: built once from their Go modules (controlplane/ and etcd/ beside this file, kwok by `go install`)
// into a cache that every checkout shares. Kubernetes' staging modules are replaced by the published ones in controlplane/go.mod, because
// a plain `go install k8s.io/kubernetes/...` is not possible. Building takes Go 1.26 and about twelve minutes on two cores, once.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a test starts. All but etcd and kwok are one binary that looks at its first argument. */
export type Program = 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubectl' | 'etcd' | 'kwok';

const kwokVersion = 'v0.7.0';
const inControlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'] as const;

/** The folder of the binaries: `$CLUSTER_HOME/bin`, else `cofferdam-cluster/bin` in the user's cache. */
export const binaries = join(
  process.env.CLUSTER_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cofferdam-cluster'),
  'bin',
);

/** The release that is built, from go.mod: `v1.36.3`. */
export const kubernetesVersion =
  /^\s*(?:require\s+)?k8s\.io\/kubernetes\s+(v[0-9.]+)$/m.exec(
    readFileSync(join(import.meta.dirname, 'controlplane', 'go.mod'), 'utf8'),
  )?.[1] ?? '';
const controlPlane = join(binaries, `controlplane-${kubernetesVersion}`);

/** The command line that runs a program: file and leading arguments. */
export function command(program: Program): readonly string[] {
  return program === 'etcd' || program === 'kwok' ? [join(binaries, program)] : [controlPlane, program];
}

/** True where everything is built. */
export function built(): boolean {
  return existsSync(controlPlane) && existsSync(join(binaries, 'etcd')) && existsSync(join(binaries, 'kwok'));
}

/** Why no control plane can be started here, as a sentence; undefined where one can. */
export function whyMissing(): string | undefined {
  const wish = process.env.COFFERDAM_CLUSTER;
  if (wish === 'off') return 'COFFERDAM_CLUSTER=off';
  if (process.platform === 'win32') return 'the control plane runs on Linux and macOS only';
  if (spawnSync('openssl', ['version'], { stdio: 'ignore' }).status !== 0)
    return 'openssl is not installed, so no certificates can be made';
  if (built() || wish === 'build') return undefined;
  const go = spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
  return `no control plane is built in ${binaries}; ${go ? '' : 'with Go 1.26 installed, '}npm run cluster:build builds one (once, about 12 minutes)`;
}

/** Builds what is missing, with Go's own words on stderr. */
export async function build(): Promise<void> {
  mkdirSync(binaries, { recursive: true });
  const minor = kubernetesVersion.split('.')[1] ?? '';
  const [server, client] = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const versions = `-X ${server}.gitVersion=${kubernetesVersion} -X ${server}.gitMajor=1 -X ${server}.gitMinor=${minor} -X ${client}.gitVersion=${kubernetesVersion}`;
  if (!existsSync(controlPlane)) await go('controlplane', ['build', '-trimpath', '-o', controlPlane, `-ldflags=-s -w ${versions}`, '.']);
  if (!existsSync(join(binaries, 'etcd'))) await go('etcd', ['build', '-trimpath', '-o', join(binaries, 'etcd'), '-ldflags=-s -w', '.']);
  if (!existsSync(join(binaries, 'kwok'))) await go('.', ['install', '-ldflags=-s -w', `sigs.k8s.io/kwok/cmd/kwok@${kwokVersion}`]);
  for (const name of inControlPlane) {
    rmSync(join(binaries, name), { force: true });
    symlinkSync(`controlplane-${kubernetesVersion}`, join(binaries, name));
  }
}

function go(folder: string, words: readonly string[]): Promise<void> {
  console.error(`cluster: go ${words[0]} in test/cluster/${folder} …`);
  const child = spawn('go', words, {
    cwd: join(import.meta.dirname, folder),
    env: { ...process.env, GOBIN: binaries },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', () => reject(new Error('Go is not installed; the control plane for tests is built with Go 1.26')));
    child.on('exit', (status) => (status === 0 ? resolve() : reject(new Error(`go ${words[0]} ended with status ${status}`))));
  });
}
