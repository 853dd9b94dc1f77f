// The metrics of a HorizontalPodAutoscaler: one source each, with a target that fits (kubernetes pkg/apis/autoscaling/validation, 1.36).

import { groupVersion } from '../../../kube/object.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { amount, shownAmount } from '../amount.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel, pathSegment } from '../meta/names.ts';
import { validateContainerResourceName } from '../pod/resource-names.ts';
import { given, number, object, objects, struct, text } from '../read.ts';

const types = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const sources: Readonly<Record<string, string>> = {
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
  External: 'external',
  ContainerResource: 'containerResource',
};

export interface ReferenceOptions {
  readonly allowEmptyGroup: boolean;
  readonly allowInvalidVersion: boolean;
}

/** What is wrong with the apiVersion of a reference. */
export function apiVersionComplaint(reference: JsonObject, { allowEmptyGroup, allowInvalidVersion }: ReferenceOptions): string | undefined {
  const version = text(reference.apiVersion);
  if (allowInvalidVersion) return undefined;
  if (version.split('/').length > 2) return `unexpected GroupVersion string: ${version}`;
  return !allowEmptyGroup && groupVersion(version).group === '' ? 'apiVersion must specify API group' : undefined;
}

export function validateScaleReference(reference: JsonObject, path: Path, errors: FieldError[], options: ReferenceOptions): void {
  for (const field of ['kind', 'name'] as const) {
    const value = text(reference[field]);
    if (value === '') errors.push(required(path.child(field)));
    else complain(value, pathSegment(value), path.child(field), errors);
  }
  const complaint = apiVersionComplaint(reference, options);
  if (complaint !== undefined) errors.push(invalid(path.child('apiVersion'), text(reference.apiVersion), complaint));
}

function validateIdentifier(metric: JsonObject, path: Path, errors: FieldError[]): void {
  const name = text(metric.name);
  if (name === '') errors.push(required(path.child('name'), 'must specify a metric name'));
  else complain(name, pathSegment(name), path.child('name'), errors);
}

function validateTarget(target: JsonObject, path: Path, errors: FieldError[]): void {
  const type = text(target.type);
  if (type === '') errors.push(required(path.child('type'), 'must specify a metric target type'));
  if (type !== 'Utilization' && type !== 'Value' && type !== 'AverageValue')
    errors.push(invalid(path.child('type'), type, 'must be either Utilization, Value, or AverageValue'));
  for (const field of ['value', 'averageValue'])
    if (given(target[field]) && amount(target[field]).mantissa <= 0n)
      errors.push(invalid(path.child(field), shownAmount(amount(target[field])), 'must be positive'));
  const utilization = number(target.averageUtilization);
  if (utilization !== undefined && utilization < 1)
    errors.push(invalid(path.child('averageUtilization'), utilization, 'must be greater than 0'));
}

type SourceRule = (source: JsonObject, path: Path, errors: FieldError[], options: ReferenceOptions) => void;

const rules: Readonly<Record<string, SourceRule>> = {
  object: (source, path, errors, options) => {
    const target = struct(source.target);
    validateScaleReference(struct(source.describedObject), path.child('describedObject'), errors, options);
    validateIdentifier(struct(source.metric), path.child('metric'), errors);
    validateTarget(target, path.child('target'), errors);
    if (!given(target.value) && !given(target.averageValue))
      errors.push(required(path.child('target', 'averageValue'), 'must set either a target value or averageValue'));
  },
  external: (source, path, errors) => {
    const target = struct(source.target);
    validateIdentifier(struct(source.metric), path.child('metric'), errors);
    validateTarget(target, path.child('target'), errors);
    if (!given(target.value) && !given(target.averageValue))
      errors.push(required(path.child('target', 'averageValue'), 'must set either a target value for metric or a per-pod target'));
    if (given(target.value) && given(target.averageValue))
      errors.push(forbidden(path.child('target', 'value'), 'may not set both a target value for metric and a per-pod target'));
  },
  pods: (source, path, errors) => {
    const target = struct(source.target);
    validateIdentifier(struct(source.metric), path.child('metric'), errors);
    validateTarget(target, path.child('target'), errors);
    if (!given(target.averageValue))
      errors.push(required(path.child('target', 'averageValue'), 'must specify a positive target averageValue'));
  },
  resource: (source, path, errors) => {
    if (text(source.name) === '') errors.push(required(path.child('name'), 'must specify a resource name'));
    validateResourceTarget(source, path, errors);
  },
  containerResource: (source, path, errors) => {
    const name = text(source.name);
    const container = text(source.container);
    if (name === '') errors.push(required(path.child('name'), 'must specify a resource name'));
    else validateContainerResourceName(name, path.child('name'), errors);
    if (container === '') errors.push(required(path.child('container'), 'must specify a container'));
    else complain(container, dnsLabel(container), path.child('container'), errors);
    validateResourceTarget(source, path, errors);
  },
};

function validateResourceTarget(source: JsonObject, path: Path, errors: FieldError[]): void {
  const target = struct(source.target);
  validateTarget(target, path.child('target'), errors);
  if (!given(target.averageUtilization) && !given(target.averageValue))
    errors.push(required(path.child('target', 'averageUtilization'), 'must set either a target raw value or a target utilization'));
  if (given(target.averageUtilization) && given(target.averageValue))
    errors.push(forbidden(path.child('target', 'averageValue'), 'may not set both a target raw value and a target utilization'));
}

export function validateMetrics(
  value: Json | undefined,
  minReplicas: number | undefined,
  path: Path,
  errors: FieldError[],
  options: ReferenceOptions,
): void {
  const metrics = objects(value);
  for (const [position, metric] of metrics.entries()) validateMetric(metric, path.index(position), errors, options);
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External'))
    errors.push(forbidden(path, 'must specify at least one Object or External metric to support scaling to zero replicas'));
}

function validateMetric(metric: JsonObject, path: Path, errors: FieldError[], options: ReferenceOptions): void {
  const type = text(metric.type);
  if (type === '') errors.push(required(path.child('type'), 'must specify a metric source type'));
  if (!types.includes(type)) errors.push(notSupported(path.child('type'), type, types));
  const present = Object.keys(rules).filter((source) => given(metric[source]));
  const first = present[0];
  if (first !== undefined) rules[first]?.(object(metric[first]) ?? {}, path.child(first), errors, options);
  const expected = Object.hasOwn(sources, type) ? sources[type] : undefined;
  if (expected === undefined) errors.push(notSupported(path.child('type'), type, types));
  else if (!present.includes(expected))
    errors.push(required(path.child(expected), 'must populate information for the given metric source'));
  if (present.length === 1) return;
  for (const source of present)
    if (source !== expected) errors.push(forbidden(path.child(source), 'must populate the given metric source only'));
}
