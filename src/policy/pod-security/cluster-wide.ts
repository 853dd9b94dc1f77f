// One Pod Security level for a whole cluster, as a policy: for those who do not want a namespace's label to be able to lower it. What is
// judged is what Pod Security Admission judges: pods when they are created or change, and what makes pods only by a warning.

import { isKubeObject } from '../../kube/object.ts';
import { podsOf } from '../../kube/pod/lower.ts';
import type { Outcome, ValidatingPolicy } from '../compiled.ts';
import { evaluate, forbiddenDetail } from './evaluate.ts';
import { isLookedInto, isPods, isSignificant } from './significant.ts';

/** The policy. `version` is `latest` or `v1.34`. */
export function clusterWidePodSecurity(
  level: 'baseline' | 'restricted',
  failurePolicy: 'Fail' | 'Ignore',
  version = 'latest',
): ValidatingPolicy {
  const name = `pod-security-${level}`;
  return {
    name,
    kind: 'PodSecurity',
    phase: 'validate',
    failurePolicy,
    targets: [{ operations: ['CREATE', 'UPDATE'], resources: ['*'] }],
    issues: [],
    evaluate: ({ input }) => {
      const { object, resource } = input;
      if (!isKubeObject(object) || !isLookedInto(input) || !isSignificant(input)) return { outcomes: [] };
      const isPod = isPods(resource);
      const outcomes = podsOf(object).flatMap((pod, index): readonly Outcome[] => {
        const { allowed, violations } = evaluate(pod, level, version);
        if (allowed) return [];
        const message = `violates PodSecurity "${level}:${version}": ${forbiddenDetail(violations)}`;
        const enforcement = [isPod ? ('deny' as const) : ('warn' as const)];
        return [
          { policy: name, binding: undefined, rule: '', index, decision: 'deny', enforcement, message, reason: 'Forbidden', code: 403 },
        ];
      });
      return { outcomes };
    },
  };
}
