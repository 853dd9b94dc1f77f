// Selectors of devices in CEL (dynamic-resource-allocation/cel, 1.36): `device` has a driver, attributes and capacity by domain and name. A domain
// that a device has nothing of is empty, not missing.

import { parseQuantity } from '../../../kube/quantity.ts';
import { extend } from '../../../languages/cel/environment.ts';
import { kubernetesEnvironment } from '../../../languages/cel/kubernetes.ts';
import { QuantityValue } from '../../../languages/cel/library/quantity.ts';
import { compile, type Program } from '../../../languages/cel/program.ts';
import { types } from '../../../languages/cel/type.ts';
import { CelError, type Value } from '../../../languages/cel/value.ts';
import { asBoolean, asNumber, asObject, asString, field, type Json, type JsonObject } from '../../../lib/json.ts';
import type { Device } from './pools.ts';

/** What an expression says of a device: yes, no, an error of the scheduler's, or that it is not known here. */
export type Selected = boolean | { readonly error: string } | { readonly unknown: string };

const mostCost = 1_000_000;
/** Domains of which a device has nothing that one expression may ask for. */
const mostMissing = 32;
const environment = () => extend(kubernetesEnvironment(36), { variables: { device: types.dyn, text: types.string } });

/** Expressions are compiled once, and asked once of each device. */
export function selecting(): (expression: string, device: Device) => Selected {
  const programs = new Map<string, Program | undefined>();
  return (expression, device) => {
    if (!programs.has(expression)) {
      const compiled = compile(expression, environment());
      programs.set(expression, compiled.ok ? compiled.program : undefined);
    }
    const program = programs.get(expression);
    if (program === undefined) return { unknown: `the expression ${expression} cannot be read here` };
    return evaluate(program, device);
  };
}

function evaluate(program: Program, { driver, json }: Device): Selected {
  const attributes = byDomain(asObject(json.attributes), driver, attribute);
  const capacity = byDomain(asObject(json.capacity), driver, (one) => quantity(field(one, 'value')));
  if (attributes instanceof CelError) return { error: attributes.message };
  if (capacity instanceof CelError) return { unknown: capacity.message };
  const allowMultipleAllocations = json.allowMultipleAllocations === true;
  for (let missing = 0; missing <= mostMissing; missing++) {
    const { value } = program.evaluate({ device: { driver, allowMultipleAllocations, attributes, capacity } }, mostCost);
    if (typeof value === 'boolean') return value;
    if (!(value instanceof CelError)) return { unknown: `the expression ${program.source} gives no yes or no` };
    // Domains without anything in them are found out one by one: only a few can be named in an expression.
    const domain = /^no such key: (.*)$/.exec(value.message)?.[1];
    if (domain === undefined || (Object.hasOwn(attributes, domain) && Object.hasOwn(capacity, domain)))
      return { error: `CEL runtime error: ${value.message}` };
    attributes[domain] ??= {};
    capacity[domain] ??= {};
  }
  return { unknown: `the expression ${program.source} asks for more than ${mostMissing} domains that a device has nothing of` };
}

type ByDomain = Record<string, Record<string, Value>>;

function byDomain(map: JsonObject, driver: string, read: (value: Json | undefined) => Value): ByDomain | CelError {
  const result: ByDomain = Object.create(null);
  for (const [name, value] of Object.entries(map)) {
    const slash = name.indexOf('/');
    const [domain, id] = slash < 0 ? [driver, name] : [name.slice(0, slash), name.slice(slash + 1)];
    const own = read(value);
    if (own instanceof CelError) return new CelError(`attribute ${name}: ${own.message}`);
    result[domain] ??= Object.create(null) as Record<string, Value>;
    (result[domain] ?? {})[id] = own;
  }
  return result;
}

function attribute(one: Json | undefined): Value {
  const version = asString(field(one, 'version'));
  if (version !== undefined) return semver(version);
  return (
    asNumber(field(one, 'int')) ??
    asBoolean(field(one, 'bool')) ??
    asString(field(one, 'string')) ??
    new CelError('unsupported attribute value')
  );
}

function semver(text: string): Value {
  const compiled = compile('semver(text)', environment());
  const value = compiled.ok ? compiled.program.evaluate({ text }).value : new CelError('unsupported attribute value');
  return value instanceof CelError ? new CelError(`parse semantic version: ${value.message}`) : value;
}

function quantity(value: Json | undefined): Value {
  const read = parseQuantity(typeof value === 'number' ? value : (asString(value) ?? ''));
  return read.ok ? new QuantityValue(read.value) : new CelError(`${JSON.stringify(value)} is no quantity`);
}
