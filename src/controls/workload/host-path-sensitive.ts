// Some of the node's directories are the node: its root, configuration, kubelet, etcd and runtimes, kernel interfaces, logs (whose symbolic
// links the kubelet follows). Read-only mounts count: what is read there is credentials.
// A directory listed under `exact` is named when it is mounted itself, one under `trees` with everything below it.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { withHostPaths } from './examples.ts';
import { hostPaths, isWithinAny, pathsOf } from './host-paths.ts';

export const hostPathSensitive = control({
  id: 'workload/host-path-sensitive',
  aliases: ['KSV-0121', 'sensitive-host-mounts', 'SensitivePathsMounted'],
  severity: 'high',
  title: 'Pods mount no directory that holds the keys of the node',
  why: 'The credentials of the kubelet, of the control plane or of other pods lie there, or files whose change makes the node run code.',
  fix: 'Mount the single file the program needs, read-only, or take the data from an API instead.',
  frameworks: [
    'pss:baseline',
    'cis:5.2.11',
    'nsa:pod-security',
    'attack:T1611',
    'matrix:MS-TA9013',
    'owasp:K01',
    'pci:3.1.a',
    'bsi:APP.4.4.A4',
  ],
  parameters: {
    exact: [
      '/',
      '/bin',
      '/boot',
      '/dev',
      '/etc',
      '/home',
      '/lib',
      '/lib64',
      '/opt',
      '/proc',
      '/run',
      '/sbin',
      '/sys',
      '/usr',
      '/usr/bin',
      '/usr/lib',
      '/usr/local',
      '/usr/local/bin',
      '/usr/sbin',
      '/var',
      '/var/lib',
      '/var/log',
      '/var/log/pods',
      '/var/run',
      '/C:',
    ],
    trees: [
      '/dev/kmem',
      '/dev/mem',
      '/etc/cni',
      '/etc/containerd',
      '/etc/cron.d',
      '/etc/cron.daily',
      '/etc/crontab',
      '/etc/docker',
      '/etc/kubernetes',
      '/etc/origin',
      '/etc/rancher',
      '/etc/shadow',
      '/etc/ssh',
      '/etc/sudoers',
      '/etc/sudoers.d',
      '/etc/systemd',
      '/opt/cni',
      '/proc/sys',
      '/proc/sysrq-trigger',
      '/root',
      '/var/lib/cni',
      '/var/lib/containerd',
      '/var/lib/containers',
      '/var/lib/docker',
      '/var/lib/etcd',
      '/var/lib/kubelet',
      '/var/lib/rancher',
      '/var/spool/cron',
    ],
  },
  on: pods,
  check: ({ pod }, { parameters }) => {
    const exact = pathsOf(parameters.exact);
    const trees = pathsOf(parameters.trees);
    return hostPaths(pod)
      .filter(({ path }) => exact.has(path) || isWithinAny(path, trees))
      .map(({ at, name, path }) => fail(at, 'sensitive', `volume "${name}" is ${path} of the node`));
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withHostPaths('/etc/kubernetes/pki')),
      cluster(withHostPaths('/')),
      cluster(withHostPaths('//var/lib/../lib/kubelet/')),
    ],
  },
  overlaps: ['hygiene/rejected-by-server', 'workload/host-path'],
});
