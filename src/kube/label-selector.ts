// Which labels a selector selects. metav1.LabelSelector and map selectors as apimachinery 1.36 evaluates them: all requirements hold
// together, NotIn and DoesNotExist hold for labels that lack the key, an invalid requirement makes the whole selector select nothing.

import { asList, asString, dig, field, isObject, type Json, strings } from '../lib/json.ts';

export type Labels = Readonly<Record<string, string>>;

/** True where a metav1.LabelSelector selects these labels. Absent or of another shape, it selects nothing; `{}` selects everything. */
export function selects(selector: Json | undefined, labels: Labels): boolean {
  if (!isObject(selector)) return false;
  return (
    mapSelects(selector.matchLabels ?? {}, labels) &&
    asList(selector.matchExpressions).every((requirement) => requirementHolds(requirement, labels))
  );
}

/** True where a map of labels (`spec.selector` of a Service) is contained in these labels; the empty map is contained in all. */
export function mapSelects(selector: Json | undefined, labels: Labels): boolean {
  return isObject(selector) && Object.entries(selector).every(([key, value]) => hasLabel(labels, key) && labels[key] === value);
}

/** True for a selector that has no requirement: it selects everything. */
export function isEmptySelector(selector: Json | undefined): boolean {
  return (
    isObject(selector) &&
    Object.keys(isObject(selector.matchLabels) ? selector.matchLabels : {}).length === 0 &&
    asList(selector.matchExpressions).length === 0
  );
}

function requirementHolds(requirement: Json, labels: Labels): boolean {
  const key = asString(field(requirement, 'key'));
  if (key === undefined) return false;
  const present = hasLabel(labels, key);
  const values = strings(dig(requirement, 'values'));
  switch (field(requirement, 'operator')) {
    case 'In':
      return present && values.includes(labels[key] ?? '');
    case 'NotIn':
      return values.length > 0 && !(present && values.includes(labels[key] ?? ''));
    case 'Exists':
      return values.length === 0 && present;
    case 'DoesNotExist':
      return values.length === 0 && !present;
    default:
      return false;
  }
}

function hasLabel(labels: Labels, key: string): boolean {
  return Object.hasOwn(labels, key);
}
