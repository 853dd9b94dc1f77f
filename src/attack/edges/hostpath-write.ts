// Edge hostpath-write. Writes files of its node.

import { byContainer, itsNodes } from '../by-container.ts';
import { hostPath } from '../examples.ts';
import { hasUserNamespace, hostMounts, mayBeRoot, touches } from '../settings.ts';

/** Where writing a file is as good as a command: programs, scheduled jobs, keys, and what the kubelet and the container runtime run. */
const places = [
  '/etc',
  '/root',
  '/home',
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/opt',
  '/boot',
  '/dev',
  '/var/spool/cron',
  '/var/lib/kubelet',
  '/var/lib/containerd',
  '/var/lib/docker',
  '/run/systemd',
  '/etc/kubernetes',
  '/var/lib/etcd',
];

export const hostpathWrite = byContainer({
  id: 'hostpath-write',
  title: 'Writes files of its node',
  needs: 'a writable hostPath that holds programs, scheduled jobs, keys or the state of the kubelet',
  gains: 'root on its node',
  technique: { attack: 'T1611', matrix: 'Writable hostPath mount' },
  fix: 'mount no path of the node',
  effort: 2,
  cost: 1,
  opens: (container, pod) => {
    const found = hostMounts(container, pod).filter(
      ({ host, readOnly }) =>
        !readOnly && host !== '/etc/kubernetes/manifests' && places.some((place) => touches(host, place)) && mayBeRoot(container, pod),
    );
    return found.length === 0
      ? undefined
      : { paths: found.map(({ path }) => path), text: `hostPath ${found[0]?.host}, writable`, known: !hasUserNamespace(pod) };
  },
  gain: itsNodes,
  example: { objects: [hostPath('/etc/cron.d')] },
});
