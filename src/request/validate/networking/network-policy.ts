// NetworkPolicies (kubernetes pkg/apis/networking/validation, 1.36).

import { contains, parseCidr } from '../../../lib/cidr.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { blockWarnings, validateBlock } from '../meta/address.ts';
import { complain, validateLabelSelector } from '../meta/labels.ts';
import { dnsSubdomain, portName, portNumber } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { count, given, number, object, objects, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';

const path = fieldPath('spec');
const protocols = ['TCP', 'UDP', 'SCTP'];
const types = ['Ingress', 'Egress'];
const directions = [
  ['ingress', 'from'],
  ['egress', 'to'],
] as const;

interface PolicyOptions {
  readonly strict: boolean;
  readonly allowInvalidLabelValue: boolean;
  readonly oldBlocks: readonly string[];
}

function validatePort(port: JsonObject, at: Path, errors: FieldError[]): void {
  if (given(port.protocol) && !protocols.includes(text(port.protocol)))
    errors.push(notSupported(at.child('protocol'), port.protocol, protocols));
  const end = number(port.endPort);
  const refuseEnd = (why: string) => {
    if (end !== undefined) errors.push(invalid(at.child('endPort'), end, why));
  };
  if (!given(port.port)) refuseEnd('may not be specified when `port` is not specified');
  else if (typeof port.port === 'string') {
    refuseEnd('may not be specified when `port` is non-numeric');
    complain(port.port, portName(port.port), at.child('port'), errors);
  } else {
    const start = count(port.port);
    for (const complaint of portNumber(start)) errors.push(invalid(at.child('port'), start, complaint));
    if (end === undefined) return;
    if (end < start) errors.push(invalid(at.child('endPort'), start, 'must be greater than or equal to `port`'));
    for (const complaint of portNumber(end)) errors.push(invalid(at.child('endPort'), end, complaint));
  }
}

function validatePeer(peer: JsonObject, at: Path, errors: FieldError[], options: PolicyOptions): void {
  const selectors = ['podSelector', 'namespaceSelector'].filter((field) => given(peer[field]));
  for (const field of selectors) validateLabelSelector(peer[field], at.child(field), errors, options);
  const block = object(peer.ipBlock);
  if (block !== undefined) validateIpBlock(block, at.child('ipBlock'), errors, options);
  if (selectors.length === 0 && block === undefined) errors.push(required(at, 'must specify a peer'));
  else if (selectors.length > 0 && block !== undefined) errors.push(forbidden(at, 'may not specify both ipBlock and another peer'));
}

function validateIpBlock(block: JsonObject, at: Path, errors: FieldError[], { strict, oldBlocks }: PolicyOptions): void {
  const cidr = text(block.cidr);
  if (cidr === '') {
    errors.push(required(at.child('cidr')));
    return;
  }
  validateBlock(cidr, at.child('cidr'), errors, strict, oldBlocks);
  const outer = parseCidr(cidr);
  if (outer === undefined) return;
  for (const [position, except] of texts(block.except).entries()) {
    const place = at.child('except').index(position);
    validateBlock(except, place, errors, strict, oldBlocks);
    const inner = parseCidr(except);
    if (inner !== undefined && (!contains(outer, inner) || outer.bits >= inner.bits))
      errors.push(invalid(place, except, 'must be a strict subset of `cidr`'));
  }
}

function validateSpec(spec: JsonObject, errors: FieldError[], options: PolicyOptions): void {
  validateLabelSelector(spec.podSelector, path.child('podSelector'), errors, options);
  for (const [direction, peers] of directions)
    for (const [position, rule] of objects(spec[direction]).entries()) {
      const at = path.child(direction).index(position);
      for (const [index, port] of objects(rule.ports).entries()) validatePort(port, at.child('ports').index(index), errors);
      for (const [index, peer] of objects(rule[peers]).entries()) validatePeer(peer, at.child(peers).index(index), errors, options);
    }
  const named = texts(spec.policyTypes);
  if (named.length > 2) {
    errors.push(invalid(path.child('policyTypes'), named, 'may not specify more than two policyTypes'));
    return;
  }
  for (const [position, type] of named.entries())
    if (!types.includes(type)) errors.push(notSupported(path.child('policyTypes').index(position), type, types));
}

interface PlacedBlock {
  readonly cidr: string;
  readonly at: Path;
}

/** Every block of a policy with its path. */
function blocksOf(spec: JsonObject): readonly PlacedBlock[] {
  return directions.flatMap(([direction, peers]) =>
    objects(spec[direction]).flatMap((rule, position) =>
      objects(rule[peers]).flatMap((peer, index) => {
        const block = object(peer.ipBlock);
        if (block === undefined) return [];
        const at = path.child(direction).index(position).child(peers).index(index).child('ipBlock');
        return [
          { cidr: text(block.cidr), at: at.child('cidr') },
          ...texts(block.except).map((except, place) => ({ cidr: except, at: at.child('except').index(place) })),
        ];
      }),
    ),
  );
}

export const networkPolicy: Validator = {
  create: (policy, { features }) => {
    const errors: FieldError[] = [];
    const strict = features.has('StrictIPCIDRValidation');
    validateMetadata(policy, { namespaced: true, name: dnsSubdomain }, errors);
    validateSpec(struct(policy.spec), errors, { strict, allowInvalidLabelValue: false, oldBlocks: [] });
    return errors;
  },
  update: (policy, old, { features }) => {
    const errors: FieldError[] = [];
    const before = struct(old.spec);
    const ofOld: FieldError[] = [];
    validateLabelSelector(before.podSelector, path, ofOld);
    validateMetadataUpdate(policy, old, errors);
    validateSpec(struct(policy.spec), errors, {
      strict: features.has('StrictIPCIDRValidation'),
      allowInvalidLabelValue: ofOld.length > 0,
      oldBlocks: blocksOf(before).map(({ cidr }) => cidr),
    });
    return errors;
  },
  warnings: (policy) => blocksOf(struct(policy.spec)).flatMap(({ cidr, at }) => blockWarnings(cidr, at)),
};
