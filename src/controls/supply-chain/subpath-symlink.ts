// CVE-2021-25741: on nodes with an old kubelet, a container that mounts a subPath can swap it for a symlink and read the node's files.
// Needs both: a node that reports an affected version, and a pod with a subPath. Without nodes in the input nothing can be said.

import { asString, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { control, fail, notApplicable, pods, remembered } from '../control.ts';
import { cluster, container, deployment, node, podSpec } from '../examples.ts';
import { type Affected, isAffected, versionIn } from './versions.ts';

const affected: readonly Affected[] = [
  { from: '0.0.0', fixed: '1.19.15' },
  { from: '1.20.0', fixed: '1.20.11' },
  { from: '1.21.0', fixed: '1.21.5' },
  { from: '1.22.0', fixed: '1.22.2' },
];

const versionPath = '/status/nodeInfo/kubeletVersion';

export const subpathSymlink = control({
  id: 'supply-chain/subpath-symlink',
  aliases: ['C-0058'],
  severity: 'high',
  title: 'Pods with a subPath meet no kubelet that follows symlinks',
  why: "On an affected node a container with a subPath mount can make the kubelet mount any of the node's folders into it.",
  fix: 'Update the kubelet of the node; until then mount whole volumes instead of sub-paths.',
  frameworks: ['owasp:K10', 'attack:T1611'],
  on: pods,
  check: ({ containers }, { snapshot }) => {
    const nodes = affectedNodes(snapshot);
    const [first] = nodes;
    if (first === undefined) return [notApplicable('no-affected-node', 'no node of the input runs an affected kubelet')];
    const evidence = nodes.map((resource) => ({ resource, path: versionPath, note: 'runs an affected kubelet' }));
    return containers.flatMap((container) =>
      container.volumeMounts
        .filter(({ spec }) => typeof spec.subPath === 'string' || typeof spec.subPathExpr === 'string')
        .map(({ path }) =>
          fail(
            `${path}/subPath`,
            'CVE-2021-25741',
            `container "${container.name}" mounts a subPath; node "${first.name}" has an affected kubelet`,
            {
              container: container.name,
              evidence,
            },
          ),
        ),
    );
  },
  examples: {
    pass: () => [cluster(deployment(), node()), cluster(mountsSubPath(), node())],
    fail: () => [cluster(mountsSubPath(), node({ kubeletVersion: 'v1.21.4' }))],
  },
  overlaps: ['reliability/kubernetes-eol'],
});

/** Worked out once a snapshot: every pod asks. */
const affectedNodes = remembered((snapshot) =>
  ofKind(snapshot, '', 'Node').filter(({ object }) => {
    const version = versionIn(asString(field(dig(object, 'status', 'nodeInfo'), 'kubeletVersion')) ?? '');
    return version !== undefined && isAffected(version, affected);
  }),
);

function mountsSubPath() {
  const spec = podSpec({ containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'app' }] })] });
  return deployment({ pod: { ...spec, volumes: [{ name: 'data', emptyDir: { sizeLimit: '1Gi' } }] } });
}
