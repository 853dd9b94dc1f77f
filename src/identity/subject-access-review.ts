// SubjectAccessReview and its local and self forms, as kube-apiserver 1.36 answers them (pkg/apis/authorization/validation and
// pkg/registry/authorization): the spec is checked first, then the question is asked literally. No group is added to the user, and a field
// selector on metadata.name does not become the name. Selectors that cannot be read are dropped and said in `evaluationError`.
// Left out: the check on label values of a selector.

import { type FieldRequirement, parseFieldSelector } from '../kube/field-selector.ts';
import { isQualifiedName } from '../kube/names.ts';
import { parseSelector, type Requirement } from '../kube/selector.ts';
import { asList, asObject, asString, field, type Json, type JsonObject, strings } from '../lib/json.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { aggregate, can } from './access-review.ts';
import type { AuthorizationQuestion, ChainAnswer } from './authorization/chain.ts';
import type { Identity } from './impersonation.ts';
import { type RequestAttributes, request } from './rules.ts';
import type { User } from './subjects.ts';

export interface ReviewStatus {
  readonly allowed: boolean;
  readonly denied: boolean;
  readonly reason: string;
  readonly evaluationError: string;
}

/** One fault of a spec, as in the `causes` of a Status with code 422. */
export interface ReviewFault {
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden';
  readonly message: string;
  readonly field: string;
}

export type ReviewForm =
  | { readonly kind: 'SubjectAccessReview' }
  | { readonly kind: 'LocalSubjectAccessReview'; readonly namespace: string }
  | { readonly kind: 'SelfSubjectAccessReview'; readonly user: User };

/** What is wrong with a review, its spec and its metadata as Go writes it; empty where the question can be asked. */
export function reviewFaults(spec: Json | undefined, form: ReviewForm, metadata?: JsonObject): readonly ReviewFault[] {
  const resource = field(spec, 'resourceAttributes') ?? undefined;
  const url = field(spec, 'nonResourceAttributes') ?? undefined;
  const faults: ReviewFault[] = [];
  if (resource !== undefined && url !== undefined)
    faults.push(invalid('spec.nonResourceAttributes', urlText(url), 'cannot be specified in combination with resourceAttributes'));
  if (resource === undefined && url === undefined)
    faults.push(invalid('spec.resourceAttributes', 'null', 'exactly one of nonResourceAttributes or resourceAttributes must be specified'));
  if (form.kind !== 'SelfSubjectAccessReview' && (asString(field(spec, 'user')) ?? '') === '' && asList(field(spec, 'groups')).length === 0)
    faults.push(invalid('spec.user', '""', 'at least one of user or group must be specified'));
  if (resource !== undefined)
    for (const name of ['labelSelector', 'fieldSelector'] as const) faults.push(...selectorFaults(field(resource, name), name));
  const isLocal = form.kind === 'LocalSubjectAccessReview';
  if (Object.keys(metadata ?? {}).some((key) => key !== 'managedFields' && !(isLocal && key === 'namespace')))
    faults.push(invalid('metadata', JSON.stringify(metadata), isLocal ? 'must be empty except for namespace' : 'must be empty'));
  if (!isLocal) return faults;
  const namespace = asString(field(resource, 'namespace')) ?? '';
  if (resource !== undefined && namespace !== form.namespace)
    faults.push(invalid('spec.resourceAttributes.namespace', JSON.stringify(namespace), 'must match metadata.namespace'));
  if (url !== undefined) faults.push(invalid('spec.nonResourceAttributes', urlText(url), 'disallowed on this kind of request'));
  return faults;
}

function invalid(place: string, value: string, why: string): ReviewFault {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${why}`, field: place };
}

function urlText(url: Json): string {
  return JSON.stringify({ Path: asString(field(url, 'path')) ?? '', Verb: asString(field(url, 'verb')) ?? '' });
}

function selectorFaults(selector: Json | undefined, name: 'labelSelector' | 'fieldSelector'): readonly ReviewFault[] {
  if (selector === undefined || selector === null) return [];
  const place = `spec.resourceAttributes.${name}`;
  const raw = asString(field(selector, 'rawSelector')) ?? '';
  const requirements = asList(field(selector, 'requirements'));
  const faults: ReviewFault[] = [];
  if (raw !== '' && requirements.length > 0)
    faults.push(invalid(`${place}.rawSelector`, JSON.stringify(raw), 'may not specified at the same time as requirements'));
  if (raw === '' && requirements.length === 0)
    faults.push(required(`${place}.requirements`, `when ${place} is specified, requirements or rawSelector is required`));
  for (const [index, one] of requirements.entries()) faults.push(...requirementFaults(one, `${place}.requirements[${index}]`, name));
  return faults;
}

function required(place: string, why: string): ReviewFault {
  return { reason: 'FieldValueRequired', message: `Required value: ${why}`, field: place };
}

function requirementFaults(one: Json, place: string, name: 'labelSelector' | 'fieldSelector'): readonly ReviewFault[] {
  const [key, operator] = [asString(field(one, 'key')) ?? '', asString(field(one, 'operator')) ?? ''];
  const values = asList(field(one, 'values')).length;
  const faults: ReviewFault[] = [];
  if (name === 'fieldSelector' && key === '') faults.push(required(`${place}.key`, 'must be specified'));
  if ((operator === 'In' || operator === 'NotIn') && values === 0)
    faults.push(required(`${place}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values > 0) {
    const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    faults.push({ reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field: `${place}.values` });
  }
  if (name === 'labelSelector' && !isQualifiedName(key)) faults.push(invalid(`${place}.key`, JSON.stringify(key), namePart));
  return faults;
}

const namePart =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/** Answers a review whose spec has no faults. `decide`: the authorizers; without it those of `can`. */
export function reviewStatus(
  snapshot: Snapshot,
  spec: Json | undefined,
  form: ReviewForm,
  decide: (question: AuthorizationQuestion) => Pick<ChainAnswer, 'decision' | 'reason' | 'error'> = ({ user, wanted }) => {
    const { allowed, reason } = can(snapshot, user, wanted);
    return { decision: allowed ? 'allow' : 'no opinion', reason, error: '' };
  },
): ReviewStatus {
  const user = form.kind === 'SelfSubjectAccessReview' ? { uid: '', extra: {}, ...form.user } : specUser(spec);
  const { wanted, labels, errors } = specAttributes(spec);
  const version = asString(field(field(spec, 'resourceAttributes'), 'version')) ?? '';
  const isResourceRequest = (field(spec, 'nonResourceAttributes') ?? undefined) === undefined;
  const question = { user, wanted, isResourceRequest, apiVersion: version === '' ? '*' : version, labelSelector: labels };
  const { decision, reason, error } = decide(question);
  const all = [...(error === '' ? [] : [error]), ...errors];
  return { allowed: decision === 'allow', denied: decision === 'deny', reason, evaluationError: all.length === 0 ? '' : aggregate(all) };
}

function specUser(spec: Json | undefined): Identity {
  const extra = Object.entries(asObject(field(spec, 'extra'))).map(([key, values]) => [key, strings(values)] as const);
  return {
    name: asString(field(spec, 'user')) ?? '',
    groups: strings(field(spec, 'groups')),
    uid: asString(field(spec, 'uid')) ?? '',
    extra: Object.fromEntries(extra),
  };
}

interface SpecAttributes {
  readonly wanted: RequestAttributes;
  readonly labels: readonly Requirement[];
  readonly errors: readonly string[];
}

function specAttributes(spec: Json | undefined): SpecAttributes {
  const url = field(spec, 'nonResourceAttributes');
  if (url !== undefined && url !== null)
    return {
      wanted: { ...request(asString(field(url, 'verb')) ?? '', '', ''), path: asString(field(url, 'path')) ?? '' },
      labels: [],
      errors: [],
    };
  const asked = field(spec, 'resourceAttributes');
  const text = (key: string) => asString(field(asked, key)) ?? '';
  const fields = readFields(field(asked, 'fieldSelector'));
  const labels = readLabels(field(asked, 'labelSelector'));
  const wanted: RequestAttributes = {
    verb: text('verb'),
    apiGroup: text('group'),
    resource: text('resource'),
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
    path: '',
    fieldSelector: fields.requirements,
  };
  const dropped = (name: string, part: string) => `spec.resourceAttributes.${name} ${part}ignored due to parse error`;
  return {
    wanted,
    labels: labels.requirements,
    errors: [
      ...(fields.bad ? [dropped('fieldSelector', fields.requirements.length > 0 ? 'partially ' : '')] : []),
      ...(labels.bad ? [dropped('labelSelector', '')] : []),
    ],
  };
}

function readFields(selector: Json | undefined): { readonly requirements: readonly FieldRequirement[]; readonly bad: boolean } {
  const raw = asString(field(selector, 'rawSelector')) ?? '';
  if (raw !== '') {
    const parsed = parseFieldSelector(raw);
    return parsed.ok ? { requirements: parsed.value, bad: false } : { requirements: [], bad: true };
  }
  const read = asList(field(selector, 'requirements')).map((one): FieldRequirement | undefined => {
    const operator = field(one, 'operator');
    const [value, ...more] = strings(field(one, 'values'));
    if (value === undefined || more.length > 0 || (operator !== 'In' && operator !== 'NotIn')) return undefined;
    return { field: asString(field(one, 'key')) ?? '', equal: operator === 'In', value };
  });
  const requirements = read.filter((one) => one !== undefined);
  return { requirements, bad: requirements.length < read.length };
}

function readLabels(selector: Json | undefined): { readonly requirements: readonly Requirement[]; readonly bad: boolean } {
  const raw = asString(field(selector, 'rawSelector')) ?? '';
  if (raw !== '') {
    const parsed = parseSelector(raw);
    return parsed.ok ? { requirements: parsed.value, bad: false } : { requirements: [], bad: true };
  }
  const requirements = asList(field(selector, 'requirements')).map((one): Requirement => {
    const operator = field(one, 'operator');
    const known = operator === 'In' || operator === 'NotIn' || operator === 'DoesNotExist' ? operator : 'Exists';
    return { key: asString(field(one, 'key')) ?? '', operator: known, values: strings(field(one, 'values')) };
  });
  return { requirements, bad: false };
}
