// One question for objects of any kind: what would the API server refuse about its form? Built-in kinds are held against the data of a
// release, custom kinds against the definition the caller knows. Each object is judged once: answers are kept beside it.

import type { Json } from '../../lib/json.ts';
import { groupVersion, type KubeObject } from '../object.ts';
import { apiLifecycles } from '../version/deprecations.ts';
import { validateBuiltIn } from './built-in.ts';
import { validateCustom } from './custom.ts';
import type { Release } from './release.ts';
import type { CustomVersion } from './structural.ts';
import type { Violation } from './violation.ts';

const kept = new WeakMap<object, WeakMap<KubeObject, readonly Violation[]>>();

/** What is wrong with an object of a built-in kind; undefined where the release does not know the kind. */
export function violations(object: KubeObject, release: Release): readonly Violation[] | undefined {
  const schema = release.schemaOf(object.apiVersion, object.kind);
  return schema === undefined ? undefined : once(release, object, () => validateBuiltIn(object as Json, schema));
}

/** What is wrong with a custom resource under one version of its definition. */
export function customViolations(object: KubeObject, version: CustomVersion, release: Release): readonly Violation[] {
  return once(version, object, () => validateCustom(object as Json, version, release.definition('meta.v1.ObjectMeta')));
}

function once(key: object, object: KubeObject, judge: () => readonly Violation[]): readonly Violation[] {
  const answers = kept.get(key) ?? new WeakMap<KubeObject, readonly Violation[]>();
  kept.set(key, answers);
  let answer = answers.get(object);
  if (answer === undefined) {
    answer = judge();
    answers.set(object, answer);
  }
  return answer;
}

const formerGroups = new Set(apiLifecycles.map(({ apiVersion }) => groupVersion(apiVersion).group));

/** True for an API group that Kubernetes itself serves in this release, or served in an earlier one. */
export function isBuiltInGroup(group: string, release: Release): boolean {
  return formerGroups.has(group) || release.groups.has(group);
}
