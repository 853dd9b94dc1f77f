// Groups of the Kubernetes project itself: a definition in one of them says where it was approved, or that it was not
// (k8s.io/apiextensions-apiserver pkg/apihelpers, 1.36).

import { hasFormat } from '../../../kube/schema/formats.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { annotationsOf, member } from '../read.ts';

const annotation = 'api-approved.kubernetes.io';
const at = fieldPath('metadata', 'annotations').key(annotation);
const see = 'see https://github.com/kubernetes/enhancements/pull/1111';

type State = 'approved' | 'bypassed' | 'missing' | 'invalid';

export function validateApproval(crd: JsonObject, old: JsonObject | undefined, group: string, errors: FieldError[]): void {
  if (!/(?:^|\.)(?:k8s|kubernetes)\.io$/.test(group)) return;
  const state = stateOf(crd);
  if (old !== undefined && stateOf(old) === state) return;
  if (state === 'missing') errors.push(required(at, `protected groups must have approval annotation "${annotation}", ${see}`));
  if (state === 'invalid') {
    const why = `protected groups must have approval annotation "${annotation}" with either a URL or a reason starting with "unapproved", ${see}`;
    errors.push(invalid(at, written(crd), why));
  }
}

function written(crd: JsonObject): string {
  return member(annotationsOf(crd), annotation) ?? '';
}

function stateOf(crd: JsonObject): State {
  const said = written(crd);
  if (said === '') return 'missing';
  if (said.startsWith('unapproved')) return 'bypassed';
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]+/.test(said) && hasFormat(said, 'uri') ? 'approved' : 'invalid';
}
