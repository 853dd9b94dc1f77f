// The socket of the container runtime starts any container on the node, privileged ones too: whoever writes to it is root on the node, also
// through a read-only mount. Sockets and the directories that hold nothing else; whole /run and /var/run are named by
// workload/host-path-sensitive.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { withHostPaths } from './examples.ts';
import { hostPaths, pathsOf } from './host-paths.ts';

export const runtimeSocket = control({
  id: 'workload/runtime-socket',
  aliases: ['C-0074', 'KSV-0006', 'CKV_K8S_27', 'docker-sock', 'container-runtime-sock', 'DockerSock'],
  severity: 'critical',
  title: 'Pods do not hold the socket of the container runtime',
  why: 'With the socket a container starts others with any rights on the node, unseen by the API server: it is root there.',
  fix: 'Build images with a tool that needs no daemon; let agents ask the kubelet or the API server.',
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
    paths: [
      '/run/containerd',
      '/run/containerd/containerd.sock',
      '/run/cri-dockerd.sock',
      '/run/crio',
      '/run/crio/crio.sock',
      '/run/docker',
      '/run/docker.sock',
      '/run/dockershim.sock',
      '/run/k0s/containerd.sock',
      '/run/k3s/containerd',
      '/run/k3s/containerd/containerd.sock',
      '/run/podman/podman.sock',
      '/var/snap/microk8s/common/run/containerd.sock',
      '/pipe/containerd-containerd',
      '/pipe/docker_engine',
    ],
  },
  on: pods,
  check: ({ pod }, { parameters }) => {
    const sockets = pathsOf(parameters.paths);
    return hostPaths(pod)
      .filter(({ path }) => sockets.has(path.replace(/^\/var\/run\//, '/run/')))
      .map(({ at, name, path }) => fail(at, 'runtime-socket', `volume "${name}" is the container runtime's ${path}`));
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withHostPaths('/var/run/docker.sock')),
      cluster(withHostPaths('//var//run/docker.sock')),
      cluster(withHostPaths('/var/run/../run/containerd/containerd.sock')),
      cluster(withHostPaths('\\\\.\\pipe\\docker_engine')),
    ],
  },
  overlaps: ['hygiene/rejected-by-server', 'workload/host-path'],
});
