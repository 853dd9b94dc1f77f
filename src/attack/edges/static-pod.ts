// Edge static-pod. The kubelet runs what lies in its manifests folder; admission is not asked.

import { byContainer, itsNodes } from '../by-container.ts';
import { hostPath } from '../examples.ts';
import { hostMounts, mayBeRoot } from '../settings.ts';

export const staticPod = byContainer({
  id: 'static-pod',
  title: 'Writes manifests of static pods',
  needs: "a writable hostPath of the kubelet's manifests",
  gains: 'pods without admission on its node',
  technique: { attack: 'T1610', matrix: 'Static pods' },
  fix: 'mount no manifests folder',
  effort: 1,
  cost: 1,
  opens: (container, pod) => {
    const found = hostMounts(container, pod).filter(
      ({ host, readOnly }) => !readOnly && host.startsWith('/etc/kubernetes/manifests') && mayBeRoot(container, pod),
    );
    return found.length === 0 ? undefined : { paths: found.map(({ path }) => path), text: `hostPath ${found[0]?.host}, writable` };
  },
  gain: itsNodes,
  example: { objects: [hostPath('/etc/kubernetes/manifests')] },
});
