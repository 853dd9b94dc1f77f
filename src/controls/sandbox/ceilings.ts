// How much a sandbox may use. Every container needs a limit, and none may exceed the ceiling that the user sets for sandboxes. Two controls,
// for CPU and for memory; a sandbox without limits is also found by those for all workloads.

import { compareQuantities, parseQuantity } from '../../kube/quantity.ts';
import { asString, dig, textOf } from '../../lib/json.ts';
import { type Control, control, fail } from '../control.ts';
import { cluster, container } from '../examples.ts';
import { sandboxPods, sandboxTemplate } from './target.ts';

function ceiling(name: 'cpu' | 'memory', word: string, most: string, over: string): Control {
  return control({
    id: `sandbox/${name}-ceiling`,
    aliases: ['C-0303', `rule:resources-sandbox-${name}-limits`],
    severity: 'medium',
    title: `Agent sandboxes stay below a ceiling of ${word}`,
    why: `A sandbox runs what a model made up: a loop without end, or a miner, takes all the ${word} it is given.`,
    fix: `Set resources.limits.${name} of every container, below the ceiling for sandboxes.`,
    frameworks: ['nsa:resource-policies', 'attack:T1496', 'matrix:MS-TA9039'],
    parameters: { max: '' },
    on: sandboxPods,
    check: ({ containers }, { parameters }) => {
      const max = parseQuantity(asString(parameters.max) ?? '');
      return containers.flatMap((container) => {
        const path = container.at(`/resources/limits/${name}`);
        const written = dig(container.spec, 'resources', 'limits', name);
        if (written === undefined)
          return [fail(path, 'missing', `container "${container.name}" has no limit of ${word}`, { container: container.name })];
        const limit = parseQuantity(typeof written === 'number' ? written : textOf(written));
        if (!limit.ok || !max.ok || compareQuantities(limit.value, max.value) <= 0) return [];
        return [
          fail(path, 'too-high', `container "${container.name}" may use ${textOf(written)}, more than ${textOf(parameters.max)}`, {
            container: container.name,
          }),
        ];
      });
    },
    examples: {
      parameters: { max: most },
      pass: () => [cluster(sandboxTemplate())],
      fail: () => [
        cluster(
          sandboxTemplate({
            pod: {
              containers: [
                container({
                  resources: {
                    requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi', [name]: over },
                    limits: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi', [name]: over },
                  },
                }),
              ],
            },
          }),
        ),
      ],
    },
  });
}

export const cpuCeiling = ceiling('cpu', 'CPU', '1', '1k');
export const memoryCeiling = ceiling('memory', 'memory', '512Mi', '4Gi');
