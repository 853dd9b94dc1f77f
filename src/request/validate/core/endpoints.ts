// Endpoints (kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { addressWarnings, validateAddress, validateEndpointAddress } from '../meta/address.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain, portNumber, qualifiedName } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateProtocol } from '../pod/ports.ts';
import { count, given, labelsOf, member, objects, size, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';

const metadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const path = fieldPath('subsets');

function validateAddresses(addresses: readonly JsonObject[], at: Path, errors: FieldError[], strict: boolean): void {
  for (const [position, address] of addresses.entries()) {
    const place = at.index(position);
    const hostname = text(address.hostname);
    validateAddress(text(address.ip), place.child('ip'), errors, strict);
    if (hostname !== '') complain(hostname, dnsLabel(hostname), place.child('hostname'), errors);
    if (given(address.nodeName)) complain(text(address.nodeName), dnsSubdomain(text(address.nodeName)), place.child('nodeName'), errors);
    validateEndpointAddress(text(address.ip), place.child('ip'), errors);
  }
}

function validatePort(port: JsonObject, requireName: boolean, at: Path, errors: FieldError[]): void {
  const name = text(port.name);
  if (name !== '') complain(name, dnsLabel(name), at.child('name'), errors);
  else if (requireName) errors.push(required(at.child('name')));
  for (const complaint of portNumber(count(port.port))) errors.push(invalid(at.child('port'), count(port.port), complaint));
  validateProtocol(port.protocol, at.child('protocol'), errors);
  if (given(port.appProtocol)) complain(text(port.appProtocol), qualifiedName(text(port.appProtocol)), at.child('appProtocol'), errors);
}

function subsetErrors(endpoints: JsonObject, strict: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [position, subset] of objects(endpoints.subsets).entries()) {
    const at = path.index(position);
    if (size(subset.addresses) === 0 && size(subset.notReadyAddresses) === 0)
      errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    for (const list of ['addresses', 'notReadyAddresses']) validateAddresses(objects(subset[list]), at.child(list), errors, strict);
    const ports = objects(subset.ports);
    for (const [index, port] of ports.entries()) validatePort(port, ports.length > 1, at.child('ports').index(index), errors);
  }
  return errors;
}

export const endpoints: Validator = {
  create: (object, { features }) => {
    const errors: FieldError[] = [];
    validateMetadata(object, metadata, errors);
    errors.push(...subsetErrors(object, features.has('StrictIPCIDRValidation')));
    return errors;
  },
  update: (object, old, { features }) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    validateMetadata(object, metadata, errors);
    if (!sameValue(object.subsets, old.subsets, '[]core.EndpointSubset'))
      errors.push(...subsetErrors(object, features.has('StrictIPCIDRValidation')));
    return errors;
  },
  warnings: (object) => {
    if (member(labelsOf(object), 'endpoints.kubernetes.io/managed-by') === 'endpoint-controller') return [];
    return objects(object.subsets).flatMap((subset, position) =>
      ['addresses', 'notReadyAddresses'].flatMap((list) =>
        objects(subset[list]).flatMap((address, index) =>
          addressWarnings(text(address.ip), path.index(position).child(list).index(index).child('ip')),
        ),
      ),
    );
  },
};
