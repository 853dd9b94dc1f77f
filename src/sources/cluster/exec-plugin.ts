// Credentials from a program: client.authentication.k8s.io/v1 and v1beta1 (Kubernetes 1.36, "client-go credential plugins"). The program is
// started without a shell, told about the cluster in KUBERNETES_EXEC_INFO, and answers an ExecCredential on stdout. What it says on stderr
// goes to the person when one is there, else into the problem. Its answer is never shown.

import { type ChildProcess, spawn } from 'node:child_process';
import { asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { printable } from '../../lib/text.ts';
import type { ExecPlugin } from './authentication.ts';
import type { Environment } from './kubeconfig.ts';

/** What a plugin hands out. */
export interface PluginCredentials {
  readonly token: string | undefined;
  readonly certificate: { readonly certificate: string; readonly key: string } | undefined;
  /** Milliseconds since the epoch; undefined where they hold until refused. */
  readonly expires: number | undefined;
}

export interface PluginOptions {
  readonly environment: Environment;
  readonly cluster: JsonObject;
  /** True where a person sits at a terminal and may be asked. */
  readonly interactive: boolean;
  /** Milliseconds one run may take; people are given longer. */
  readonly timeout?: number;
}

const maxOutput = 1024 * 1024;

/** Runs the plugin once. */
export async function runPlugin(plugin: ExecPlugin, options: PluginOptions): Promise<Result<PluginCredentials>> {
  const interactive = options.interactive && plugin.interactiveMode !== 'Never';
  const name = printable(plugin.command);
  if (plugin.interactiveMode === 'Always' && !options.interactive)
    return failed(`the credential plugin ${name} must ask a person, and no terminal is there`);
  const info = {
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion,
    spec: { interactive, ...(plugin.provideClusterInfo ? { cluster: options.cluster } : {}) },
  };
  const child = spawn(plugin.command, plugin.args, {
    env: { ...options.environment, ...plugin.environment, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', interactive ? 'inherit' : 'pipe'],
  });
  const end = await output(child, options.timeout ?? (interactive ? 300_000 : 60_000));
  if (end.error === 'ENOENT') {
    const hint = plugin.installHint === '' ? '' : `; ${plugin.installHint.slice(0, 500)}`;
    return failed(`the credential plugin ${name} is not installed${hint}`);
  }
  if (end.error !== undefined) return failed(`the credential plugin ${name} ${end.error}`);
  if (end.status !== 0) {
    const said = end.complaint === '' ? '' : `: ${end.complaint}`;
    return failed(`the credential plugin ${name} ended with status ${end.status}${said}`);
  }
  return credentials(end.text, plugin);
}

interface End {
  readonly text: string;
  readonly complaint: string;
  readonly status: number | null;
  readonly error: string | undefined;
}

function output(child: ChildProcess, timeout: number): Promise<End> {
  const chunks: Buffer[] = [];
  let size = 0;
  let said = '';
  let error: string | undefined;
  const abort = (why: string) => {
    error ??= why;
    child.kill('SIGKILL');
  };
  const late = setTimeout(() => abort(`gave no answer within ${Math.round(timeout / 1000)} seconds`), timeout);
  child.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxOutput) abort('wrote more than a credential');
    else chunks.push(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-2000);
  });
  return new Promise((resolve) => {
    const end = (status: number | null) => {
      clearTimeout(late);
      const complaint = printable(said.trim().split('\n').at(-1) ?? '').slice(0, 300);
      resolve({ text: Buffer.concat(chunks).toString('utf8'), complaint, status, error });
    };
    child.on('error', (cause) => {
      const code: unknown = Reflect.get(cause, 'code');
      error ??= code === 'ENOENT' ? 'ENOENT' : `cannot be started (${String(code)})`;
      end(null);
    });
    child.on('close', end);
  });
}

function credentials(text: string, plugin: ExecPlugin): Result<PluginCredentials> {
  const name = printable(plugin.command);
  const answer = parsed(text);
  if (field(answer, 'kind') !== 'ExecCredential' || field(answer, 'apiVersion') !== plugin.apiVersion)
    return failed(`the credential plugin ${name} answered no ExecCredential of ${plugin.apiVersion}`);
  const status = dig(answer, 'status');
  const token = asString(field(status, 'token')) || undefined;
  const certificate = asString(field(status, 'clientCertificateData')) || undefined;
  const key = asString(field(status, 'clientKeyData')) || undefined;
  if (token === undefined && certificate === undefined)
    return failed(`the credential plugin ${name} answered neither token nor certificate`);
  if ((certificate === undefined) !== (key === undefined))
    return failed(`the credential plugin ${name} answered half a client certificate`);
  const expiry = Date.parse(asString(field(status, 'expirationTimestamp')) ?? '');
  return ok({
    token,
    certificate: certificate === undefined || key === undefined ? undefined : { certificate, key },
    expires: Number.isNaN(expiry) ? undefined : expiry,
  });
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function failed(message: string): { readonly ok: false; readonly problem: Problem } {
  return failure(problem('kubeconfig/exec-failed', message));
}
