// A workload's selector against its template's labels (k8s.io/apimachinery meta/v1 LabelSelectorAsSelector, 1.36).

import { isLabelValue, isQualifiedName } from '../../../kube/names.ts';
import { labelSelector, matches } from '../../../kube/selector.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { stringMap } from '../../../lib/json.ts';
import { type FieldError, invalid } from '../../fields/error.ts';
import { goMapJson } from '../../fields/go-text.ts';
import type { Path } from '../../fields/path.ts';
import { labelsOf, metadataOf, object, objects, size } from '../read.ts';

export type TemplateMatch = 'matches' | 'differs' | 'everything' | 'nothing' | 'unreadable';

/** Whether a LabelSelector selects the template's pods. */
export function matchTemplate(selector: Json | undefined, template: JsonObject): TemplateMatch {
  const labels = labelsOf(template);
  if (isPlainMatch(selector, labels)) return 'matches';
  const read = labelSelector(selector);
  if (!read.ok) return 'unreadable';
  if (read.value === undefined) return 'nothing';
  if (read.value.length === 0) return 'everything';
  return matches(read.value, stringMap(labels)) ? 'matches' : 'differs';
}

/** True for a selector of nothing but labels that the template has: most are that plain, and need not be read. */
function isPlainMatch(selector: Json | undefined, labels: JsonObject): boolean {
  const given = object(selector);
  const wanted = object(given?.matchLabels);
  if (wanted === undefined || size(given?.matchExpressions) > 0 || size(wanted) === 0) return false;
  for (const key in wanted) {
    const value = wanted[key];
    if (typeof value !== 'string' || !Object.hasOwn(labels, key) || labels[key] !== value) return false;
    if (!isQualifiedName(key) || !isLabelValue(value)) return false;
  }
  return true;
}

/** The error of a template whose labels are not selected. */
export function notSelected(template: JsonObject, path: Path): FieldError {
  const labels = object(metadataOf(template).labels);
  const shown = { ...invalid(path, '', '`selector` does not match template `labels`') };
  return { ...shown, value: goMapJson(labels ?? null) };
}

export function isEmptySelector(selector: Json | undefined): boolean {
  const given = object(selector);
  return given !== undefined && size(given.matchLabels) + size(given.matchExpressions) === 0;
}

/** The selector as messages write it: in the order of its struct, keys sorted. */
export function shownSelector(selector: Json | undefined): Json {
  const given = object(selector);
  if (given === undefined) return null;
  const shown: Record<string, Json> = {};
  const labels = object(given.matchLabels);
  if (labels !== undefined && size(labels) > 0)
    shown.matchLabels = Object.fromEntries(
      Object.keys(labels)
        .sort()
        .map((key) => [key, labels[key] ?? '']),
    );
  if (size(given.matchExpressions) > 0)
    shown.matchExpressions = objects(given.matchExpressions).map(({ key, operator, values }) => ({
      key: key ?? '',
      operator: operator ?? '',
      ...(size(values) > 0 ? { values: values ?? null } : {}),
    }));
  return shown;
}
