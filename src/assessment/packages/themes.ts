// Kinds of work: what findings of a control have in common for the person who repairs them, what such work takes at least, and how useful
// the weakness is to an attacker. Starting values, to be tuned on finished work.

import type { Severity } from '../../controls/control.ts';

export const themes = {
  isolation: { title: 'Keep workloads apart from their nodes', days: 1, quarter: 'Close the ways to the nodes' },
  rights: { title: 'Cut rights to what is used', days: 1, quarter: 'Least privilege' },
  tokens: { title: 'Hand out no tokens that nobody needs', days: 0.5, quarter: 'Least privilege' },
  secrets: { title: 'Move secrets to where they belong', days: 2, quarter: 'Secrets under control' },
  exposure: { title: 'Guard what is open to the outside', days: 1, quarter: 'A smaller face to the outside' },
  segmentation: { title: 'Let only needed connections through', days: 2, quarter: 'Network segmentation' },
  'control-plane': { title: 'Harden the control plane', days: 2, quarter: 'Platform hardening' },
  upgrades: { title: 'Run versions that are supported', days: 1, quarter: 'Supported versions' },
  images: { title: 'Know and trust what runs', days: 1, quarter: 'Supply chain' },
  admission: { title: 'Refuse what must not come in', days: 1, quarter: 'Guard rails at admission' },
  sandbox: { title: 'Sandbox untrusted code', days: 2, quarter: 'Guard rails at admission' },
  hardening: { title: 'Harden container settings', days: 0.5, quarter: 'Hardened workloads' },
  namespaces: { title: 'Bound what namespaces may use', days: 0.5, quarter: 'Guard rails at admission' },
  resources: { title: 'Say what containers need', days: 0.5, quarter: 'Reliable operation' },
  reliability: { title: 'Survive failures and updates', days: 1, quarter: 'Reliable operation' },
  health: { title: 'Close gaps of the assessment', days: 2, quarter: 'Reliable operation' },
  hygiene: { title: 'Tidy manifests', days: 0.3, quarter: 'Tidy manifests' },
} as const;

export type Theme = keyof typeof themes;

const ofDomain: Readonly<Record<string, Theme>> = {
  workload: 'hardening',
  identity: 'rights',
  network: 'segmentation',
  exposure: 'exposure',
  'supply-chain': 'images',
  resources: 'resources',
  reliability: 'reliability',
  hygiene: 'hygiene',
  'control-plane': 'control-plane',
  namespace: 'namespaces',
  secrets: 'secrets',
  sandbox: 'sandbox',
};

const ofControl: Readonly<Record<string, Theme>> = {
  ...all(
    'isolation',
    'workload',
    'privileged sys-admin-capability sys-module-capability host-pid host-ipc host-network host-port host-path host-path-sensitive host-path-writable insecure-capabilities proc-mount runtime-socket cloud-credentials windows-host-process',
  ),
  ...all(
    'tokens',
    'identity',
    'token-automounted default-service-account default-service-account-token token-with-rights long-lived-token bootstrap-token-endless service-account-unused namespace-without-service-account service-account-missing',
  ),
  ...all(
    'admission',
    'namespace',
    'pod-security-baseline pod-security-restricted policy-control webhook-fail-open validating-webhooks mutating-webhooks',
  ),
  ...all('upgrades', 'hygiene', 'api-version-served api-version-deprecated'),
  ...all('upgrades', 'reliability', 'kubernetes-eol'),
  ...all('upgrades', 'supply-chain', 'component-cve node-runtime-cve legacy-registry'),
  ...all('upgrades', 'exposure', 'nginx-end-of-life'),
};

function all(theme: Theme, domain: string, names: string): Readonly<Record<string, Theme>> {
  return Object.fromEntries(names.split(' ').map((name) => [`${domain}/${name}`, theme]));
}

/** The kind of work that a control asks for. `themeOf('workload/privileged')` is `'isolation'`. */
export function themeOf(control: string): Theme {
  if (Object.hasOwn(ofControl, control)) return ofControl[control] ?? 'hygiene';
  const domain = control.slice(0, Math.max(0, control.indexOf('/')));
  return Object.hasOwn(ofDomain, domain) ? (ofDomain[domain] ?? 'hygiene') : 'hygiene';
}

/** Weaknesses whose use to an attacker is told apart from others of their severity. */
const classes: Readonly<Record<string, number>> = {
  'workload/privileged': 0.9,
  'workload/runtime-socket': 0.9,
  'workload/sys-admin-capability': 0.85,
  'workload/sys-module-capability': 0.9,
  'identity/cluster-admin-bound': 0.9,
  'identity/wildcard-rights': 0.9,
  'workload/host-path-sensitive': 0.8,
  'workload/host-path-writable': 0.8,
  'identity/secrets-read': 0.7,
  'identity/token-automounted': 0.2,
  'workload/privilege-escalation': 0.3,
  'workload/run-as-non-root': 0.25,
};

const bySeverity: Readonly<Record<Severity, number>> = { critical: 0.85, high: 0.6, medium: 0.25, low: 0.08 };

/** Domains whose failures help nobody to break in, whatever they cost in operation. */
const harmless: ReadonlySet<Theme> = new Set(['hygiene', 'resources', 'reliability', 'health']);

/** How useful a weakness is to an attacker who gets to it, 0 to 1: from privileged (0.9) to a missing label (0.05). */
export function exploitOf(control: string, severity: Severity): number {
  if (Object.hasOwn(classes, control)) return classes[control] ?? 0;
  const usual = bySeverity[severity];
  return harmless.has(themeOf(control)) ? Math.min(usual, severity === 'low' ? 0.05 : 0.1) : usual;
}
