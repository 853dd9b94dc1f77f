// PodGroups and Workloads: pods that are scheduled together, and the groups that a workload is made of (KEP-4671; kubernetes
// pkg/apis/scheduling/validation and the declarative rules of v1alpha2, 1.36). Off by default. What may not change is not looked at again
// when it stays as it is.

import type { Features } from '../../../kube/version/feature-gates.ts';
import { type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooMany } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { validateConditions } from '../meta/conditions.ts';
import { complain, validateLabelName } from '../meta/labels.ts';
import { type Complaints, dnsLabel, dnsSubdomain, longName, pathSegment } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { count, given, number, object, objects, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';

const path = fieldPath('spec');
const highest = 1_000_000_000;

/** Says what a required text lacks. */
function named(value: Json | undefined, rule: (name: string) => Complaints, at: Path, errors: FieldError[]): void {
  if (text(value) === '') errors.push(required(at));
  else complain(text(value), rule(text(value)), at, errors);
}

/** Exactly one of some fields. */
function oneOf(holder: JsonObject, fields: readonly string[], at: Path, errors: FieldError[]): void {
  const there = fields.filter((field) => given(holder[field]));
  const all = fields.map((field) => `\`${field}\``).join(', ');
  if (there.length === 0) errors.push(invalid(at, '', `must specify one of: ${all}`));
  else if (there.length > 1) {
    errors.push(invalid(at, `{${there.join(', ')}}`, `must specify exactly one of: ${all}`));
  }
}

function validatePolicy(value: Json | undefined, at: Path, errors: FieldError[]): void {
  const policy = struct(value);
  oneOf(policy, ['basic', 'gang'], at, errors);
  const gang = object(policy.gang);
  if (gang === undefined) return;
  const least = at.child('gang', 'minCount');
  if (count(gang.minCount) === 0) errors.push(required(least));
  else if (count(gang.minCount) < 1) errors.push(invalid(least, count(gang.minCount), 'must be greater than or equal to 1'));
}

function validateConstraints(value: Json | undefined, at: Path, errors: FieldError[]): void {
  const topology = objects(struct(value).topology);
  if (topology.length > 1) errors.push(tooMany(at.child('topology'), topology.length, 1));
  else
    for (const [position, { key }] of topology.entries()) {
      const own = at.child('topology').index(position).child('key');
      if (text(key) === '') errors.push(required(own));
      else validateLabelName(text(key), own, errors);
    }
}

function validateClaims(value: Json | undefined, at: Path, errors: FieldError[]): void {
  const claims = objects(value);
  if (claims.length > 4) {
    errors.push(tooMany(at, claims.length, 4));
    return;
  }
  refuseRepeats(claims, at, errors);
  for (const [position, claim] of claims.entries()) {
    const own = at.index(position);
    oneOf(claim, ['resourceClaimName', 'resourceClaimTemplateName'], own, errors);
    named(claim.name, dnsLabel, own.child('name'), errors);
    for (const field of ['resourceClaimName', 'resourceClaimTemplateName'])
      if (given(claim[field])) complain(text(claim[field]), longName(text(claim[field])), own.child(field), errors);
  }
}

function refuseRepeats(members: readonly JsonObject[], at: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [position, { name }] of members.entries()) {
    if (seen.has(text(name))) errors.push(duplicate(at.index(position), { name: text(name) }));
    seen.add(text(name));
  }
}

const modes = ['Pod', 'PodGroup'];

/** What a group and a template of one have in common. */
function validateGroup(group: JsonObject, at: Path, features: Features, errors: FieldError[], isTemplate: boolean): void {
  const preempts = features.has('WorkloadAwarePreemption');
  const check = (field: string, rule: (value: Json | undefined, at: Path) => void) => {
    rule(group[field], at.child(field));
  };
  check('schedulingPolicy', (value, own) => validatePolicy(value, own, errors));
  check('schedulingConstraints', (value, own) => {
    if (given(value) && !features.has('TopologyAwareWorkloadScheduling')) errors.push(forbidden(own, ''));
    else validateConstraints(value, own, errors);
  });
  check('resourceClaims', (value, own) => validateClaims(value, own, errors));
  check('disruptionMode', (value, own) => {
    if (!preempts && given(value)) errors.push(forbidden(own, ''));
    else if (preempts && !given(value) && !isTemplate) errors.push(required(own));
    else if (given(value) && !modes.includes(text(value))) errors.push(notSupported(own, text(value), modes));
  });
  check('priorityClassName', (value, own) => {
    if (!preempts && text(value) !== '') errors.push(forbidden(own, ''));
    else if (text(value) !== '') complain(text(value), longName(text(value)), own, errors);
  });
  check('priority', (value, own) => {
    const priority = number(value);
    if (priority === undefined) return;
    if (!preempts) errors.push(forbidden(own, ''));
    else if (priority > highest) errors.push(invalid(own, priority, `must be less than or equal to ${highest}`));
  });
}

function validateReference(value: Json | undefined, at: Path, errors: FieldError[]): void {
  const reference = object(value);
  if (reference === undefined) return;
  oneOf(reference, ['workload'], at, errors);
  const workload = object(reference.workload);
  if (workload === undefined) return;
  named(workload.workloadName, longName, at.child('workload', 'workloadName'), errors);
  named(workload.podGroupTemplateName, dnsLabel, at.child('workload', 'podGroupTemplateName'), errors);
}

function isSame(value: Json | undefined, old: Json | undefined): boolean {
  return sameJson(value ?? null, old ?? null);
}

const frozen = [
  'podGroupTemplateRef',
  'schedulingPolicy',
  'schedulingConstraints',
  'resourceClaims',
  'disruptionMode',
  'priorityClassName',
  'priority',
];

export const podGroup: Validator = {
  create: (group, { features }) => {
    const errors: FieldError[] = [];
    const spec = struct(group.spec);
    validateMetadata(group, { namespaced: true, name: dnsSubdomain }, errors);
    validateReference(spec.podGroupTemplateRef, path.child('podGroupTemplateRef'), errors);
    validateGroup(spec, path, features, errors, false);
    return errors;
  },
  update: (group, old, _context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(group, old, errors);
    if (subresource === 'status') validateStatus(group, errors);
    else
      for (const field of frozen)
        if (!isSame(struct(group.spec)[field], struct(old.spec)[field]))
          errors.push(invalid(path.child(field), null, 'field is immutable'));
    return errors;
  },
};

function validateStatus(group: JsonObject, errors: FieldError[]): void {
  const status = struct(group.status);
  const at = fieldPath('status', 'resourceClaimStatuses');
  const claims = new Set(objects(struct(group.spec).resourceClaims).map(({ name }) => text(name)));
  const statuses = objects(status.resourceClaimStatuses);
  validateConditions(status.conditions, fieldPath('status', 'conditions'), errors);
  for (const [position, { name }] of statuses.entries())
    if (!claims.has(text(name)))
      errors.push(invalid(at.index(position).child('name'), text(name), 'must match the name of an entry in `spec.resourceClaims`'));
  if (statuses.length > 4) {
    errors.push(tooMany(at, statuses.length, 4));
    return;
  }
  refuseRepeats(statuses, at, errors);
  for (const [position, { resourceClaimName }] of statuses.entries())
    if (given(resourceClaimName))
      complain(text(resourceClaimName), longName(text(resourceClaimName)), at.index(position).child('resourceClaimName'), errors);
}

export const workload: Validator = {
  create: (object, { features }) => {
    const errors: FieldError[] = [];
    const spec = struct(object.spec);
    validateMetadata(object, { namespaced: true, name: dnsSubdomain }, errors);
    validateController(spec.controllerRef, errors);
    const at = path.child('podGroupTemplates');
    const templates = objects(spec.podGroupTemplates);
    if (templates.length > 8) errors.push(tooMany(at, templates.length, 8));
    else if (templates.length === 0) errors.push(required(at));
    else {
      refuseRepeats(templates, at, errors);
      for (const [position, template] of templates.entries()) {
        named(template.name, dnsLabel, at.index(position).child('name'), errors);
        validateGroup(template, at.index(position), features, errors, true);
      }
    }
    return errors;
  },
  update: (object, old) => {
    const errors: FieldError[] = [];
    const [now, before] = [struct(object.spec), struct(old.spec)];
    validateMetadataUpdate(object, old, errors);
    for (const field of ['controllerRef', 'podGroupTemplates'])
      if (!isSame(now[field], before[field])) errors.push(invalid(path.child(field), null, 'field is immutable'));
    if (objects(now.podGroupTemplates).length === 0) errors.push(required(path.child('podGroupTemplates')));
    return errors;
  },
};

function validateController(value: Json | undefined, errors: FieldError[]): void {
  const reference = object(value);
  if (reference === undefined) return;
  const at = path.child('controllerRef');
  if (text(reference.apiGroup) !== '') complain(text(reference.apiGroup), longName(text(reference.apiGroup)), at.child('apiGroup'), errors);
  named(reference.kind, pathSegment, at.child('kind'), errors);
  named(reference.name, pathSegment, at.child('name'), errors);
}
