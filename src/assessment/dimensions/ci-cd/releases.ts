// CI/CD: how new versions come: a part of the load at a time, and often enough.

import { asString, dig } from '../../../lib/json.ts';
import { ofKind } from '../../../snapshot/lookup.ts';
import { type Check, judged } from '../../check.ts';
import { running } from '../../words.ts';

export const releases: readonly Check[] = [
  judged(
    'ci-cd/progressive-delivery',
    {
      title: 'New versions are tried on a part of the load first',
      fix: 'Use Argo Rollouts, Flagger, or weights of Gateway routes.',
      weight: 1,
    },
    function* ({ snapshot }) {
      const own = running(snapshot);
      if (own.length === 0) return;
      const tool = ofKind(snapshot, 'argoproj.io', 'Rollout')[0] ?? ofKind(snapshot, 'flagger.app', 'Canary')[0];
      yield {
        verdict: tool === undefined ? 'fail' : 'pass',
        ...(tool === undefined ? {} : { resource: tool }),
        detail: tool === undefined ? 'neither Argo Rollouts nor Flagger is used' : `${tool.kind} ${tool.name}`,
      };
    },
  ),
  judged(
    'ci-cd/releases',
    {
      title: 'Deployments were released within 90 days',
      fix: 'Rebuild and release at least quarterly, so that base images are patched.',
      weight: 1,
      needs: ['live'],
      phase: 'runtime',
    },
    function* ({ snapshot, now }) {
      const sets = Map.groupBy(
        ofKind(snapshot, 'apps', 'ReplicaSet'),
        (one) => `${one.namespace}/${asString(dig(one.object, 'metadata', 'ownerReferences', 0, 'name')) ?? ''}`,
      );
      for (const resource of ofKind(snapshot, 'apps', 'Deployment')) {
        const times = (sets.get(`${resource.namespace}/${resource.name}`) ?? [])
          .map(({ object }) => Date.parse(asString(dig(object, 'metadata', 'creationTimestamp')) ?? ''))
          .filter(Number.isFinite);
        if (times.length === 0) continue;
        const age = Math.floor((now - Math.max(...times)) / 86_400_000);
        yield {
          verdict: age <= 90 ? 'pass' : 'fail',
          resource,
          detail: `last released ${age} days ago; ${times.length} releases are kept`,
        };
      }
    },
  ),
];
