// IPAddresses and ServiceCIDRs (KEP-1880; kubernetes pkg/apis/networking/validation, 1.36).

import { parseAddress, parseCidr } from '../../../lib/cidr.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, required } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import { fieldPath } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { formatAddress, validateAddress, validateBlock } from '../meta/address.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain, pathSegment } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { object, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';

/** An address in its one canonical form. */
export function canonicalAddressComplaints(name: string): readonly string[] {
  const errors: FieldError[] = [];
  if (!validateAddress(name, fieldPath(''), errors, true)) return errors.map(({ detail }) => detail);
  const address = parseAddress(name);
  const canonical = address === undefined ? name : formatAddress(address);
  return canonical === name ? [] : [`must be in canonical form (${goQuote(canonical)})`];
}

function validateIpAddress(address: JsonObject, errors: FieldError[]): void {
  validateMetadata(address, { namespaced: false, name: canonicalAddressComplaints }, errors);
  const path = fieldPath('spec', 'parentRef');
  const parent = object(struct(address.spec).parentRef);
  if (parent === undefined) {
    errors.push(required(path));
    return;
  }
  const group = text(parent.group);
  if (group !== '') complain(group, dnsSubdomain(group), path.child('group'), errors);
  for (const field of ['resource', 'name'] as const) {
    const value = text(parent[field]);
    if (value === '') errors.push(required(path.child(field)));
    else complain(value, pathSegment(value), path.child(field), errors);
  }
  complain(text(parent.namespace), pathSegment(text(parent.namespace)), path.child('namespace'), errors);
}

export const ipAddress: Validator = {
  create: (address) => {
    const errors: FieldError[] = [];
    validateIpAddress(address, errors);
    return errors;
  },
  update: (address, old) => {
    const errors: FieldError[] = [];
    validateIpAddress(address, errors);
    validateMetadataUpdate(address, old, errors);
    validateImmutable(
      struct(address.spec).parentRef,
      struct(old.spec).parentRef,
      fieldPath('spec', 'parentRef'),
      errors,
      asInternal(struct(address.spec).parentRef, '*networking.ParentReference'),
      '*networking.ParentReference',
    );
    return errors;
  },
};

const cidrs = fieldPath('spec', 'cidrs');

function validateCidrs(blocks: readonly string[], errors: FieldError[]): void {
  if (blocks.length === 0) {
    errors.push(required(cidrs, 'at least one CIDR required'));
    return;
  }
  if (blocks.length > 2) {
    errors.push(invalid(cidrs, { CIDRs: blocks }, 'may only hold up to 2 values'));
    return;
  }
  for (const [position, block] of blocks.entries()) {
    const before = errors.length;
    validateBlock(block, cidrs.index(position), errors, true);
    const read = parseCidr(block);
    const canonical = read === undefined ? block : `${formatAddress(read)}/${read.bits}`;
    if (errors.length === before && canonical !== block)
      errors.push(invalid(cidrs.index(position), block, `must be in canonical form (${goQuote(canonical)})`));
  }
  const [first, second] = blocks.map((block) => parseCidr(block)?.family);
  if (blocks.length === 2 && first !== undefined && first === second)
    errors.push(invalid(cidrs, blocks, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'));
}

export const serviceCidr: Validator = {
  create: (object) => {
    const errors: FieldError[] = [];
    validateMetadata(object, { namespaced: false, name: dnsSubdomain }, errors);
    validateCidrs(texts(struct(object.spec).cidrs), errors);
    return errors;
  },
  update: (object, old, _context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    if (subresource === 'status') return errors;
    const now = texts(struct(object.spec).cidrs);
    const before = texts(struct(old.spec).cidrs);
    const words = 'field is immutable';
    if (now.length === before.length) {
      for (const [position, block] of before.entries())
        if (block !== now[position]) errors.push(invalid(cidrs.index(position), now[position], words));
    } else if (before.length === 1 && now.length === 2) {
      if (now[0] !== before[0]) errors.push(invalid(cidrs.index(0), now[0], words));
      validateCidrs(now, errors);
    } else errors.push(invalid(cidrs, now.length === 0 ? null : now, words));
    return errors;
  },
};
