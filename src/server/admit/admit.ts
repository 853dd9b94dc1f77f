// The admission webhook as a whole: listener, policies, facts, judge, metrics, records, and the order in which it comes up and goes down.

import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Problem, told } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { complaint, isValid, readCertificate } from './certificate.ts';
import { type Facts, factsOfFiles } from './facts.ts';
import { type Judge, type Judgement, judgeReview, type Phase } from './judge.ts';
import { listen, type Reply } from './listener.ts';
import { metrics } from './metrics.ts';
import { type Loaded, loadPolicies, type PolicyFiles, signature } from './policies.ts';
import { type Review, readReview, writeReview } from './review.ts';

export interface AdmitOptions {
  readonly host: string;
  readonly port: number;
  /** Plain HTTP for /livez, /readyz and /metrics; undefined: none. */
  readonly health?: { readonly host: string; readonly port: number };
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientAuthority?: string;
  readonly clientNames: readonly string[];
  readonly policies: PolicyFiles;
  /** Facts of a cluster; without it those in the policy files are all there is. */
  readonly facts?: (policies: Loaded) => { readonly facts: () => Facts; readonly isSynced: () => boolean; readonly stop: () => void };
  readonly excluded: ReadonlySet<string>;
  readonly breakGlassKeys: readonly KeyObject[];
  /** Milliseconds that a review may take whatever the API server would wait. */
  readonly longest: number;
  /** Milliseconds between looks at the files. */
  readonly interval: number;
  /** One record of each denial, error, and use of break-glass; one JSON object a line. */
  readonly record: (line: string) => void;
  readonly tell: (line: string) => void;
}

export interface Webhook {
  readonly port: number;
  readonly healthPort: number | undefined;
  /** Looks at certificate and policies now. */
  readonly refresh: () => Promise<void>;
  /** Answers on for `grace` milliseconds, then finishes what is under way. */
  readonly stop: (grace: number) => Promise<void>;
}

/** Brings the webhook up; fails where it has no certificate or no policies that are right. */
export async function admit(options: AdmitOptions): Promise<Result<Webhook, Problem>> {
  const counted = metrics();
  const first = readCertificate(options.certFile, options.keyFile);
  if (!first.ok) return first;
  let certificate = first.value;
  const loaded = await loadPolicies(options.policies);
  if (!loaded.ok) return loaded;
  let policies = loaded.value;
  let known = signature(options.policies.paths);
  let source = options.facts?.(policies);
  // Facts for new policies take a while to come; until then those for the old ones go on being known.
  let before: typeof source;
  const current = () => {
    if (source === undefined || before === undefined) return source;
    if (!source.isSynced()) return before;
    before.stop();
    before = undefined;
    return source;
  };
  let written = factsOfFiles(policies.resources);
  let stopping = false;

  const judge = (): Judge => ({
    policies: policies.policies,
    facts: current()?.facts() ?? written,
    excluded: options.excluded,
    breakGlassKeys: options.breakGlassKeys,
    clock: () => performance.now(),
    today: () => Date.now() / 1000,
  });
  const exposition = () => {
    counted.set('cofferdam_admission_policies', policies.policies.policies.length);
    counted.set('cofferdam_admission_policies_stale', policies.stale === undefined ? 0 : 1);
    counted.set('cofferdam_admission_certificate_expiry_seconds', certificate.notAfter / 1000);
    counted.set('cofferdam_admission_facts_synced', current()?.isSynced() === false ? 0 : 1);
    return counted.text();
  };
  const answer = (url: string, body: string): Reply => {
    const began = performance.now();
    const [path, query = ''] = url.split('?');
    const phase: Phase | undefined = path === '/validate' ? 'validate' : path === '/mutate' ? 'mutate' : undefined;
    if (phase === undefined) return { status: 404, body: 'reviews are answered at /validate and /mutate\n' };
    const review = readReview(body);
    if (!review.ok) {
      counted.count('cofferdam_admission_bad_requests_total');
      return { status: 400, body: `${review.problem.message}\n` };
    }
    const judgement = judgeReview(phase, review.value, judge(), began + patience(query, options.longest));
    const result = judgement.leftAlone !== undefined ? 'left-alone' : judgement.answer.allowed ? 'allowed' : 'denied';
    counted.count('cofferdam_admission_requests_total', { phase, result });
    for (const { policy, kind } of judgement.notes) counted.count('cofferdam_admission_policy_outcomes_total', { policy, kind });
    if (judgement.opened !== undefined) counted.count('cofferdam_admission_break_glass_total', { result: 'opened' });
    if (judgement.refusedToken !== undefined) counted.count('cofferdam_admission_break_glass_total', { result: 'refused' });
    if (!judgement.answer.allowed || judgement.opened !== undefined || judgement.notes.some(({ kind }) => kind === 'error'))
      options.record(recordOf(phase, review.value, judgement));
    const text = writeReview(review.value, judgement.answer);
    counted.observe(phase, (performance.now() - began) / 1000);
    return { status: 200, body: text };
  };

  let listener: Awaited<ReturnType<typeof listen>>;
  try {
    listener = await listen({ ...options, certificate, answer });
  } catch (error) {
    source?.stop();
    return failure({ code: 'usage/bad-flag', message: `cannot listen: ${told(error)}` });
  }
  const isReady = () => !stopping && isValid(certificate, Date.now()) && (current()?.isSynced() ?? true);
  const health = options.health === undefined ? undefined : await healthServer(options.health, isReady, exposition);

  const refresh = async () => {
    const next = readCertificate(options.certFile, options.keyFile);
    if (next.ok && next.value.fingerprint !== certificate.fingerprint) {
      certificate = next.value;
      listener.use(certificate);
      counted.count('cofferdam_admission_certificate_reloads_total', { result: 'used' });
      options.tell(`certificate ${certificate.fingerprint} is in use`);
    } else if (!next.ok) {
      counted.count('cofferdam_admission_certificate_reloads_total', { result: 'refused' });
      options.tell(next.problem.message);
    }
    const now = signature(options.policies.paths);
    if (now === known) return;
    known = now;
    const changed = await loadPolicies(options.policies);
    if (!changed.ok || changed.value.stale !== undefined) {
      const why = changed.ok ? (changed.value.stale ?? '') : changed.problem.message;
      policies = { ...policies, stale: why };
      counted.count('cofferdam_admission_policy_reloads_total', { result: 'refused' });
      options.tell(`the changed policies are not taken: ${why}`);
      return;
    }
    policies = changed.value;
    written = factsOfFiles(policies.resources);
    const old = current();
    if (old !== source) source?.stop();
    before = old;
    source = options.facts?.(policies);
    counted.count('cofferdam_admission_policy_reloads_total', { result: 'used' });
    options.tell(`${policies.policies.policies.length} policies are in force`);
  };
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => options.tell(`the files could not be looked at: ${told(error)}`));
  }, options.interval);
  timer.unref();
  for (const trouble of [complaint(certificate, Date.now()), policies.stale]) if (trouble !== undefined) options.tell(trouble);

  return ok({
    port: listener.port,
    healthPort: health?.port,
    refresh,
    stop: async (grace) => {
      stopping = true;
      listener.drain();
      clearInterval(timer);
      await new Promise((resolve) => setTimeout(resolve, grace));
      await listener.close(10_000);
      health?.close();
      before?.stop();
      source?.stop();
    },
  });
}

/** The API server says how long it waits (`?timeout=3s`); the answer leaves well before, so that it is ours and not a timeout. */
export function patience(query: string, longest: number): number {
  const asked = new URLSearchParams(query).get('timeout') ?? '';
  const [, value, unit] = /^([0-9]{1,6}(?:\.[0-9]{1,6})?)(ms|s|m)$/.exec(asked) ?? [];
  if (value === undefined) return longest;
  const milliseconds = Number(value) * (unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000);
  return Math.min(longest, milliseconds * 0.75);
}

/** What is written down of a review: who asked for what, and why it was answered so. Never the object itself. */
function recordOf(phase: Phase, { uid, input }: Review, { answer, notes, opened, refusedToken }: Judgement): string {
  return JSON.stringify({
    time: new Date().toISOString(),
    phase,
    uid,
    user: input.userInfo.username,
    operation: input.operation,
    resource: input.resource,
    ...(input.subResource === '' ? {} : { subResource: input.subResource }),
    namespace: input.namespace,
    name: input.name,
    dryRun: input.dryRun,
    allowed: answer.allowed,
    notes,
    ...(opened === undefined ? {} : { breakGlass: opened }),
    ...(refusedToken === undefined ? {} : { breakGlassRefused: refusedToken }),
  });
}

async function healthServer(
  { host, port }: { readonly host: string; readonly port: number },
  isReady: () => boolean,
  text: () => string,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer((request, response) => {
    const plain = (status: number, body: string) => response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' }).end(body);
    if (request.url === '/livez' || request.url === '/healthz') plain(200, 'ok\n');
    else if (request.url === '/readyz') plain(isReady() ? 200 : 503, isReady() ? 'ok\n' : 'not ready\n');
    else if (request.url === '/metrics') plain(200, text());
    else plain(404, 'there are /livez, /readyz and /metrics\n');
  });
  server.requestTimeout = 5_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
