// Edge runtime-socket. A socket mounted read-only takes commands all the same.

import { byContainer, itsNodes } from '../by-container.ts';
import { hostPath } from '../examples.ts';
import { holds, hostMounts } from '../settings.ts';

const sockets = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/run/containerd/containerd.sock',
  '/var/run/containerd/containerd.sock',
  '/run/k3s/containerd/containerd.sock',
  '/run/crio/crio.sock',
  '/var/run/crio/crio.sock',
  '/run/cri-dockerd.sock',
  '/var/run/cri-dockerd.sock',
  '/run/podman/podman.sock',
];

export const runtimeSocket = byContainer({
  id: 'runtime-socket',
  title: 'Commands the container runtime',
  needs: 'a hostPath that holds the socket of the container runtime',
  gains: 'root on its node',
  technique: { attack: 'T1611', matrix: '' },
  fix: 'mount no socket of the runtime',
  effort: 2,
  cost: 1,
  opens: (container, pod) => {
    const found = hostMounts(container, pod).filter(({ host }) => host !== '/' && sockets.some((socket) => holds(host, socket)));
    return found.length === 0 ? undefined : { paths: found.map(({ path }) => path), text: `hostPath ${found[0]?.host}` };
  },
  gain: itsNodes,
  example: { objects: [hostPath('/run/containerd/containerd.sock')] },
});
