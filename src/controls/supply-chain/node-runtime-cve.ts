// Flaws of container runtimes that the node itself reports by version: one lets a container read any file of the node. Patches that a
// distribution carried back without a new version number are not visible, so the finding names the version it rests on.

import { asString, dig } from '../../lib/json.ts';
import { control, fail, objects, unknown } from '../control.ts';
import { cluster, deployment, node } from '../examples.ts';
import { type Affected, isAffected, versionIn } from './versions.ts';

const affected: readonly Affected[] = [
  { from: '0.0.0', fixed: '1.4.13' },
  { from: '1.5.0', fixed: '1.5.10' },
  { from: '1.6.0', fixed: '1.6.1' },
];

export const nodeRuntimeCve = control({
  id: 'supply-chain/node-runtime-cve',
  aliases: ['C-0087'],
  severity: 'high',
  title: 'Container runtimes of nodes are without known escapes',
  why: 'With CVE-2022-23648 an image can name volume paths that containerd then copies out of the node into the container.',
  fix: 'Update containerd on the node to 1.6.1, 1.5.10, 1.4.13 or later.',
  frameworks: ['owasp:K10', 'attack:T1611'],
  on: objects('/Node'),
  check: ({ object }) => {
    const path = '/status/nodeInfo/containerRuntimeVersion';
    const runtime = asString(dig(object, 'status', 'nodeInfo', 'containerRuntimeVersion'));
    if (runtime === undefined) return [unknown(path, 'no-version', 'the node does not say which container runtime it has')];
    if (!runtime.startsWith('containerd://')) return [];
    const version = versionIn(runtime.slice('containerd://'.length));
    if (version === undefined) return [unknown(path, 'no-version', 'the version of containerd cannot be read')];
    return isAffected(version, affected) ? [fail(path, 'CVE-2022-23648', `containerd ${version} is open to CVE-2022-23648`)] : [];
  },
  examples: {
    pass: () => [cluster(deployment(), node())],
    fail: () => [cluster(deployment(), node({ containerRuntimeVersion: 'containerd://1.5.9' }))],
  },
});
