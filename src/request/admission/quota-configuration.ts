// ResourceQuota's configuration: resources that may be used only where a quota covers them, by parts of their names or by the scopes that an
// object is in (k8s.io/apiserver/pkg/admission/plugin/resourcequota, 0.36). A resource is looked up for the kind it names; scopes count for
// every kind that has them, whatever resource stands beside them.

import { asList, asString, field, type Json, strings } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Refusal } from '../answer.ts';
import { type FieldError, fieldErrorBody, required } from '../fields/error.ts';
import { fieldPath } from '../fields/path.ts';
import type { GroupResource } from '../store/state.ts';
import { labelValue } from '../validate/meta/names.ts';
import type { Amounts } from './amounts.ts';
import { together } from './pod-security.ts';
import { quotaConfigurations, readVersioned } from './versioned-configuration.ts';

/** A scope of quotas, and which values of it are meant. */
export interface Scope {
  readonly name: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export interface LimitedResource {
  readonly group: string;
  readonly resource: string;
  readonly contains: readonly string[];
  readonly scopes: readonly Scope[];
}

/** Reads a configuration; the problem is in the server's words. */
export function readLimitedResources(value: Json): Result<readonly LimitedResource[], string> {
  const read = readVersioned(value, quotaConfigurations);
  if (!read.ok) return read;
  const errors: FieldError[] = [];
  const limited = asList(read.value.limitedResources).map((each, index): LimitedResource => {
    const resource = asString(field(each, 'resource')) ?? '';
    if (resource === '') errors.push(required(fieldPath('limitedResources').index(index).child('resource')));
    return {
      group: asString(field(each, 'apiGroup')) ?? '',
      resource,
      contains: strings(field(each, 'matchContains')),
      scopes: asList(field(each, 'matchScopes')).map(readScope),
    };
  });
  return errors.length === 0 ? ok(limited) : failure(together(errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`)));
}

/** One requirement of a scope selector. */
export function readScope(value: Json): Scope {
  return {
    name: asString(field(value, 'scopeName')) ?? '',
    operator: asString(field(value, 'operator')) ?? '',
    values: strings(field(value, 'values')),
  };
}

/** Names of what is used that a quota must cover. */
export function limitedNames(limited: readonly LimitedResource[], { group, resource }: GroupResource, usage: Amounts): readonly string[] {
  const own = limited.filter((each) => each.group === group && each.resource === resource);
  return [...usage].flatMap(([name, amount]) =>
    amount.mantissa > 0n && own.some(({ contains }) => contains.some((part) => name.includes(part))) ? [name] : [],
  );
}

/** True where the server cannot read the scope, and then asks no quota at all. */
export function isUnusable({ name, operator, values }: Scope): boolean {
  if (name !== 'PriorityClass') return false;
  if (operator === 'In' || operator === 'NotIn') return values.length === 0 || values.some((value) => labelValue(value).length > 0);
  return operator === 'Exists' ? false : operator !== 'DoesNotExist' || values.length > 0;
}

/** The refusal of an object in scopes that no quota covers. */
export function uncovered(scopes: readonly Scope[]): Refusal {
  const shown = scopes.map(({ name, operator, values }) => `{${name} ${operator} [${values.join(' ')}]}`).join(' ');
  return { code: 500, reason: '', message: `insufficient quota to match these scopes: [${shown}]` };
}
