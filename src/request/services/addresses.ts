// Addresses of a new Service: IP families and cluster addresses, as pkg/registry/core/service/storage/alloc.go of
// Kubernetes 1.36 gives them out. Which free address is taken is chance there; here it is the first free one.

import { ensured, type Struct, structAt, textIn } from '../../kube/schema/defaults/struct.ts';
import { type Cidr, contains, parseAddress, parseCidr } from '../../lib/cidr.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { addressText } from '../../network/address-space.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { Refusal } from '../answer.ts';
import { type FieldError, invalid, invalidObject } from '../fields/error.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { validateClusterIps } from '../validate/core/service.ts';
import { givenAddresses, holderOf } from './given-addresses.ts';
import { allocatePorts } from './ports.ts';

const services = { group: '', resource: 'services' };

/** Fills in what the server gives out, in place. */
export function allocateService(service: Struct, attributes: Attributes, old?: Struct): Refusal | undefined {
  const spec = ensured(service, 'spec');
  const type = textIn(spec, 'type');
  const refuse = (errors: readonly FieldError[]) =>
    invalidObject({ group: '', kind: 'Service' }, asString(metadataOf(service).name) ?? '', errors);
  if (spec.clusterIP !== undefined && asList(spec.clusterIPs).length === 0) spec.clusterIPs = [spec.clusterIP];
  const wrong = addressRefusal(service, undefined, attributes);
  if (wrong !== undefined) return wrong;
  if (type !== 'ExternalName') {
    const families = initFamilies(spec, attributes);
    if (families.length > 0) return refuse(families);
    if (textIn(spec, 'clusterIP') !== 'None') {
      const errors = allocateAddresses(spec, asString(metadataOf(service).name) ?? '', attributes);
      if (errors.length > 0) return refuse(errors);
    }
  }
  return allocatePorts(service, spec, old === undefined ? undefined : structAt(old, 'spec'), attributes);
}

/** Addresses and families that are wrong in themselves are refused before anything is allocated. */
export function addressRefusal(service: Struct, old: JsonObject | undefined, { serving }: Attributes): Refusal | undefined {
  const errors: FieldError[] = [];
  const strict = serving.server.features.has('StrictIPCIDRValidation');
  validateClusterIps(asObject(service.spec), old === undefined ? undefined : asObject(old.spec), errors, strict);
  if (errors.length === 0) return undefined;
  return invalidObject({ group: '', kind: 'Service' }, asString(metadataOf(service).name) ?? '', errors);
}

type Family = 'IPv4' | 'IPv6';

function familyOf(text: string): Family {
  return text.includes(':') ? 'IPv6' : 'IPv4';
}

function configured({ serving }: Attributes): readonly (readonly [Family, Cidr])[] {
  return serving.server.serviceClusterIpRanges.flatMap((text) => {
    const cidr = parseCidr(text);
    return cidr === undefined ? [] : [[cidr.family === 4 ? 'IPv4' : 'IPv6', cidr] as const];
  });
}

function initFamilies(spec: Struct, attributes: Attributes): readonly FieldError[] {
  const ranges = [...new Map(configured(attributes))];
  const primary = ranges[0]?.[0] ?? 'IPv4';
  const isHeadless = textIn(spec, 'clusterIP') === 'None';
  const isSelectorless = Object.keys(ensuredMap(spec.selector)).length === 0;
  spec.ipFamilyPolicy ??= isHeadless && isSelectorless ? 'RequireDualStack' : 'SingleStack';
  const policy = textIn(spec, 'ipFamilyPolicy');
  const errors: FieldError[] = [];
  const addresses = asList(spec.clusterIPs).filter((address) => typeof address === 'string');
  const families = asList(spec.ipFamilies).filter((family) => family === 'IPv4' || family === 'IPv6');
  if (families.length !== asList(spec.ipFamilies).length) return [];
  if (policy === 'SingleStack') {
    const must = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
    if (addresses.length === 2) errors.push(invalid('spec.ipFamilyPolicy', policy, `${must} cluster IPs are specified`));
    if (families.length === 2) errors.push(invalid('spec.ipFamilyPolicy', policy, `${must} IP families are specified`));
  }
  for (const [index, address] of addresses.entries()) {
    if (address === 'None') break;
    if (index < families.length) continue;
    const family = familyOf(address);
    if (ranges.some(([name]) => name === family)) families.push(family);
    else errors.push(invalid(`spec.clusterIPs[${index}]`, addresses, `${family} is not configured on this cluster`));
  }
  if (errors.length > 0) return errors;
  const other: Family = primary === 'IPv4' ? 'IPv6' : 'IPv4';
  if (isHeadless && isSelectorless) {
    if (families.length === 0) families.push(primary);
    if (policy !== 'SingleStack' && families.length === 1) families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
    spec.ipFamilies = families as Json;
    return [];
  }
  if (policy === 'RequireDualStack' && ranges.length < 2)
    errors.push(invalid('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services'));
  for (const [index, family] of families.entries())
    if (!ranges.some(([name]) => name === family))
      errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  if (errors.length > 0) return errors;
  if (families.length === 0) families.push(primary);
  if (families.length === 1 && policy !== 'SingleStack' && ranges.length === 2) families.push(families[0] === primary ? other : primary);
  spec.ipFamilies = families as Json;
  return [];
}

function ensuredMap(value: Json | undefined): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function allocateAddresses(spec: Struct, own: string, attributes: Attributes): readonly FieldError[] {
  const given = asList(spec.clusterIPs).filter((address) => typeof address === 'string');
  const ranges = configured(attributes);
  const used = new Set<string>();
  for (const other of attributes.serving.state.list(services))
    for (const address of [dig(other, 'spec', 'clusterIP'), ...asList(dig(other, 'spec', 'clusterIPs'))])
      if (typeof address === 'string') used.add(address);
  for (const address of attributes.serving.state.list(givenAddresses)) {
    const holder = holderOf(address);
    const isOwn = holder?.name === own && holder.namespace === attributes.namespace;
    if (!isOwn) used.add(asString(field(address.metadata, 'name')) ?? '');
  }
  const addresses: string[] = [];
  for (const [index, family] of asList(spec.ipFamilies).entries()) {
    const inFamily = ranges.filter(([name]) => name === family).map(([, cidr]) => cidr);
    const [range] = inFamily;
    if (range === undefined) continue;
    const wanted = given[index];
    if (wanted === undefined || wanted === '') {
      addresses.push(firstFree(range, used));
      continue;
    }
    const inside = inFamily.find((cidr) => outside(wanted, cidr) === undefined);
    const wrong = attributes.serving.server.serviceRangesKnown && inside === undefined ? outside(wanted, range) : undefined;
    // A dry run does not ask what is given out.
    const why = wrong ?? (used.has(wanted) && !attributes.dryRun ? 'provided IP is already allocated' : undefined);
    if (why !== undefined) return [invalid('spec.clusterIPs', given, `failed to allocate IP ${wanted}: ${why}`)];
    addresses.push(wanted);
  }
  spec.clusterIPs = addresses;
  spec.clusterIP = addresses[0] ?? '';
  return [];
}

/** Why a range does not hold an address. */
function outside(text: string, range: Cidr): string | undefined {
  const address = parseAddress(text);
  const isEdge = address?.first === range.first || (range.family === 4 && address?.first === lastOf(range));
  if (address !== undefined && !isEdge && contains(range, address)) return undefined;
  return `the provided IP (${text}) is not in the valid range. The range of valid IPs is ${rangeText(range)}`;
}

/** The broadcast address, which no Service gets, as the network's own. */
function lastOf({ first, bits }: Cidr): bigint {
  return first + (1n << BigInt(32 - bits)) - 1n;
}

function rangeText({ family, first, bits }: Cidr): string {
  return `${addressText(family, first)}/${bits}`;
}

function firstFree({ family, first, bits }: Cidr, used: ReadonlySet<string>): string {
  const size = 1n << BigInt((family === 4 ? 32 : 128) - bits);
  // The lower part of a range is kept for addresses that people choose (KEP-3070).
  const offset = size > 256n ? 256n : size > 32n ? 16n : 1n;
  for (let step = offset; step < size - 1n && step < offset + 65536n; step++) {
    const text = addressText(family, first + step);
    if (!used.has(text)) return text;
  }
  return '';
}
