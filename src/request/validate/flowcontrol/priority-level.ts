// PriorityLevelConfigurations (kubernetes pkg/apis/flowcontrol/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { validateMetadata } from '../meta/object-meta.ts';
import { annotationsOf, count, given, member, metadataOf, number, object, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';
import { validateStatus } from './conditions.ts';
import { mandatoryPriorityLevels } from './mandatory.ts';

const roundTripAnnotation = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';
const maxQueues = 10_000_000;
/** Bits of a hash that shuffle sharding may use. */
const maxHashBits = 60;

function validateLevel(level: JsonObject, errors: FieldError[]): void {
  const name = text(metadataOf(level).name);
  const path = fieldPath('spec');
  const spec = struct(level.spec);
  validateMetadata(level, { namespaced: false, name: dnsSubdomain }, errors);
  if (member(annotationsOf(level), roundTripAnnotation) !== undefined)
    errors.push(forbidden(fieldPath('metadata', 'annotations'), `annotation '${roundTripAnnotation}' is forbidden`));
  validateSpec(spec, name, path, errors);
  const fixed = mandatoryPriorityLevels.get(name);
  const compared = name === 'exempt' ? { ...spec, exempt: null } : spec;
  if (fixed !== undefined && !sameValue(compared as Json, fixed as Json, 'flowcontrol.PriorityLevelConfigurationSpec')) {
    const but = name === 'exempt' ? " except the 'spec.exempt' field" : '';
    const shown = asInternal(level.spec, 'flowcontrol.PriorityLevelConfigurationSpec');
    errors.push(invalid(path, shown, `spec of '${name}'${but} must equal the fixed value`));
  }
  validateStatus(level, errors);
}

function validateSpec(spec: JsonObject, name: string, path: Path, errors: FieldError[]): void {
  const type = text(spec.type);
  const limited = object(spec.limited);
  const exempt = object(spec.exempt);
  if ((name === 'exempt') !== (type === 'Exempt'))
    errors.push(invalid(path.child('type'), type, "must be 'Exempt' if and only if `name` is 'exempt'"));
  switch (type) {
    case 'Exempt':
      if (limited !== undefined) errors.push(forbidden(path.child('limited'), 'must be nil if the type is not Limited'));
      if (exempt !== undefined) {
        validateShares(exempt, path.child('exempt'), errors);
        validateLendable(exempt, path.child('exempt'), errors);
      }
      return;
    case 'Limited':
      if (exempt !== undefined) errors.push(forbidden(path.child('exempt'), 'must be nil if the type is Limited'));
      if (limited === undefined) errors.push(required(path.child('limited'), 'must not be empty when type is Limited'));
      else validateLimited(limited, path.child('limited'), errors);
      return;
    case '':
      errors.push(required(path.child('type')));
      return;
    default:
      errors.push(notSupported(path.child('type'), type, ['Exempt', 'Limited']));
  }
}

function validateShares(level: JsonObject, path: Path, errors: FieldError[]): void {
  const shares = count(level.nominalConcurrencyShares);
  if (shares < 0) errors.push(invalid(path.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer'));
}

function validateLendable(level: JsonObject, path: Path, errors: FieldError[]): void {
  const lendable = count(level.lendablePercent);
  if (lendable < 0 || lendable > 100) errors.push(invalid(path.child('lendablePercent'), lendable, 'must be between 0 and 100, inclusive'));
}

function validateLimited(limited: JsonObject, path: Path, errors: FieldError[]): void {
  const borrowing = number(limited.borrowingLimitPercent);
  validateShares(limited, path, errors);
  validateResponse(struct(limited.limitResponse), path.child('limitResponse'), errors);
  validateLendable(limited, path, errors);
  if (borrowing !== undefined && borrowing < 0)
    errors.push(invalid(path.child('borrowingLimitPercent'), borrowing, 'if specified, must be a non-negative integer'));
}

function validateResponse(response: JsonObject, path: Path, errors: FieldError[]): void {
  const type = text(response.type);
  const at = path.child('queuing');
  const queuing = object(response.queuing);
  if (type === 'Reject') {
    if (given(response.queuing)) errors.push(forbidden(at, 'must be nil if limited.limitResponse.type is not Limited'));
  } else if (type === 'Queue') {
    if (queuing === undefined) errors.push(required(at, 'must not be empty if limited.limitResponse.type is Limited'));
    else validateQueuing(queuing, at, errors);
  } else if (type === '') errors.push(required(path.child('type')));
  else errors.push(notSupported(path.child('type'), type, ['Queue', 'Reject']));
}

function validateQueuing(queuing: JsonObject, path: Path, errors: FieldError[]): void {
  const [length, queues, hand] = [count(queuing.queueLengthLimit), count(queuing.queues), count(queuing.handSize)];
  if (length <= 0) errors.push(invalid(path.child('queueLengthLimit'), length, 'must be positive'));
  if (queues <= 0) errors.push(invalid(path.child('queues'), queues, 'must be positive'));
  else if (queues > maxQueues) errors.push(invalid(path.child('queues'), queues, `must not be greater than ${maxQueues}`));
  const at = path.child('handSize');
  if (hand <= 0) errors.push(invalid(at, hand, 'must be positive'));
  else if (hand > queues) errors.push(invalid(at, hand, `should not be greater than queues (${queues})`));
  else if (Math.ceil(Math.log2(queues) * hand) > maxHashBits)
    errors.push(
      invalid(at, hand, `required entropy bits of deckSize ${queues} and handSize ${hand} should not be greater than ${maxHashBits}`),
    );
}

export const priorityLevelConfiguration: Validator = {
  create: (level) => {
    const errors: FieldError[] = [];
    validateLevel(level, errors);
    return errors;
  },
  update: (level, _old, _context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === 'status') validateStatus(level, errors);
    else validateLevel(level, errors);
    return errors;
  },
};
