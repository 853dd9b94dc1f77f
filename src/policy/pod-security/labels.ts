// The labels by which a namespace chooses its Pod Security levels: `pod-security.kubernetes.io/{enforce,audit,warn}` and `…-version`.
// Semantics of k8s.io/pod-security-admission 0.37 (older servers let warn not follow enforce): an invalid level enforces restricted but neither warns
// nor audits, an invalid version counts as latest, and warn follows a stricter enforce unless the namespace says otherwise.

import { type Level, levels } from './check.ts';
import { goQuoted } from './wording.ts';

export interface LevelVersion {
  readonly level: Level;
  /** `latest` or `v1.N`, as written. */
  readonly version: string;
}

export interface PodSecurityPolicy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

/** A label that does not parse. */
export interface LabelProblem {
  readonly label: string;
  readonly value: string;
  /** What the API server says of it when the namespace is created. */
  readonly message: string;
}

const privileged: LevelVersion = { level: 'privileged', version: 'latest' };

/** What applies where neither the namespace nor the cluster's admission configuration says anything. */
export const defaultPolicy: PodSecurityPolicy = { enforce: privileged, audit: privileged, warn: privileged };

/** The prefix of all labels of Pod Security Admission. */
export const labelPrefix = 'pod-security.kubernetes.io/';

type Mode = 'enforce' | 'audit' | 'warn';

const keys = { enforce: `${labelPrefix}enforce`, audit: `${labelPrefix}audit`, warn: `${labelPrefix}warn` };
const versionKeys = { enforce: `${keys.enforce}-version`, audit: `${keys.audit}-version`, warn: `${keys.warn}-version` };

/** The policy of a namespace. There always is one, also where labels are invalid. */
export function policyOf(
  labels: Readonly<Record<string, string>>,
  defaults: PodSecurityPolicy = defaultPolicy,
): { readonly policy: PodSecurityPolicy; readonly problems: readonly LabelProblem[] } {
  const problems: LabelProblem[] = [];
  const level = (mode: Mode, fallback: Level, invalid: Level): Level => {
    const value = own(labels, keys[mode]);
    if (value === undefined) return fallback;
    const known = levels.find((candidate) => candidate === value);
    if (known === undefined) problems.push(invalidLabel(keys[mode], value, `must be one of ${levels.join(', ')}`));
    return known ?? invalid;
  };
  const version = (mode: Mode, fallback: string): string => {
    const value = own(labels, versionKeys[mode]);
    if (value === undefined) return fallback;
    if (/^(?:latest|v1\.(?:0|[1-9][0-9]{0,17}))$/.test(value)) return value;
    problems.push(invalidLabel(versionKeys[mode], value, 'must be "latest" or "v1.x"'));
    return 'latest';
  };

  const enforce = { level: level('enforce', defaults.enforce.level, 'restricted'), version: version('enforce', defaults.enforce.version) };
  const audit = { level: level('audit', defaults.audit.level, 'privileged'), version: version('audit', defaults.audit.version) };
  const warn = { level: level('warn', defaults.warn.level, 'privileged'), version: version('warn', defaults.warn.version) };
  const follows =
    own(labels, keys.warn) === undefined &&
    own(labels, keys.enforce) === enforce.level &&
    levels.indexOf(enforce.level) > levels.indexOf(warn.level);
  const warnVersion = own(labels, versionKeys.warn) === undefined ? enforce.version : warn.version;
  return { policy: { enforce, audit, warn: follows ? { level: enforce.level, version: warnVersion } : warn }, problems };
}

function own(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function invalidLabel(label: string, value: string, expected: string): LabelProblem {
  return { label, value, message: `metadata.labels[${label}]: Invalid value: ${goQuoted(value)}: ${expected}` };
}
