// Resources of containers and pods: names, amounts, requests against limits, claims (kubernetes pkg/apis/core/validation, 1.36).

import { addQuantities, type Quantity } from '../../../kube/quantity.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notFound, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { amount, amountOf, amounts, compare, shownAmount } from '../amount.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel } from '../meta/names.ts';
import { given, object, objects, struct, text } from '../read.ts';
import type { PodOptions } from './options.ts';
import {
  isHugePages,
  isWholePages,
  mayOvercommit,
  validateAmount,
  validateContainerResourceName,
  validatePodResourceName,
} from './resource-names.ts';

type NameCheck = (name: string, path: Path, errors: FieldError[]) => void;

export function validateContainerResources(
  value: Json | undefined,
  claims: ReadonlySet<string>,
  path: Path,
  errors: FieldError[],
  options: PodOptions,
): void {
  const resources = object(value);
  if (resources !== undefined) validateResources(resources, validateContainerResourceName, claims, path, errors, options);
}

function validateResources(
  resources: JsonObject,
  validateName: NameCheck,
  claims: ReadonlySet<string>,
  path: Path,
  errors: FieldError[],
  options: PodOptions,
): void {
  let computes = false;
  let pages = false;
  const note = (name: string, value: Quantity, at: Path) => {
    validateName(name, at, errors);
    validateAmount(name, value, at, errors);
    if (name === 'cpu' || name === 'memory') computes = true;
  };
  const notePages = (name: string, value: Quantity, at: Path) => {
    if (!isHugePages(name)) return;
    pages = true;
    if (!options.allowPartialHugePages && !isWholePages(name, value))
      errors.push(invalid(at, shownAmount(value), `${shownAmount(value)} is not positive integer multiple of ${name}`));
  };
  for (const [name, value] of amounts(resources.limits)) {
    const at = path.child('limits').key(name);
    note(name, value, at);
    notePages(name, value, at);
  }
  for (const [name, value] of amounts(resources.requests)) {
    const at = path.child('requests').key(name);
    note(name, value, at);
    const limit = amountOf(resources.limits, name);
    if (limit === undefined) {
      if (!mayOvercommit(name)) errors.push(required(path.child('limits'), 'Limit must be set for non overcommitable resources'));
    } else if (compare(value, limit) !== 0 && !mayOvercommit(name))
      errors.push(invalid(path.child('requests'), shownAmount(value), `must be equal to ${name} limit of ${shownAmount(limit)}`));
    else if (compare(value, limit) > 0)
      errors.push(
        invalid(path.child('requests'), shownAmount(value), `must be less than or equal to ${name} limit of ${shownAmount(limit)}`),
      );
    notePages(name, value, at);
  }
  if (pages && !computes) errors.push(forbidden(path, 'HugePages require cpu or memory'));
  validateClaims(objects(resources.claims), claims, path.child('claims'), errors);
}

/** Overhead is checked as limits are. */
export function validateOverhead(overhead: Json | undefined, path: Path, errors: FieldError[], options: PodOptions): void {
  if (given(overhead)) validateResources({ limits: overhead }, validateContainerResourceName, new Set(), path, errors, options);
}

function validateClaims(claims: readonly JsonObject[], known: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  if (claims.length === 0) return;
  const names = new Set<string>();
  for (const [position, claim] of claims.entries()) {
    const at = path.index(position);
    const name = text(claim.name);
    const request = text(claim.request);
    if (name === '') {
      errors.push(required(at));
      continue;
    }
    if (names.has(name)) errors.push(duplicate(at, name));
    else {
      const key = request === '' ? name : `${name}/${request}`;
      if (request !== '') complain(request, dnsLabel(request), at.child('request'), errors);
      if (names.has(key)) errors.push(duplicate(at, key));
      else if (request === '') for (const other of names) if (other.startsWith(`${name}/`)) errors.push(duplicate(at, name));
      names.add(key);
    }
    if (!known.has(name)) {
      const list = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`;
      errors.push({ ...notFound(at, name), detail: `must be one of the names in pod.spec.resourceClaims${list}` });
    }
  }
}

const resizable = ['cpu', 'memory'];
const resizePolicies = ['NotRequired', 'RestartContainer'];

export function validateResizePolicy(container: JsonObject, podRestartPolicy: string, path: Path, errors: FieldError[]): void {
  const policies = objects(container.resizePolicy);
  if (policies.length === 0) return;
  const seen = new Set<string>();
  for (const [position, policy] of policies.entries()) {
    const resource = text(policy.resourceName);
    const restart = text(policy.restartPolicy);
    if (seen.has(resource)) errors.push(duplicate(path.index(position), resource));
    seen.add(resource);
    for (const [value, allowed] of [
      [resource, resizable],
      [restart, resizePolicies],
    ] as const) {
      if (value === '') errors.push(required(path));
      else if (!allowed.includes(value)) errors.push(notSupported(path, value, allowed));
    }
    if (podRestartPolicy === 'Never' && restart !== 'NotRequired')
      errors.push(invalid(path, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
  }
}

/** `spec.resources`: what the pod's containers may use together (KEP-2837). */
export function validatePodResources(
  spec: JsonObject,
  claims: ReadonlySet<string>,
  path: Path,
  errors: FieldError[],
  options: PodOptions,
): void {
  const resources = object(spec.resources);
  if (resources === undefined) return;
  const at = path.child('resources');
  if (object(spec.os)?.name === 'windows') {
    errors.push(forbidden(at, 'may not be set for a windows pod'));
    return;
  }
  if (given(resources.claims)) errors.push(forbidden(at.child('claims'), 'claims may not be set for Resources at pod-level'));
  validateResources(resources, validatePodResourceName, claims, at, errors, options);
  for (const [name, used] of aggregate(spec, 'requests')) {
    const asked = amountOf(resources.requests, name);
    if (asked !== undefined && compare(used, asked) > 0)
      errors.push(
        invalid(
          at.child('requests').key(name),
          shownAmount(asked),
          `must be greater than or equal to aggregate container requests of ${shownAmount(used)}`,
        ),
      );
  }
  for (const [name, used] of aggregate(spec, 'limits')) {
    const limit = amountOf(resources.limits, name);
    if (isHugePages(name) && limit !== undefined && compare(used, limit) > 0)
      errors.push(
        invalid(
          at.child('limits').key(name),
          shownAmount(limit),
          `must be greater than or equal to aggregate container limits of ${shownAmount(used)}`,
        ),
      );
  }
  for (const [position, container] of objects(spec.containers).entries())
    for (const [name, limit] of amounts(struct(container.resources).limits)) {
      const whole = amountOf(resources.limits, name);
      if (whole !== undefined && compare(limit, whole) > 0)
        errors.push(
          invalid(
            at.child('containers').index(position).key(name).child('limits'),
            shownAmount(limit),
            `must be less than or equal to pod limits of ${shownAmount(whole)}`,
          ),
        );
    }
}

type Totals = Map<string, Quantity>;

function plus(totals: Totals, added: Json | undefined): Totals {
  const sum = new Map(totals);
  for (const [name, value] of amounts(added)) sum.set(name, addQuantities(sum.get(name) ?? amount(0), value));
  return sum;
}

function most(a: Totals, b: Totals): Totals {
  const result = new Map(a);
  for (const [name, value] of b) {
    const other = result.get(name);
    if (other === undefined || compare(value, other) > 0) result.set(name, value);
  }
  return result;
}

/** What the containers need at once: all that run together, or the init container that needs most beside the sidecars before it. */
function aggregate(spec: JsonObject, list: 'requests' | 'limits'): Totals {
  let running: Totals = new Map();
  for (const container of objects(spec.containers)) running = plus(running, struct(container.resources)[list]);
  let sidecars: Totals = new Map();
  let peak: Totals = new Map();
  for (const container of objects(spec.initContainers)) {
    const own = struct(container.resources)[list];
    if (container.restartPolicy === 'Always') {
      running = plus(running, own);
      sidecars = plus(sidecars, own);
      peak = most(peak, sidecars);
    } else peak = most(peak, plus(sidecars, own));
  }
  return most(running, peak);
}
