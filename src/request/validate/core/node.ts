// Nodes (kubernetes pkg/apis/core/validation, 1.36).

import type { Features } from '../../../kube/version/feature-gates.ts';
import { parseCidr } from '../../../lib/cidr.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { amounts } from '../amount.ts';
import { asInternal } from '../internal.ts';
import { blockWarnings, isDualStack, validateBlock } from '../meta/address.ts';
import { complain, validateLabelName } from '../meta/labels.ts';
import { configKey, dnsLabel, dnsSubdomain, labelValue } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validatePositive } from '../numbers.ts';
import { validateAmount } from '../pod/resource-names.ts';
import { validateTaintEffect } from '../pod/scheduling.ts';
import { given, object, objects, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';

const metadata: MetadataRules = { namespaced: false, name: dnsSubdomain };
const podCidrs = fieldPath('spec', 'podCIDRs');
/** The server looks for taints below metadata. */
const taints = fieldPath('metadata', 'taints');

function validateTaints(node: JsonObject, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [position, taint] of objects(struct(node.spec).taints).entries()) {
    const at = taints.index(position);
    const key = text(taint.key);
    const value = text(taint.value);
    const effect = text(taint.effect);
    validateLabelName(key, at.child('key'), errors);
    const complaints = labelValue(value);
    if (complaints.length > 0) errors.push(invalid(at.child('value'), value, complaints.join(';')));
    if (effect === '') errors.push(required(at.child('effect')));
    else validateTaintEffect(effect, at.child('effect'), errors);
    const pair = `${effect}\n${key}`;
    if (seen.has(pair))
      errors.push({ ...duplicate(at, asInternal(taint, 'core.Taint')), detail: 'taints must be unique by key and effect pair' });
    seen.add(pair);
  }
}

function validateResources(node: JsonObject, errors: FieldError[]): void {
  for (const list of ['capacity', 'allocatable'])
    for (const [name, value] of amounts(struct(node.status)[list])) validateAmount(name, value, fieldPath('status', list, name), errors);
}

function validateDeclaredFeatures(node: JsonObject, errors: FieldError[]): void {
  const at = fieldPath('status', 'declaredFeatures');
  const features = texts(struct(node.status).declaredFeatures);
  for (const [position, feature] of features.entries()) {
    if (feature.length > 253)
      errors.push(invalid(at.index(position), feature, `invalid feature name ${goQuote(feature)}: must be no more than 253 characters`));
    else if (!/^[A-Z][a-zA-Z0-9]*(?:\/[a-zA-Z][a-zA-Z0-9]*)*$/.test(feature))
      errors.push(
        invalid(
          at.index(position),
          feature,
          `invalid feature name ${goQuote(feature)}: must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes`,
        ),
      );
    const next = features[position + 1];
    if (next === undefined) continue;
    if (next === feature) errors.push(duplicate(at.index(position + 1), next));
    else if (feature > next) errors.push(invalid(at.index(position + 1), next, 'list must be sorted alphabetically'));
  }
}

function validateNode(node: JsonObject, errors: FieldError[], features: Features): void {
  validateMetadata(node, metadata, errors);
  validateTaints(node, errors);
  validateResources(node, errors);
  const swap = object(object(struct(node.status).nodeInfo)?.swap);
  if (given(swap?.capacity)) validatePositive(swap?.capacity, fieldPath('metadata', 'nodeSwapStatus', 'capacity'), errors);
  validateDeclaredFeatures(node, errors);
  const blocks = texts(struct(node.spec).podCIDRs);
  const strict = features.has('StrictIPCIDRValidation');
  for (const [position, block] of blocks.entries()) validateBlock(block, podCidrs.index(position), errors, strict);
  if (blocks.length < 2) return;
  const position = blocks.findIndex((block) => parseCidr(block) === undefined);
  if (position >= 0)
    errors.push({
      type: 'InternalError',
      field: String(podCidrs),
      detail: `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${position}]: <nil> (invalid CIDR address: ${blocks[position]})`,
    });
  if (!isDualStack(blocks, parseCidr) || blocks.length > 2)
    errors.push(invalid(podCidrs, blocks, 'may specify no more than one CIDR for each IP family'));
}

function validateNodeUpdate(node: JsonObject, old: JsonObject, errors: FieldError[]): void {
  const spec = struct(node.spec);
  const before = struct(old.spec);
  validateMetadataUpdate(node, old, errors);
  validateResources(node, errors);
  validateDeclaredFeatures(node, errors);
  const addresses = new Set<string>();
  for (const [position, address] of objects(struct(node.status).addresses).entries()) {
    const key = `${text(address.type)}\n${text(address.address)}`;
    if (addresses.has(key))
      errors.push(duplicate(fieldPath('status', 'addresses').index(position), asInternal(address, 'core.NodeAddress')));
    addresses.add(key);
  }
  validatePodCidrUpdate(texts(spec.podCIDRs), texts(before.podCIDRs), errors);
  const provider = text(before.providerID);
  if (provider !== '' && text(spec.providerID) !== provider)
    errors.push(forbidden(fieldPath('spec', 'providerID'), 'node updates may not change providerID except from "" to valid'));
  const source = object(spec.configSource);
  if (source !== undefined) validateConfigSource(source, fieldPath('spec', 'configSource'), errors, false);
  const config = object(struct(node.status).config);
  for (const field of ['assigned', 'active', 'lastKnownGood']) {
    const each = object(config?.[field]);
    if (each !== undefined) validateConfigSource(each, fieldPath('status', 'config', field), errors, true);
  }
  validateTaints(node, errors);
  if (text(spec.externalID) !== text(before.externalID)) errors.push(forbidden(fieldPath('spec', 'externalID'), 'may not be updated'));
}

function validatePodCidrUpdate(blocks: readonly string[], before: readonly string[], errors: FieldError[]): void {
  if (before.length === 0) return;
  const words = 'node updates may not change podCIDR except from "" to valid';
  if (blocks.length !== before.length) errors.push(forbidden(podCidrs, words));
  else for (const [position, block] of before.entries()) if (block !== blocks[position]) errors.push(forbidden(podCidrs, words));
}

/** A removed feature whose fields are still checked: where a kubelet takes its configuration from. */
function validateConfigSource(source: JsonObject, path: Path, errors: FieldError[], inStatus: boolean): void {
  const map = object(source.configMap);
  if (map === undefined) {
    errors.push(invalid(path, asInternal(source, 'core.NodeConfigSource'), 'exactly one reference subfield must be non-nil'));
    return;
  }
  const at = path.child('configMap');
  for (const field of ['uid', 'resourceVersion']) {
    if (inStatus && text(map[field]) === '') errors.push(required(at.child(field)));
    if (!inStatus && text(map[field]) !== '') errors.push(forbidden(at.child(field), `${field} must not be set in spec`));
  }
  for (const [field, rule] of [
    ['namespace', dnsLabel],
    ['name', dnsSubdomain],
    ['kubeletConfigKey', configKey],
  ] as const)
    if (text(map[field]) === '') errors.push(required(at.child(field)));
    else complain(text(map[field]), rule(text(map[field])), at.child(field), errors);
}

export const node: Validator = {
  create: (object, { features }) => {
    const errors: FieldError[] = [];
    validateNode(object, errors, features);
    return errors;
  },
  update: (object, old, { features }, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === '') validateNode(object, errors, features);
    validateNodeUpdate(object, old, errors);
    return errors;
  },
  warnings: (object, _old, _context, subresource) => {
    if (subresource !== '') return [];
    const spec = struct(object.spec);
    return [
      ...(given(spec.configSource) ? ['spec.configSource: the feature is removed'] : []),
      ...(text(spec.externalID) === '' ? [] : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
      ...texts(spec.podCIDRs).flatMap((block, position) => blockWarnings(block, podCidrs.index(position))),
    ];
  },
};
