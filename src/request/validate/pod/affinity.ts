// Affinity of pods to nodes and to each other, and keys that pods take from their own labels (KEP-3633; kubernetes
// pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain, validateLabelName, validateLabelSelector } from '../meta/labels.ts';
import { dnsLabel } from '../meta/names.ts';
import { count, given, object, objects, struct, text, texts } from '../read.ts';
import { validateNodeSelector, validateNodeSelectorTerm } from './node-selector.ts';
import type { PodOptions } from './options.ts';

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const node = object(affinity.nodeAffinity);
  if (node !== undefined) {
    const at = path.child('nodeAffinity');
    const must = object(node[requiredTerms]);
    if (must !== undefined) validateNodeSelector(must, at.child(requiredTerms), errors, options.allowInvalidNodeAffinityValue);
    for (const [position, term] of objects(node[preferredTerms]).entries()) {
      const place = at.child(preferredTerms).index(position);
      validateWeight(term, place, errors);
      validateNodeSelectorTerm(struct(term.preference), place.child('preference'), errors, true);
    }
  }
  for (const side of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = object(affinity[side]);
    if (terms === undefined) continue;
    for (const [position, term] of objects(terms[requiredTerms]).entries())
      validateTerm(term, path.child(side, requiredTerms).index(position), errors, options);
    for (const [position, term] of objects(terms[preferredTerms]).entries()) {
      const at = path.child(side, preferredTerms).index(position);
      validateWeight(term, at, errors);
      validateTerm(struct(term.podAffinityTerm), at.child('podAffinityTerm'), errors, options);
    }
  }
}

function validateWeight(term: JsonObject, path: Path, errors: FieldError[]): void {
  const weight = count(term.weight);
  if (weight <= 0 || weight > 100) errors.push(invalid(path.child('weight'), weight, 'must be in the range 1-100'));
}

function validateTerm(term: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const selectorOptions = { allowInvalidLabelValue: options.allowInvalidLabelValue };
  validateLabelSelector(term.labelSelector, path.child('labelSelector'), errors, selectorOptions);
  validateLabelSelector(term.namespaceSelector, path.child('namespaceSelector'), errors, selectorOptions);
  for (const namespace of texts(term.namespaces)) complain(namespace, dnsLabel(namespace), path.child('namespace'), errors);
  validateMatchLabelKeys(term, path, errors);
  const topologyKey = text(term.topologyKey);
  if (topologyKey === '') errors.push(required(path.child('topologyKey'), 'can not be empty'));
  validateLabelName(topologyKey, path.child('topologyKey'), errors);
}

/** `matchLabelKeys` and `mismatchLabelKeys` of a term or constraint, since 1.34 merged into its selector. */
export function validateMatchLabelKeys(term: JsonObject, path: Path, errors: FieldError[]): void {
  const keys = texts(term.matchLabelKeys);
  const others = texts(term.mismatchLabelKeys);
  for (const [field, list] of [
    ['matchLabelKeys', keys],
    ['mismatchLabelKeys', others],
  ] as const) {
    if (list.length === 0) continue;
    if (!given(term.labelSelector)) errors.push(forbidden(path.child(field), 'must not be specified when labelSelector is not set'));
    else for (const [position, key] of list.entries()) validateLabelName(key, path.child(field).index(position), errors);
  }
  const selector = object(term.labelSelector);
  if (selector !== undefined && keys.length > 0) {
    const seen = new Set(Object.keys(struct(selector.matchLabels)));
    for (const expression of objects(selector.matchExpressions)) {
      const key = text(expression.key);
      const position = keys.lastIndexOf(key);
      if (position >= 0 && seen.has(key))
        errors.push(invalid(path.index(position), key, 'exists in both matchLabelKeys and labelSelector'));
      seen.add(key);
    }
  }
  for (const [position, key] of keys.entries())
    if (others.includes(key))
      errors.push(invalid(path.child('matchLabelKeys').index(position), key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
}
