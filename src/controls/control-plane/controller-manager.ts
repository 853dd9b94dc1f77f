// kube-controller-manager. CIS Kubernetes 2.0.1 §1.3. One file for many controls: see flag-control.ts.

import {
  failing,
  flag,
  flagControls,
  having,
  listed,
  mustBe,
  mustBeLoopback,
  mustBeNewTls,
  mustBeSet,
  type Row,
  without,
} from './flag-control.ts';
import { hardenedControllerManager } from './hardened.ts';

const rows: readonly Row[] = [
  {
    id: 'control-plane/controller-manager-pod-gc',
    aliases: ['C-0144', 'KCV-0033', 'CKV_K8S_106'],
    severity: 'low',
    title: 'Finished pods are garbage collected',
    why: 'At the default of 12,500 finished pods a busy cluster slows down long before they are collected; at 0 they never are.',
    fix: 'Set --terminated-pod-gc-threshold to what the cluster can hold, such as 10 to 1000.',
    frameworks: ['cis:1.3.1', 'attack:T1499', 'owasp:K09'],
    parameters: { review: false },
    check: (component, { parameters }) => {
      const name = 'terminated-pod-gc-threshold';
      const found = flag(component, name);
      if (found === undefined) return [failing(component, name, `--${name} is not set, and its default is 12500`)];
      if (!/^[1-9][0-9]{0,8}$/.test(found.value ?? ''))
        return [failing(component, name, `--${name} is ${found.value ?? 'without a value'}: nothing is collected`)];
      return parameters.review === true ? [failing(component, name, `--${name} is ${found.value}: is that right for this cluster?`)] : [];
    },
    repair: ['terminated-pod-gc-threshold', '1000'],
    fails: (good) => [without(good, 'terminated-pod-gc-threshold'), having(good, 'terminated-pod-gc-threshold', '0')],
  },
  {
    id: 'control-plane/controller-manager-profiling',
    aliases: ['C-0145', 'KCV-0034', 'CKV_K8S_107'],
    severity: 'low',
    title: 'The controller manager serves no profiling data',
    why: 'Profiles show program internals, and taking them costs time; they are on by default.',
    fix: 'Set --profiling=false.',
    frameworks: ['cis:1.3.2', 'stig:V-242409', 'owasp:K09'],
    check: mustBe('profiling', false, true),
    repair: ['profiling', 'false'],
    fails: (good) => [without(good, 'profiling'), having(good, 'profiling', 'true')],
  },
  {
    id: 'control-plane/controller-manager-credentials',
    aliases: ['C-0146', 'KCV-0035', 'CKV_K8S_108'],
    severity: 'medium',
    title: 'Every controller has a service account of its own',
    why: 'Otherwise all controllers share the rights of the controller manager, and none can be limited to what it does.',
    fix: 'Set --use-service-account-credentials=true.',
    frameworks: ['cis:1.3.3', 'stig:V-242381', 'owasp:K09'],
    check: mustBe('use-service-account-credentials', true, false),
    repair: ['use-service-account-credentials', 'true'],
    fails: (good) => [without(good, 'use-service-account-credentials'), having(good, 'use-service-account-credentials', 'false')],
  },
  {
    id: 'control-plane/controller-manager-service-account-key',
    aliases: ['C-0147', 'KCV-0036', 'CKV_K8S_110'],
    severity: 'medium',
    title: 'The controller manager signs service account tokens with a key of their own',
    why: 'Without a dedicated key pair the keys of tokens cannot be rotated by themselves.',
    fix: 'Set --service-account-private-key-file.',
    frameworks: ['cis:1.3.4', 'owasp:K09'],
    check: mustBeSet('service-account-private-key-file'),
    fails: (good) => [without(good, 'service-account-private-key-file')],
  },
  {
    id: 'control-plane/controller-manager-root-ca',
    aliases: ['C-0148', 'KCV-0037', 'CKV_K8S_111'],
    severity: 'medium',
    title: 'Pods receive the certificate authority of the API server',
    why: 'Without it programs in pods cannot verify whom they give their tokens to.',
    fix: 'Set --root-ca-file.',
    frameworks: ['cis:1.3.5', 'stig:V-242421', 'owasp:K09'],
    check: mustBeSet('root-ca-file'),
    fails: (good) => [without(good, 'root-ca-file')],
  },
  {
    id: 'control-plane/controller-manager-rotate-certificates',
    aliases: ['C-0149', 'KCV-0038', 'CKV_K8S_112'],
    severity: 'medium',
    title: 'Serving certificates of kubelets are rotated',
    why: 'Certificates that are not rotated expire, and then verification is what gets switched off.',
    fix: 'Remove RotateKubeletServerCertificate=false from --feature-gates; true is the default.',
    frameworks: ['cis:1.3.6', 'owasp:K09'],
    check: (component) =>
      listed(component, 'feature-gates').findLast((gate) => gate.startsWith('RotateKubeletServerCertificate=')) ===
      'RotateKubeletServerCertificate=false'
        ? [failing(component, 'feature-gates', '--feature-gates switches off RotateKubeletServerCertificate')]
        : [],
    fails: (good) => [having(good, 'feature-gates', 'RotateKubeletServerCertificate=false')],
  },
  {
    id: 'control-plane/controller-manager-bind-address',
    aliases: ['C-0150', 'KCV-0039', 'CKV_K8S_113'],
    severity: 'medium',
    title: 'The controller manager listens on the loopback address',
    why: 'Its health, metrics and profiling endpoints are for the node; on every address anyone on the network can ask.',
    fix: 'Set --bind-address=127.0.0.1.',
    frameworks: ['cis:1.3.7', 'stig:V-242385', 'attack:T1046', 'owasp:K09'],
    check: mustBeLoopback('bind-address'),
    repair: ['bind-address', '127.0.0.1'],
    fails: (good) => [without(good, 'bind-address'), having(good, 'bind-address', '0.0.0.0')],
  },
  {
    id: 'control-plane/controller-manager-tls-version',
    aliases: [],
    severity: 'medium',
    title: 'The controller manager accepts TLS 1.2 and newer only',
    why: 'TLS 1.0 and 1.1 have known weaknesses; 1.2 is the default.',
    fix: 'Remove --tls-min-version, or set it to VersionTLS12 or VersionTLS13.',
    frameworks: ['stig:V-242376', 'owasp:K09'],
    check: mustBeNewTls,
    repair: ['tls-min-version', 'VersionTLS12'],
    fails: (good) => [having(good, 'tls-min-version', 'VersionTLS11')],
  },
];

export const controllerManager = flagControls('kube-controller-manager', hardenedControllerManager, rows);
