// `cofferdam admit`: flags to a running webhook, until SIGTERM or SIGINT.

import { X509Certificate } from 'node:crypto';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { type ControlPolicyOptions, controlPolicy } from '../../controls/admission.ts';
import { type Severity, severities } from '../../controls/control.ts';
import { parseDuration } from '../../kube/duration.ts';
import { preferBackEnd } from '../../languages/cel/program.ts';
import { problem } from '../../lib/problem.ts';
import type { CompiledPolicy, Enforcement } from '../../policy/compiled.ts';
import { clusterWidePodSecurity } from '../../policy/pod-security/cluster-wide.ts';
import { type AdmitOptions, admit } from '../../server/admit/admit.ts';
import { readPublicKeys } from '../../server/admit/break-glass.ts';
import { liveFacts, paramKinds } from '../../server/admit/live-facts.ts';
import { newestKnownVersion } from '../../snapshot/snapshot.ts';
import { connect } from '../../sources/cluster/connection.ts';
import { findTarget } from '../../sources/cluster/target.ts';
import { loadWaivers } from '../../sources/waivers.ts';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config/read.ts';
import { exit, Stop } from '../exit.ts';
import { kubernetesVersion, list, verbatim, word } from '../flags.ts';
import { selectControls } from '../scan/select.ts';

export async function run(input: CommandInput): Promise<number> {
  const { console } = input;
  // Reviews are short-lived: a larger young generation than other commands have saves a seventh of the time.
  setFlagsFromString('--semi-space-growth-factor=4');
  if (input.flags.generatedCode === true) preferBackEnd('code');
  const options = await admitOptions(input);
  const started = await admit(options);
  if (!started.ok) throw new Stop(started.problem);
  const webhook = started.value;
  console.err(`cofferdam: reviews are answered on port ${webhook.port}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
  console.err('cofferdam: going down\n');
  await webhook.stop(milliseconds(word(input.flags, 'grace') ?? '8s', '--grace'));
  return exit.clean;
}

async function admitOptions(input: CommandInput): Promise<AdmitOptions> {
  const { console } = input;
  const config = readConfig(input.flags, input.environment);
  const { flags } = config;
  const certFile = needed(word(flags, 'tlsCert'), '--tls-cert');
  const keyFile = needed(word(flags, 'tlsKey'), '--tls-key');
  const version = kubernetesVersion(flags) ?? newestKnownVersion;
  const builtIn = await builtInPolicies(input, config);
  const paths = verbatim(flags, 'policies');
  if (paths.length === 0 && builtIn.length === 0)
    throw new Stop(problem('usage/bad-flag', 'judge by what? Give --policies, --deny or --warn for controls, or --pod-security'));
  const state = word(flags, 'state');
  const clientAuthority = authorityOf(word(flags, 'clientCa'));
  const clientNames = list(flags, 'clientName');
  if (clientNames.length > 0 && clientAuthority === undefined)
    throw new Stop(
      problem('usage/bad-flag', '--client-name means nothing without --client-ca, which says who may sign such a certificate'),
    );
  const longest = milliseconds(word(flags, 'deadline') ?? '2s', '--deadline');
  if (longest === 0) throw new Stop(problem('usage/bad-flag', '--deadline 0: no review could be judged'));
  const keys = word(flags, 'breakGlassKeys');
  const breakGlassKeys = keys === undefined ? [] : readPublicKeys(textOf(keys, '--break-glass-keys'));
  if (keys !== undefined && breakGlassKeys.length === 0)
    throw new Stop(problem('usage/bad-flag', `--break-glass-keys ${keys}: there is no Ed25519 public key in it`));
  const health = word(flags, 'healthListen') ?? 'none';
  const own = input.environment.POD_NAMESPACE;
  const excluded = list(flags, 'excludeNamespace');
  const records = word(flags, 'records') ?? '-';
  const tell = (line: string) => console.err(`cofferdam: ${line}\n`);
  return {
    ...address(word(flags, 'listen') ?? '', '--listen'),
    ...(health === 'none' ? {} : { health: address(health, '--health-listen') }),
    certFile,
    keyFile,
    ...(clientAuthority === undefined ? {} : { clientAuthority }),
    clientNames,
    policies: {
      paths,
      lastKnownGood: state === undefined ? undefined : join(state, 'policies.json'),
      builtIn,
      minor: Number(version.slice(2)),
    },
    ...(flags.cluster === false ? {} : { facts: factsOf(input, tell) }),
    // Its own namespace is always among them: the webhook must never keep itself from being repaired.
    excluded: new Set(own === undefined ? excluded : [...excluded, own]),
    breakGlassKeys,
    longest,
    interval: 2_000,
    record: recorder(records, console.out, tell),
    tell,
  };
}

/** Appends records to a file, or prints them. A file that cannot be written is told once; reviews go on. */
function recorder(records: string, out: (text: string) => void, tell: (line: string) => void): (line: string) => void {
  if (records === '-') return (line) => out(`${line}\n`);
  const stream = createWriteStream(records, { flags: 'a', mode: 0o600 });
  stream.once('error', (error) => tell(`records are lost: ${error.message}`));
  stream.on('error', () => {});
  return (line) => void stream.write(`${line}\n`);
}

function factsOf({ flags, environment }: CommandInput, tell: (line: string) => void): NonNullable<AdmitOptions['facts']> {
  const [kubeconfig, context] = [word(flags, 'kubeconfig'), word(flags, 'context')];
  const target = findTarget({
    environment,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  if (!target.ok) throw new Stop({ ...target.problem, message: `${target.problem.message}, or say --no-cluster` });
  const connection = connect(target.value, { environment });
  return ({ resources }) => liveFacts(connection, paramKinds(resources), tell);
}

async function builtInPolicies({ flags }: CommandInput, config: ReturnType<typeof readConfig>): Promise<readonly CompiledPolicy[]> {
  const failurePolicy = word(flags, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail';
  const level = word(flags, 'podSecurity');
  const policies: CompiledPolicy[] = level === 'baseline' || level === 'restricted' ? [clusterWidePodSecurity(level, failurePolicy)] : [];
  const enforcement = enforcementOf(word(flags, 'deny') as Severity | undefined, word(flags, 'warn') as Severity | undefined);
  if (severities.every((severity) => enforcement[severity].length === 0)) return policies;
  const absent = list(flags, 'waivers').find((file) => !existsSync(file));
  if (absent !== undefined) throw new Stop(problem('waiver/invalid', `${absent}: there is no such file of waivers`));
  const waivers = await loadWaivers(list(flags, 'waivers'), undefined);
  const options: ControlPolicyOptions = {
    controls: selectControls(flags, config.enabled),
    parameters: config.parameters,
    enforcement,
    waivers: waivers.waivers,
    failurePolicy,
    now: Date.now,
  };
  return [...policies, controlPolicy(options)];
}

function enforcementOf(deny: Severity | undefined, warn: Severity | undefined): Readonly<Record<Severity, readonly Enforcement[]>> {
  const reaches = (limit: Severity | undefined, severity: Severity) =>
    limit !== undefined && severities.indexOf(severity) <= severities.indexOf(limit);
  const of = (severity: Severity): readonly Enforcement[] => (reaches(deny, severity) ? ['deny'] : reaches(warn, severity) ? ['warn'] : []);
  return { critical: of('critical'), high: of('high'), medium: of('medium'), low: of('low') };
}

function needed(value: string | undefined, flag: string): string {
  if (value === undefined) throw new Stop(problem('usage/bad-flag', `${flag} is needed: the API server speaks only TLS to webhooks`));
  return value;
}

/** An authority without a certificate would be any that this machine trusts. */
function authorityOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const text = textOf(file, '--client-ca');
  try {
    new X509Certificate(text);
  } catch {
    throw new Stop(problem('usage/bad-flag', `--client-ca ${file}: it holds no certificate in PEM`));
  }
  return text;
}

function textOf(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Stop(problem('usage/bad-flag', `${flag} ${file}: it cannot be read`));
  }
}

function address(text: string, flag: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain = '', port = ''] = /^(?:\[([0-9a-fA-F:]+)\]|([^:]*)):([0-9]{1,5})$/.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535) throw new Stop(problem('usage/bad-flag', `${flag} ${text}: write it as 0.0.0.0:8443`));
  return { host: bracketed ?? (plain === '' ? '0.0.0.0' : plain), port: Number(port) };
}

function milliseconds(text: string, flag: string): number {
  const nanoseconds = parseDuration(text);
  if (nanoseconds === undefined || nanoseconds < 0) throw new Stop(problem('usage/bad-flag', `${flag} ${text}: write it as 2s or 500ms`));
  return Number(nanoseconds) / 1e6;
}
