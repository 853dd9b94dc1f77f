// Whether a webhook is asked: its match conditions over `request`, the spec of the SubjectAccessReview it would get
// (k8s.io/apiserver pkg/authorization/cel, 1.36). One that is false passes the webhook over, whatever the others are; one that cannot be
// evaluated is a failure of the webhook.

import { type Environment, extend } from '../../languages/cel/environment.ts';
import { kubernetesEnvironment } from '../../languages/cel/kubernetes.ts';
import type { Program } from '../../languages/cel/program.ts';
import { listOf, mapTypeOf, objectType, type Type, types } from '../../languages/cel/type.ts';
import { CelError, type ObjectMap } from '../../languages/cel/value.ts';
import { asString, field, type JsonObject } from '../../lib/json.ts';

const texts = (...names: readonly string[]): (readonly [string, Type])[] => names.map((name) => [name, types.string]);

const requirement = objectType('kubernetes.SelectorRequirement', new Map([...texts('key', 'operator'), ['values', listOf(types.string)]]));
const selector = (name: string) => objectType(name, new Map([...texts('rawSelector'), ['requirements', listOf(requirement)]]));
const fieldSelector = selector('kubernetes.FieldSelectorAttributes');
const labelSelector = selector('kubernetes.LabelSelectorAttributes');
const resourceAttributes = objectType(
  'kubernetes.ResourceAttributes',
  new Map([
    ...texts('namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'),
    ['fieldSelector', fieldSelector],
    ['labelSelector', labelSelector],
  ]),
);
const nonResourceAttributes = objectType('kubernetes.NonResourceAttributes', new Map(texts('path', 'verb')));
const spec = objectType(
  'kubernetes.SubjectAccessReviewSpec',
  new Map([
    ...texts('user', 'uid'),
    ['groups', listOf(types.string)],
    ['extra', mapTypeOf(types.string, listOf(types.string))],
    ['resourceAttributes', resourceAttributes],
    ['nonResourceAttributes', nonResourceAttributes],
  ]),
);

/** What conditions are compiled in. */
export function requestEnvironment(minor?: number): Environment {
  const objects = [spec, resourceAttributes, nonResourceAttributes, fieldSelector, labelSelector, requirement];
  return extend(kubernetesEnvironment(minor), { variables: { request: spec }, objects });
}

export type Matched = { readonly kind: 'yes' | 'no' } | { readonly kind: 'error'; readonly message: string };

/** `review`: the spec that the webhook would get. */
export function matchConditions(conditions: readonly Program[], review: JsonObject): Matched {
  const errors: string[] = [];
  const request = whole(review);
  for (const condition of conditions) {
    const { value } = condition.evaluate({ request });
    if (value === false) return { kind: 'no' };
    if (value instanceof CelError)
      errors.push(`cel evaluation error: expression '${condition.source}' resulted in error: ${value.message}`);
    else if (value !== true) errors.push(`cel evaluation error: expression '${condition.source}' eval result type should be bool`);
  }
  if (errors.length === 0) return { kind: 'yes' };
  return { kind: 'error', message: errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]` };
}

/** The spec with the fields that its JSON leaves out while they are empty. */
function whole(review: JsonObject): ObjectMap {
  const resource = field(review, 'resourceAttributes');
  const text = (of: unknown, name: string) => asString(field(of, name)) ?? '';
  const names = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'];
  return {
    user: text(review, 'user'),
    uid: text(review, 'uid'),
    groups: (review.groups ?? []) as ObjectMap[string],
    extra: (review.extra ?? {}) as ObjectMap[string],
    ...(resource === undefined
      ? { nonResourceAttributes: review.nonResourceAttributes as ObjectMap[string] }
      : {
          resourceAttributes: {
            ...(resource as ObjectMap),
            ...Object.fromEntries(names.map((name) => [name, text(resource, name)])),
          },
        }),
  };
}
