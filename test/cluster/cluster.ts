// A real Kubernetes control plane inside a test: kube-apiserver and etcd, with the controller manager, the scheduler and nodes played by
// kwok when asked for. It is the judge of what this program says about requests, rights, defaults, policies and watches.
//
//   const cluster = await realCluster(t);
//   if (cluster === undefined) return; // not built here; the test is skipped with the reason
//
// All tests of a run that ask for the same options share one cluster: work in a namespace of your own (`await cluster.namespace('mine')`),
// or ask for `{ own: true }`. Everything is on loopback, in a temporary folder, and ends with the test process. Containers do not run.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Answer, client } from './api.ts';
import { build, built, command, whyMissing } from './binaries.ts';
import { type KeyPair, makeAuthority, makeCertificate, makeSigningKey } from './certificates.ts';
import { freePorts, type Processes, processes, type Server } from './processes.ts';

export interface ClusterOptions {
  /** Added to the API server's own, such as `--authorization-config=FILE`. A flag given here wins. */
  readonly apiServerFlags?: readonly string[];
  /** Behaviour of an older release: `1.34`. */
  readonly emulatedVersion?: string;
  /** Start the controller manager and the scheduler too. */
  readonly controllers?: boolean;
  /** Start the scheduler alone, so that nobody taints nodes without a kubelet. */
  readonly scheduler?: boolean;
  /** Nodes played by kwok, named node-1, node-2, … in three zones; pods bound to them run, in words only. */
  readonly nodes?: number;
  /** Write every request and response to `auditLog`. */
  readonly audit?: boolean;
  /** A cluster for this test alone, stopped when the test ends. */
  readonly own?: boolean;
}

export interface Cluster {
  /** Temporary folder with certificates, logs and data. */
  readonly folder: string;
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** The authority's certificate as PEM. */
  readonly ca: string;
  /** The administrator's, a member of system:masters. */
  readonly credentials: KeyPair;
  /** `http://127.0.0.1:PORT` of etcd. */
  readonly etcd: string;
  /** Path of the audit log; empty unless asked for. */
  readonly auditLog: string;
  /** Runs the real kubectl as administrator; its standard output. Fails with its words when its status is not 0. */
  readonly kubectl: (words: readonly string[], input?: string) => Promise<string>;
  /** One request as administrator. `await cluster.api('POST', '/api/v1/namespaces', {...})`; the status is the caller's to judge. */
  readonly api: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Makes a namespace whose name begins with `prefix`, with its default service account, and returns its name. */
  readonly namespace: (prefix: string) => Promise<string>;
  /** A user with a client certificate: the path of a kubeconfig. */
  readonly user: (name: string, groups?: readonly string[]) => string;
  /** A token of a service account, as the token request API gives it. */
  readonly token: (namespace: string, serviceAccount: string) => Promise<string>;
  /** Ends the API server, as a crash does with SIGKILL, and starts it again on the same port and data. */
  readonly stopApiServer: (signal?: NodeJS.Signals) => Promise<void>;
  readonly startApiServer: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const running = new Map<string, Promise<Cluster>>();
let told = false;

/** The cluster with these options, started on first use; undefined, and the test skipped with the reason, where there can be none. */
export async function realCluster(t: TestContext, options: ClusterOptions = {}): Promise<Cluster | undefined> {
  const reason = whyMissing();
  if (reason !== undefined) {
    if (!told) console.error(`tests with a real control plane are skipped: ${reason}`);
    told = true;
    t.skip(reason);
    return undefined;
  }
  if (!built()) await build();
  if (options.own === true) {
    const cluster = await startCluster(options);
    t.after(cluster.stop);
    return cluster;
  }
  const key = JSON.stringify([
    options.apiServerFlags,
    options.emulatedVersion,
    options.controllers,
    options.scheduler,
    options.nodes,
    options.audit,
  ]);
  let cluster = running.get(key);
  if (cluster === undefined) {
    cluster = startCluster(options);
    running.set(key, cluster);
  }
  return cluster;
}

/** Starts a cluster. Tests ask `realCluster`; this is for programs that stop it themselves. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-cluster-'));
  const servers = processes(folder);
  try {
    return await start(folder, servers, options);
  } catch (error) {
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function start(folder: string, servers: Processes, options: ClusterOptions): Promise<Cluster> {
  const authority = makeAuthority(folder);
  makeCertificate(folder, {
    file: 'apiserver',
    subject: '/CN=kube-apiserver',
    names: 'DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.0.0.1',
  });
  const credentials = makeCertificate(folder, { file: 'admin', subject: '/O=system:masters/CN=admin' });
  makeSigningKey(folder, 'sa');
  const [port = 0, etcdPort = 0, peerPort = 0] = await freePorts(3);
  const server = `https://127.0.0.1:${port}`;
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const { api, close } = client(server, authority.certificate, credentials);
  const kubeconfig = writeKubeconfig(folder, server, 'admin');

  const peers = ['--listen-peer-urls', `http://127.0.0.1:${peerPort}`];
  const store = ['--data-dir', 'etcd', '--listen-client-urls', etcd, '--advertise-client-urls', etcd, ...peers, '--unsafe-no-fsync'];
  servers.start('etcd', [...command('etcd'), ...store]);
  if (options.audit === true)
    writeFileSync(join(folder, 'audit-policy.yaml'), 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: RequestResponse}]\n');
  const flags = apiServerFlags(port, etcd, options);
  let apiServer: Server | undefined;
  const startApiServer = async () => {
    apiServer = servers.start('kube-apiserver', [...command('kube-apiserver'), ...flags]);
    await ready(api, apiServer, join(folder, 'kube-apiserver.log'));
  };
  await startApiServer();

  const kubectl = (words: readonly string[], input?: string) => runKubectl(kubeconfig, words, input);
  if (options.controllers === true) startControllers(folder, server, servers, ['kube-controller-manager', 'kube-scheduler']);
  else if (options.scheduler === true) startControllers(folder, server, servers, ['kube-scheduler']);
  if (options.nodes !== undefined) {
    servers.start('kwok', [...command('kwok'), `--kubeconfig=${kubeconfig}`, '--manage-all-nodes=true']);
    for (let index = 1; index <= options.nodes; index++) await created(api, '/api/v1/nodes', node(index));
  }
  let namespaces = 0;
  return {
    folder,
    server,
    kubeconfig,
    ca: authority.certificate,
    credentials,
    etcd,
    auditLog: options.audit === true ? join(folder, 'audit.log') : '',
    kubectl,
    api,
    async namespace(prefix) {
      const name = `${prefix}-${process.pid}-${++namespaces}`;
      await created(api, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      await created(api, `/api/v1/namespaces/${name}/serviceaccounts`, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default' },
      });
      return name;
    },
    user(name, groups = []) {
      const file = `user-${name.replace(/[^A-Za-z0-9.-]/g, '-')}`;
      makeCertificate(folder, { file, subject: `${groups.map((group) => `/O=${group}`).join('')}/CN=${name}` });
      return writeKubeconfig(folder, server, file);
    },
    async token(namespace, serviceAccount) {
      const { body } = await created(api, `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {},
      });
      return (body as { readonly status: { readonly token: string } }).status.token;
    },
    async stopApiServer(signal) {
      await apiServer?.stop(signal);
    },
    startApiServer,
    async stop() {
      close();
      await servers.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function apiServerFlags(port: number, etcd: string, options: ClusterOptions): readonly string[] {
  // The order of authorizers is given by the one or by the other.
  const configured = options.apiServerFlags?.some((flag) => flag.startsWith('--authorization-config=')) === true;
  return [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--client-ca-file=ca.crt',
    '--tls-cert-file=apiserver.crt',
    '--tls-private-key-file=apiserver.key',
    '--service-account-key-file=sa.pub',
    '--service-account-signing-key-file=sa.key',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.0.0.0/16',
    ...(configured ? [] : ['--authorization-mode=Node,RBAC']),
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    ...(options.audit === true ? ['--audit-policy-file=audit-policy.yaml', '--audit-log-path=audit.log'] : []),
    ...(options.emulatedVersion === undefined ? [] : [`--emulated-version=${options.emulatedVersion}`]),
    ...(options.apiServerFlags ?? []),
  ];
}

type Controller = 'kube-controller-manager' | 'kube-scheduler';

function startControllers(folder: string, server: string, servers: Processes, programs: readonly Controller[]): void {
  for (const program of programs) {
    const user = program === 'kube-scheduler' ? 'scheduler' : 'kcm';
    makeCertificate(folder, { file: user, subject: `/CN=system:${program}` });
    const path = writeKubeconfig(folder, server, user);
    const common = [`--kubeconfig=${path}`, `--authentication-kubeconfig=${path}`, `--authorization-kubeconfig=${path}`, '--secure-port=0'];
    const keys = ['--service-account-private-key-file=sa.key', '--root-ca-file=ca.crt', '--use-service-account-credentials'];
    const signing = ['--cluster-signing-cert-file=ca.crt', '--cluster-signing-key-file=ca.key'];
    // On a busy machine heartbeats come late: nodes are not lost for it. Autoscalers are looked at more often than each quarter of a minute.
    const paces = ['--node-monitor-grace-period=1h', '--horizontal-pod-autoscaler-sync-period=3s'];
    servers.start(program, [...command(program), ...common, ...(user === 'kcm' ? [...keys, ...signing, ...paces] : [])]);
  }
}

function node(index: number): unknown {
  const name = `node-${index}`;
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'topology.kubernetes.io/zone': `zone-${index % 3}`,
  };
  const capacity = { cpu: '64', memory: '512Gi', pods: '10000' };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status: { capacity, allocatable: capacity } };
}

/** Writes NAME.conf for the client certificate NAME.crt, which may be of any user. */
function writeKubeconfig(folder: string, server: string, name: string): string {
  const path = join(folder, `${name}.conf`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster: { server, 'certificate-authority': join(folder, 'ca.crt') } }],
    users: [{ name, user: { 'client-certificate': join(folder, `${name}.crt`), 'client-key': join(folder, `${name}.key`) } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: name } }],
    'current-context': 'real',
  };
  writeFileSync(path, JSON.stringify(config, undefined, 2));
  return path;
}

async function ready(api: Cluster['api'], server: Server, log: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const answer = await api('GET', '/readyz').catch(() => undefined);
    if (answer?.status === 200) return;
    if (!server.running()) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`kube-apiserver is not ready:\n${readFileSync(log, 'utf8').split('\n').slice(-15).join('\n')}`);
}

async function created(api: Cluster['api'], path: string, body: unknown): Promise<Answer> {
  const answer = await api('POST', path, body);
  assert.ok([201, 409].includes(answer.status), `POST ${path}: ${answer.status} ${answer.text}`);
  return answer;
}

function runKubectl(kubeconfig: string, words: readonly string[], input: string | undefined): Promise<string> {
  const [file = '', ...leading] = command('kubectl');
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBERC: 'off' };
  const child = spawn(file, [...leading, ...words], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(Buffer.concat(output).toString());
      else reject(new Error(`kubectl ${words.join(' ')}: status ${status}\n${Buffer.concat(complaints)}`));
    });
  });
}
