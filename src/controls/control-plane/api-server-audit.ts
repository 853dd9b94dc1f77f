// kube-apiserver's audit log: that there is one, that a policy says what goes into it, and that it is kept long enough to be of use.
// CIS Kubernetes 2.0.1 §1.2 and §3.2. A log that goes to a webhook or to standard output (`-`) is rotated by whoever receives it. What the
// policy says is judged where the policy is at hand, which is another matter.

import type { Component } from './component.ts';
import { failing, flag, flagControls, having, type Judge, type Row, without } from './flag-control.ts';
import { hardenedApiServer } from './hardened.ts';

/** At least so many; set values are a matter for people where `review` asks for it. */
function atLeast(name: string, least: number, unit: string): Judge {
  return (component, { parameters }) => {
    if (!writesFile(component)) return [];
    const found = flag(component, name);
    if (found === undefined) return [failing(component, name, `--${name} is not set`)];
    const value = /^[0-9]{1,9}$/.test(found.value ?? '') ? Number(found.value) : Number.NaN;
    if (!(value >= least)) return [failing(component, name, `--${name} is ${found.value}, less than ${least} ${unit}`)];
    return parameters.review === true ? [failing(component, name, `--${name} is ${value} ${unit}: is that right for this cluster?`)] : [];
  };
}

/** False where the log goes to a webhook alone, or to standard output. */
function writesFile(component: Component): boolean {
  const path = flag(component, 'audit-log-path')?.value;
  return path === undefined ? flag(component, 'audit-webhook-config-file') === undefined : path !== '-';
}

const rows: readonly Row[] = [
  {
    id: 'control-plane/audit-log',
    aliases: ['C-0130', 'KCV-0019', 'CKV_K8S_91'],
    severity: 'medium',
    title: 'The API server keeps an audit log',
    why: 'Without it nobody can tell afterwards who read which Secret, created which binding or opened a shell where.',
    fix: 'Set --audit-log-path (or --audit-webhook-config-file) and --audit-policy-file.',
    frameworks: ['cis:1.2.16', 'nsa:audit-logging', 'stig:V-242402', 'stig:V-242461', 'stig:V-242465', 'attack:T1562', 'owasp:K05'],
    check: (component) =>
      ['audit-log-path', 'audit-webhook-config-file'].some((name) => (flag(component, name)?.value ?? '') !== '')
        ? []
        : [failing(component, 'audit-log-path', '--audit-log-path is not set: there is no audit log')],
    fails: (good) => [without(good, 'audit-log-path')],
  },
  {
    id: 'control-plane/audit-policy',
    aliases: ['C-0160', 'C-0067', 'rule:k8s-audit-logs-enabled-native'],
    severity: 'medium',
    title: 'The API server has an audit policy',
    why: 'Without a policy nothing is written to the audit log, even where its path is set.',
    fix: 'Set --audit-policy-file to a policy that logs changes, and reads of Secrets at level Metadata.',
    frameworks: ['cis:3.2.1', 'nsa:audit-logging', 'stig:V-242401', 'stig:V-242403', 'attack:T1562', 'owasp:K05'],
    check: (component) =>
      (flag(component, 'audit-policy-file')?.value ?? '') === ''
        ? [failing(component, 'audit-policy-file', '--audit-policy-file is not set')]
        : [],
    fails: (good) => [without(good, 'audit-policy-file')],
  },
  {
    id: 'control-plane/audit-log-age',
    aliases: ['C-0131', 'KCV-0020', 'CKV_K8S_92'],
    severity: 'low',
    title: 'Audit logs are kept for 30 days',
    why: 'Intrusions are often found weeks later, when a log that was kept for days no longer shows how they began.',
    fix: 'Set --audit-log-maxage=30 or more, or ship the log elsewhere.',
    frameworks: ['cis:1.2.17', 'nsa:audit-logging', 'stig:V-242464', 'owasp:K05'],
    check: atLeast('audit-log-maxage', 30, 'days'),
    repair: ['audit-log-maxage', '30'],
    fails: (good) => [without(good, 'audit-log-maxage'), having(good, 'audit-log-maxage', '7')],
  },
  {
    id: 'control-plane/audit-log-backups',
    aliases: ['C-0132', 'KCV-0021', 'CKV_K8S_93'],
    severity: 'low',
    title: 'Ten rotated audit logs are kept',
    why: 'With few files a burst of requests rotates the traces of an attack out of the log within minutes.',
    fix: 'Set --audit-log-maxbackup=10 or more.',
    frameworks: ['cis:1.2.18', 'nsa:audit-logging', 'stig:V-242463', 'owasp:K05'],
    parameters: { review: false },
    check: atLeast('audit-log-maxbackup', 10, 'files'),
    repair: ['audit-log-maxbackup', '10'],
    fails: (good) => [without(good, 'audit-log-maxbackup'), having(good, 'audit-log-maxbackup', '2')],
  },
  {
    id: 'control-plane/audit-log-size',
    aliases: ['C-0133', 'KCV-0022', 'CKV_K8S_94'],
    severity: 'low',
    title: 'Audit logs are rotated at 100 MB or more',
    why: 'With small files a burst of requests rotates the traces of an attack out of the log within minutes.',
    fix: 'Set --audit-log-maxsize=100 or more.',
    frameworks: ['cis:1.2.19', 'nsa:audit-logging', 'stig:V-242462', 'owasp:K05'],
    parameters: { review: false },
    check: atLeast('audit-log-maxsize', 100, 'MB'),
    repair: ['audit-log-maxsize', '100'],
    fails: (good) => [without(good, 'audit-log-maxsize'), having(good, 'audit-log-maxsize', '10')],
  },
];

export const apiServerAudit = flagControls('kube-apiserver', hardenedApiServer, rows);
