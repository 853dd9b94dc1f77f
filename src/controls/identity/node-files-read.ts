// Finer parts of the kubelet's API than nodes/proxy (KEP-2862, general in Kubernetes 1.36): logs and files of the node, its settings, the
// pods with their plain environment, and checkpoints, which hold the memory of a container.
import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const nodeFilesRead = right({
  id: 'identity/node-files-read',
  aliases: [],
  severity: 'medium',
  title: 'No role reads files and pods through kubelets',
  why: "The kubelet gives out logs of the host, its settings, every pod of the node with its environment, and checkpoints with a container's memory.",
  fix: 'Give agents `nodes/metrics` and `nodes/stats`, which hold figures alone, and keep the other parts for people who debug nodes.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1552.007', 'owasp:K03'],
  lets: 'read logs, settings, pods or checkpoints of nodes through their kubelets',
  rights: [
    { verbs: ['get'], group: '', resources: ['nodes/log', 'nodes/configz', 'nodes/pods'] },
    { verbs: ['create', 'get'], group: '', resources: ['nodes/checkpoint'] },
  ],
  droppable: true,
  examples: {
    pass: () => [harmless(), clusterWide(rule('', ['nodes/metrics', 'nodes/stats'], ['get']))],
    fail: () => [
      clusterWide(rule('', ['nodes/metrics', 'nodes/log'], ['get'])),
      clusterWide(rule('', ['nodes/checkpoint', 'nodes/stats'], ['create'])),
    ],
  },
});
