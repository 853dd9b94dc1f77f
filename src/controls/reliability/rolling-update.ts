// Recreate stops every pod before the first new one starts. Where the pods mount a volume claim it may be the only way that works, since many
// volumes can be attached once: such Deployments are not asked.

import { dig, isObject, textOf } from '../../lib/json.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const rollingUpdate = control({
  id: 'reliability/rolling-update',
  aliases: ['C-0305', 'no-rolling-update-strategy', 'deployment-strategy'],
  severity: 'low',
  title: 'Deployments are updated pod by pod',
  why: 'Every update is an outage, and a bad version has no old pods left to fall back on.',
  fix: 'Remove `strategy`, since rolling updates are the default, or set its type to RollingUpdate.',
  frameworks: [],
  on: objects('apps/Deployment', 'extensions/Deployment'),
  check: ({ resource, object }) => {
    const type = dig(object, 'spec', 'strategy', 'type') ?? null;
    if (type === null || type === 'RollingUpdate') return [];
    if (resource.pods.some((pod) => pod.volumes.some(({ spec }) => isObject(spec.persistentVolumeClaim))))
      return [notApplicable('volume', 'its pods mount a volume claim that two of them may not be able to share')];
    return [fail('/spec/strategy/type', 'not-rolling', `the strategy is ${textOf(type)}`)];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment({ spec: { strategy: { type: 'Recreate' } } }))],
  },
});
