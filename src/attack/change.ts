// A change in thought: objects that are added, changed or removed, as a file says it. Manifests add what is new and replace what is there; an
// object whose metadata.annotations has `cofferdam.dev/remove: "true"` is removed; a list of `{target, patch}` patches objects by JSON Patch.

import { groupVersion, isKubeObject } from '../kube/object.ts';
import { applyJsonPatch, type JsonPatchOperation } from '../kube/patch/json-patch.ts';
import { asList, asString, dig, field, isObject, type Json } from '../lib/json.ts';
import { type Problem, problem } from '../lib/problem.ts';
import { failure, ok, type Result } from '../lib/result.ts';
import { named } from '../snapshot/lookup.ts';
import { type Resource, resource, type Snapshot } from '../snapshot/snapshot.ts';

const mark = 'cofferdam.dev/remove';

/** The snapshot with these manifests applied, as `kubectl apply` would; marked ones deleted. */
export function withManifests(snapshot: Snapshot, manifests: readonly Resource[]): Snapshot {
  const key = ({ group, kind, namespace, name }: Resource) => `${group}/${kind}/${namespace}/${name}`;
  const changed = new Map(manifests.map((one) => [key(one), one]));
  const removed = new Set(manifests.filter(({ object }) => dig(object, 'metadata', 'annotations', mark) === 'true').map(key));
  const kept = snapshot.resources.flatMap((one) => {
    const own = key(one);
    if (removed.has(own)) return [];
    const next = changed.get(own);
    changed.delete(own);
    return [next ?? one];
  });
  return { ...snapshot, resources: [...kept, ...[...changed].flatMap(([own, one]) => (removed.has(own) ? [] : [one]))] };
}

/** True for a value that is a list of patches: `[{target: {kind, namespace, name}, patch: [...]}]`. */
export function isPatchList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isObject(field(item, 'target')) && Array.isArray(field(item, 'patch')))
  );
}

/** The snapshot with patches made; the first that does not fit ends it with its reason. */
export function withPatches(snapshot: Snapshot, patches: Json): Result<Snapshot, Problem> {
  let resources = [...snapshot.resources];
  for (const [index, item] of asList(patches).entries()) {
    const text = (key: string) => asString(dig(item, 'target', key)) ?? '';
    const { group } = groupVersion(text('apiVersion'));
    const targets = named({ ...snapshot, resources }, group, text('kind'), text('namespace'), text('name'));
    if (targets.length === 0)
      return failure(problem('usage/bad-flag', `patch ${index + 1}: there is no ${text('kind')} ${text('namespace')}/${text('name')}`));
    const changed = new Map<Resource, Resource>();
    for (const target of targets) {
      const done = applyJsonPatch(target.object, asList(field(item, 'patch')) as unknown as readonly JsonPatchOperation[]);
      if (!done.ok)
        return failure(problem('usage/bad-flag', `patch ${index + 1}, operation ${done.problem.operation + 1}: ${done.problem.message}`));
      if (!isKubeObject(done.value)) return failure(problem('usage/bad-flag', `patch ${index + 1} leaves no object`));
      changed.set(
        target,
        resource(done.value, target.origin, target.namespace === '' ? 'default' : target.namespace, target.namespace !== ''),
      );
    }
    resources = resources.map((one) => changed.get(one) ?? one);
  }
  return ok({ ...snapshot, resources });
}
