// Selectors as objects carry them, held against labels in one step; selector.ts has the grammar and the exact rules. A selector that the API
// server would refuse selects nothing. Read once an object, since one policy or Service is held against many pods.

import { asList, isObject, type Json, type JsonObject } from '../lib/json.ts';
import { type Labels, labelSelector, matches, type Selector } from './selector.ts';

export type { Labels } from './selector.ts';

const read = new WeakMap<JsonObject, Selector | 'nothing'>();

/** True where a metav1.LabelSelector selects these labels. Absent or of another shape, it selects nothing; `{}` selects everything. */
export function selects(selector: Json | undefined, labels: Labels): boolean {
  if (!isObject(selector)) return false;
  let known = read.get(selector);
  if (known === undefined) {
    const parsed = labelSelector(selector);
    known = (parsed.ok ? parsed.value : undefined) ?? 'nothing';
    read.set(selector, known);
  }
  return known !== 'nothing' && matches(known, labels);
}

/** True where a map of labels (`spec.selector` of a Service) is contained in these labels; the empty map is contained in all. */
export function mapSelects(selector: Json | undefined, labels: Labels): boolean {
  return isObject(selector) && Object.entries(selector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/** True for a selector that has no requirement: it selects everything. */
export function isEmptySelector(selector: Json | undefined): boolean {
  return (
    isObject(selector) &&
    Object.keys(isObject(selector.matchLabels) ? selector.matchLabels : {}).length === 0 &&
    asList(selector.matchExpressions).length === 0
  );
}
