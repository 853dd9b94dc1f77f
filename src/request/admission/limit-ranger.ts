// LimitRanger: what a namespace's LimitRanges give containers that state no resources, and the minima, maxima and ratios they set.

import { compareQuantities, type Quantity } from '../../kube/quantity.ts';
import { ensured, type Struct, set, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asString, dig, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { forbidden } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { type Amounts, amountsIn, milli, podAmounts, shownAmount } from './amounts.ts';
import type { Attributes, Plugin } from './plugin.ts';

export const limitRanger: Plugin = { name: 'LimitRanger', admit, validate };

const limitRanges = { group: '', resource: 'limitranges' };

function concerns({ target, operation, old }: Attributes): boolean {
  if (target.group !== '' || dig(old, 'metadata', 'deletionTimestamp') !== undefined) return false;
  if (target.resource === 'pods' && target.subresource === 'resize') return operation === 'UPDATE';
  if (target.subresource !== '') return false;
  return (target.resource === 'pods' && operation === 'CREATE') || (target.resource === 'persistentvolumeclaims' && operation !== 'DELETE');
}

function rangesOf({ serving, namespace }: Attributes): readonly JsonObject[] {
  return serving.state.list(limitRanges, namespace);
}

function admit(attributes: Attributes): Refusal | undefined {
  const { object, target } = attributes;
  if (!concerns(attributes) || object === undefined || target.resource !== 'pods') return undefined;
  for (const range of rangesOf(attributes)) {
    const said = setDefaults(object, range as unknown as Struct);
    if (said.length === 0) continue;
    const which = `LimitRange ${attributes.namespace}/${asString(dig(range, 'metadata', 'name'))}`;
    attributes.serving.because?.(`${which} says what containers get that ask for nothing themselves`, `${which} sets ${said.join('; ')}`);
  }
  return undefined;
}

/** Gives the containers what the range says, and tells what that is. */
function setDefaults(pod: Struct, range: Struct): readonly string[] {
  const requests: Struct = {};
  const limits: Struct = {};
  for (const limit of structsIn(structAt(range, 'spec'), 'limits')) {
    if (textIn(limit, 'type') !== 'Container') continue;
    copy(structAt(limit, 'defaultRequest'), requests);
    copy(structAt(limit, 'default'), limits);
  }
  const said: string[] = [];
  const spec = structAt(pod, 'spec');
  for (const [word, kind] of [
    ['container', 'containers'],
    ['init container', 'initContainers'],
  ] as const)
    for (const container of structsIn(spec, kind)) {
      const resources = ensured(container, 'resources');
      const setRequests = fillIn(resources, 'requests', requests);
      const setLimits = fillIn(resources, 'limits', limits);
      const name = textIn(container, 'name');
      if (setRequests.length > 0) said.push(`${setRequests.join(', ')} request for ${word} ${name}`);
      if (setLimits.length > 0) said.push(`${setLimits.join(', ')} limit for ${word} ${name}`);
    }
  if (said.length > 0)
    set(ensured(metadataOf(pod), 'annotations'), 'kubernetes.io/limit-ranger', `LimitRanger plugin set: ${said.join('; ')}`);
  return said;
}

function copy(from: Struct, to: Struct): void {
  for (const [key, value] of Object.entries(from)) if (value !== undefined) set(to, key, value);
}

function fillIn(resources: Struct, part: string, defaults: Struct): readonly string[] {
  const missing = Object.keys(defaults).filter((name) => !Object.hasOwn(structAt(resources, part), name));
  for (const name of missing) set(ensured(resources, part), name, defaults[name] ?? '0');
  return missing.sort();
}

function validate(attributes: Attributes): Refusal | undefined {
  const { object, target, name } = attributes;
  if (!concerns(attributes) || object === undefined) return undefined;
  for (const range of rangesOf(attributes)) {
    const errors =
      target.resource === 'pods' ? podErrors(object, range as unknown as Struct) : claimErrors(object, range as unknown as Struct);
    if (errors.length > 0) return forbidden(target, name, aggregate(errors));
  }
  return undefined;
}

/** Several errors as Go's aggregate writes them, each text once. */
export function aggregate(errors: readonly string[]): string {
  const texts = [...new Set(errors)];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

function podErrors(pod: Struct, range: Struct): readonly string[] {
  const errors: string[] = [];
  const spec = structAt(pod, 'spec');
  for (const limit of structsIn(structAt(range, 'spec'), 'limits')) {
    const type = textIn(limit, 'type');
    if (type === 'Container')
      for (const container of [...structsIn(spec, 'containers'), ...structsIn(spec, 'initContainers')]) {
        const resources = structAt(container, 'resources');
        errors.push(...broken(type, limit, amountsIn(structAt(resources, 'requests')), amountsIn(structAt(resources, 'limits'))));
      }
    if (type === 'Pod') errors.push(...broken(type, limit, podAmounts(pod, 'requests'), podAmounts(pod, 'limits')));
  }
  return errors;
}

function broken(type: string, limit: Struct, requests: Amounts, limits: Amounts): readonly string[] {
  const errors: string[] = [];
  const say = (text: string | undefined) => {
    if (text !== undefined) errors.push(text);
  };
  for (const [name, wanted] of amountsIn(structAt(limit, 'min'))) say(below(type, name, wanted, requests, limits));
  for (const [name, wanted] of amountsIn(structAt(limit, 'max'))) say(above(type, name, wanted, requests, limits));
  for (const [name, wanted] of amountsIn(structAt(limit, 'maxLimitRequestRatio'))) say(beyondRatio(type, name, wanted, requests, limits));
  return errors;
}

function below(type: string, name: string, wanted: Quantity, requests: Amounts, limits: Amounts): string | undefined {
  const start = `minimum ${name} usage per ${type} is ${shownAmount(wanted)}`;
  const request = requests.get(name);
  const limit = limits.get(name);
  if (request === undefined) return `${start}.  No request is specified`;
  if (compareQuantities(request, wanted) < 0) return `${start}, but request is ${shownAmount(request)}`;
  return limit !== undefined && compareQuantities(limit, wanted) < 0 ? `${start}, but limit is ${shownAmount(limit)}` : undefined;
}

function above(type: string, name: string, wanted: Quantity, requests: Amounts, limits: Amounts): string | undefined {
  const start = `maximum ${name} usage per ${type} is ${shownAmount(wanted)}`;
  const request = requests.get(name);
  const limit = limits.get(name);
  if (limit === undefined) return `${start}.  No limit is specified`;
  if (compareQuantities(limit, wanted) > 0) return `${start}, but limit is ${shownAmount(limit)}`;
  return request !== undefined && compareQuantities(request, wanted) > 0 ? `${start}, but request is ${shownAmount(request)}` : undefined;
}

function beyondRatio(type: string, name: string, wanted: Quantity, requests: Amounts, limits: Amounts): string | undefined {
  const start = `${name} max limit to request ratio per ${type} is ${shownAmount(wanted)}`;
  const request = milli(requests.get(name) ?? nothing);
  const limit = milli(limits.get(name) ?? nothing);
  if (request === 0) return `${start}, but no request is specified or request is 0`;
  if (limit === 0) return `${start}, but no limit is specified or limit is 0`;
  const ratio = limit / request;
  return ratio * 1000 > milli(wanted) ? `${start}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}

const nothing: Quantity = { mantissa: 0n, exponent: 0, format: 'decimal' };

function claimErrors(claim: Struct, range: Struct): readonly string[] {
  const errors: string[] = [];
  const requests = amountsIn(structAt(claim, 'spec', 'resources', 'requests'));
  for (const limit of structsIn(structAt(range, 'spec'), 'limits')) {
    const type = textIn(limit, 'type');
    if (type !== 'PersistentVolumeClaim') continue;
    for (const [name, wanted] of amountsIn(structAt(limit, 'min'))) {
      const why = below(type, name, wanted, requests, new Map());
      if (why !== undefined) errors.push(why);
    }
    for (const [name, wanted] of amountsIn(structAt(limit, 'max'))) {
      const start = `maximum ${name} usage per ${type} is ${shownAmount(wanted)}`;
      const request = requests.get(name);
      if (request === undefined) errors.push(`${start}.  No request is specified`);
      else if (compareQuantities(request, wanted) > 0) errors.push(`${start}, but request is ${shownAmount(request)}`);
    }
  }
  return errors;
}
