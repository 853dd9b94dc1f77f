// EndpointSlices (kubernetes pkg/apis/discovery/validation, 1.36).

import type { Features } from '../../../kube/version/feature-gates.ts';
import { parseAddress } from '../../../lib/cidr.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { addressWarnings, validateAddress, validateEndpointAddress } from '../meta/address.ts';
import { complain, validateLabels } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain, labelValue, type NameRule, qualifiedName } from '../meta/names.ts';
import { type MetadataRules, validateMetadata } from '../meta/object-meta.ts';
import { canonicalAddressComplaints } from '../networking/addresses.ts';
import { validateImmutable } from '../numbers.ts';
import { protocols } from '../pod/ports.ts';
import { given, object, objects, size, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';

const metadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const types = ['FQDN', 'IPv4', 'IPv6'];

/** A name with at least two labels. */
function validateDomainName(written: string, at: Path, errors: FieldError[]): void {
  const name = written.endsWith('.') ? written.slice(0, -1) : written;
  const labels = name.split('.');
  const bad = labels.find((label) => dnsLabel(label).length > 0);
  if (written === '') errors.push(required(at));
  else if (dnsSubdomain(name).length > 0) errors.push(invalid(at, name, dnsSubdomain(name).join(',')));
  else if (labels.length < 2) errors.push(invalid(at, name, 'should be a domain with at least two segments separated by dots'));
  else if (bad !== undefined) errors.push(invalid(at, bad, dnsLabel(bad).join(',')));
}

function validateSliceAddress(address: string, type: string, list: Path, position: number, errors: FieldError[], strict: boolean): void {
  const at = list.index(position);
  if (type === 'FQDN') validateDomainName(address, at, errors);
  if (type !== 'IPv4' && type !== 'IPv6') return;
  const before = errors.length;
  if (type === 'IPv4') validateAddress(address, at, errors, strict);
  else complain(address, canonicalAddressComplaints(address), at, errors);
  if (errors.length > before) return;
  const family = parseAddress(address)?.family === 4 ? 'IPv4' : 'IPv6';
  if (family !== type) errors.push(invalid(list, address, `must be an ${type} address`));
  validateEndpointAddress(address, at, errors);
}

function validateHints(hints: JsonObject, path: Path, errors: FieldError[]): void {
  const lists: readonly (readonly [string, NameRule])[] = [
    ['forZones', labelValue],
    ['forNodes', dnsSubdomain],
  ];
  for (const [list, rule] of lists) {
    const named = objects(hints[list]);
    if (named.length > 8) {
      errors.push(tooMany(path.child(list), named.length, 8));
      return;
    }
    const seen = new Set<string>();
    for (const [position, each] of named.entries()) {
      const at = path.child(list).index(position).child('name');
      const name = text(each.name);
      if (seen.has(name)) errors.push(duplicate(at, name));
      seen.add(name);
      complain(name, rule(name), at, errors);
    }
  }
}

function endpointErrors(slice: JsonObject, strict: boolean): readonly FieldError[] {
  const path = fieldPath('endpoints');
  const endpoints = objects(slice.endpoints);
  const errors: FieldError[] = [];
  if (endpoints.length > 1000) return [tooMany(path, endpoints.length, 1000)];
  for (const [position, endpoint] of endpoints.entries()) {
    const at = path.index(position);
    const addresses = texts(endpoint.addresses);
    const list = at.child('addresses');
    if (addresses.length === 0) errors.push(required(list, 'must contain at least 1 address'));
    else if (addresses.length > 100) errors.push(tooMany(list, addresses.length, 100));
    for (const [index, address] of addresses.entries()) validateSliceAddress(address, text(slice.addressType), list, index, errors, strict);
    if (given(endpoint.nodeName)) complain(text(endpoint.nodeName), dnsSubdomain(text(endpoint.nodeName)), at.child('nodeName'), errors);
    const topology = at.child('deprecatedTopology');
    if (size(endpoint.deprecatedTopology) > 16) errors.push(tooMany(topology, size(endpoint.deprecatedTopology), 16));
    validateLabels(endpoint.deprecatedTopology, topology, errors);
    if (given(endpoint.hostname)) complain(text(endpoint.hostname), dnsLabel(text(endpoint.hostname)), at.child('hostname'), errors);
    const hints = object(endpoint.hints);
    if (hints !== undefined) validateHints(hints, at.child('hints'), errors);
  }
  return errors;
}

function validatePorts(slice: JsonObject, errors: FieldError[]): void {
  const path = fieldPath('ports');
  const ports = objects(slice.ports);
  if (ports.length > 20000) {
    errors.push(tooMany(path, ports.length, 20000));
    return;
  }
  const names = new Set<string>();
  for (const [position, port] of ports.entries()) {
    const at = path.index(position);
    const name = text(port.name);
    if (name !== '') complain(name, dnsLabel(name), at.child('name'), errors);
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
    if (!given(port.protocol)) errors.push(required(at.child('protocol')));
    else if (!protocols.includes(text(port.protocol))) errors.push(notSupported(at.child('protocol'), port.protocol, protocols));
    if (given(port.appProtocol)) complain(text(port.appProtocol), qualifiedName(text(port.appProtocol)), at.child('appProtocol'), errors);
  }
}

function validateSlice(slice: JsonObject, old: JsonObject | undefined, errors: FieldError[], features: Features): void {
  const type = text(slice.addressType);
  validateMetadata(slice, metadata, errors);
  if (type === '') errors.push(required('addressType'));
  else if (!types.includes(type)) errors.push(notSupported('addressType', type, types));
  validatePorts(slice, errors);
  if (old === undefined || !sameValue(slice.endpoints, old.endpoints, '[]discovery.Endpoint'))
    errors.push(...endpointErrors(slice, features.has('StrictIPCIDRValidation')));
}

export const endpointSlice: Validator = {
  create: (slice, { features }) => {
    const errors: FieldError[] = [];
    validateSlice(slice, undefined, errors, features);
    return errors;
  },
  update: (slice, old, { features }) => {
    const errors: FieldError[] = [];
    validateSlice(slice, old, errors, features);
    validateImmutable(text(slice.addressType), text(old.addressType), fieldPath('addressType'), errors);
    return errors;
  },
  warnings: (slice, old) => [
    ...(old === undefined && slice.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...(slice.addressType === 'FQDN'
      ? []
      : objects(slice.endpoints).flatMap((endpoint, position) =>
          texts(endpoint.addresses).flatMap((address, index) =>
            addressWarnings(address, fieldPath('endpoints').index(position).child('addresses').index(index)),
          ),
        )),
  ],
};
