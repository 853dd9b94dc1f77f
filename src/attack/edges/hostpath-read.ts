// Edge hostpath-read. Reads credentials on its node.

import { byContainer, filesOfItsNodes } from '../by-container.ts';
import { hostPath } from '../examples.ts';
import { hostMounts, mayBeRoot, touches } from '../settings.ts';

/** Where credentials lie on a node: of the kubelet and its pods, of the control plane, of users. */
const places = ['/var/lib/kubelet', '/etc/kubernetes', '/var/lib/etcd', '/root', '/home', '/etc/shadow', '/etc/ssh', '/proc'];

export const hostpathRead = byContainer({
  id: 'hostpath-read',
  title: 'Reads credentials on its node',
  needs: 'a hostPath that holds credentials',
  gains: 'tokens of the pods on its node, keys',
  technique: { attack: 'T1552', matrix: 'Writable hostPath mount' },
  fix: 'mount no path of the node',
  effort: 2,
  cost: 1,
  opens: (container, pod) => {
    const found = hostMounts(container, pod).filter(
      ({ host, readOnly }) => readOnly && places.some((place) => touches(host, place)) && mayBeRoot(container, pod),
    );
    return found.length === 0 ? undefined : { paths: found.map(({ path }) => path), text: `hostPath ${found[0]?.host}, read-only` };
  },
  gain: filesOfItsNodes,
  example: { objects: [hostPath('/var/lib/kubelet', true)] },
});
