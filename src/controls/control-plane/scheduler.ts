// kube-scheduler. CIS Kubernetes 2.0.1 §1.4. With --config its --profiling flag is ignored (kube-scheduler 1.36), and what counts then
// stands in a file that is not here. One file for many controls: see flag-control.ts.

import { unknown } from '../control.ts';
import { flag, flagControls, having, mustBe, mustBeLoopback, mustBeNewTls, type Row, without } from './flag-control.ts';
import { hardenedScheduler } from './hardened.ts';

const rows: readonly Row[] = [
  {
    id: 'control-plane/scheduler-profiling',
    aliases: ['C-0151', 'KCV-0034', 'KCV-0040', 'CKV_K8S_114'],
    severity: 'low',
    title: 'The scheduler serves no profiling data',
    why: 'Profiles show program internals, and taking them costs time; they are on by default.',
    fix: 'Set --profiling=false, or enableProfiling: false in the file of --config.',
    frameworks: ['cis:1.4.1', 'owasp:K09'],
    check: (component, context) => {
      const config = flag(component, 'config');
      return config === undefined
        ? mustBe('profiling', false, true)(component, context)
        : [unknown(config.path, 'configured-in-file', `profiling is configured in ${config.value}, which is not in the input`)];
    },
    repair: ['profiling', 'false'],
    fails: (good) => [without(good, 'profiling'), having(good, 'profiling', 'true')],
  },
  {
    id: 'control-plane/scheduler-bind-address',
    aliases: ['C-0152', 'KCV-0041', 'CKV_K8S_115'],
    severity: 'medium',
    title: 'The scheduler listens on the loopback address',
    why: 'Its health, metrics and profiling endpoints are for the node; on every address anyone on the network can ask.',
    fix: 'Set --bind-address=127.0.0.1.',
    frameworks: ['cis:1.4.2', 'stig:V-242384', 'attack:T1046', 'owasp:K09'],
    check: mustBeLoopback('bind-address'),
    repair: ['bind-address', '127.0.0.1'],
    fails: (good) => [without(good, 'bind-address'), having(good, 'bind-address', '0.0.0.0')],
  },
  {
    id: 'control-plane/scheduler-tls-version',
    aliases: [],
    severity: 'medium',
    title: 'The scheduler accepts TLS 1.2 and newer only',
    why: 'TLS 1.0 and 1.1 have known weaknesses; 1.2 is the default.',
    fix: 'Remove --tls-min-version, or set it to VersionTLS12 or VersionTLS13.',
    frameworks: ['stig:V-242377', 'owasp:K09'],
    check: mustBeNewTls,
    repair: ['tls-min-version', 'VersionTLS12'],
    fails: (good) => [having(good, 'tls-min-version', 'VersionTLS10')],
  },
];

export const scheduler = flagControls('kube-scheduler', hardenedScheduler, rows);
