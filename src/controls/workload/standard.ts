// Controls that ask exactly what a check of the Pod Security Standards asks, in the form it has in the cluster's version: the fields that the
// check blames, each with the container it belongs to.

import type { Container, Pod } from '../../kube/pod/types.ts';
import { offenceOf } from '../../policy/pod-security/evaluate.ts';
import type { Context, Outcome } from '../control.ts';
import { fail } from '../control.ts';

/** A failure for every field that the check `id` blames. `say` makes the sentence; `owner` is `container "a"` or `the pod`. */
export function standardOutcomes(
  pod: Pod,
  context: Context,
  id: string,
  reason: string,
  say: (owner: string, path: string) => string,
): readonly Outcome[] {
  const { paths = [] } = offenceOf(pod, id, context.snapshot.facts.kubernetesVersion) ?? {};
  return paths.map((path) => {
    const container = ownerOf(pod, path);
    const owner = container === undefined ? 'the pod' : `container "${container.name}"`;
    return fail(path, reason, say(owner, path), container === undefined ? {} : { container: container.name });
  });
}

function ownerOf(pod: Pod, path: string): Container | undefined {
  return pod.containers.find((container) => path.startsWith(`${container.path}/`));
}
