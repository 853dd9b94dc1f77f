// Events, as v1 and as events.k8s.io/v1: one type in storage, whose fields the two name differently (kubernetes
// pkg/apis/core/validation/events.go, 1.36). Messages speak in the storage's names.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain, qualifiedName } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { byteLength, count, given, metadataOf, object, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';

/** An event in the storage's names, whichever version it was written in. */
function stored(event: JsonObject): JsonObject {
  if (!text(event.apiVersion).startsWith('events.k8s.io/')) {
    const { reportingComponent, ...rest } = event;
    return { ...rest, reportingController: reportingComponent };
  }
  const { regarding, note, deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedCount, ...rest } = event;
  return {
    ...rest,
    involvedObject: regarding,
    message: note,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
  };
}

/** Events of v1 are asked little, so that old clients keep working. */
function isLegacy(apiVersion: string): boolean {
  return apiVersion === 'v1' || apiVersion === 'events.k8s.io/v1beta1';
}

function validateCommon(event: JsonObject, apiVersion: string, errors: FieldError[]): void {
  const namespace = text(metadataOf(event).namespace);
  const involved = text(struct(event.involvedObject).namespace);
  const differs = () => errors.push(invalid('involvedObject.namespace', involved, 'does not match event.namespace'));
  if (!given(event.eventTime)) {
    if (involved === '' ? namespace !== '' && namespace !== 'default' : namespace !== involved) differs();
  } else {
    if (involved === '' && namespace !== 'default' && namespace !== 'kube-system') differs();
    const controller = text(event.reportingController);
    const field = apiVersion === 'v1' ? 'reportingComponent' : 'reportingController';
    if (controller === '') errors.push(required(field));
    complain(controller, qualifiedName(controller), fieldPath(field), errors);
    for (const [name, least, most] of [
      ['reportingInstance', 1, 128],
      ['action', 1, 128],
      ['reason', 1, 128],
      ['message', 0, 1024],
    ] as const) {
      const value = text(event[name]);
      if (least > 0 && value === '') errors.push(required(name));
      if (byteLength(value) > most) errors.push(invalid(name, '', `can have at most ${most} characters`));
    }
  }
  complain(namespace, dnsSubdomain(namespace), fieldPath('namespace'), errors);
}

function validateSeries(event: JsonObject, errors: FieldError[]): void {
  const series = object(event.series);
  if (series === undefined) return;
  if (count(series.count) < 2) errors.push(invalid('series.count', '', 'should be at least 2'));
  if (!given(series.lastObservedTime)) errors.push(required('series.lastObservedTime'));
}

const frozen: readonly (readonly [string, string])[] = [
  ['involvedObject', 'core.ObjectReference'],
  ['reason', 'text'],
  ['message', 'text'],
  ['source', 'core.EventSource'],
  ['firstTimestamp', 'time'],
  ['lastTimestamp', 'time'],
  ['count', 'int'],
  ['reason', 'text'],
  ['type', 'text'],
  ['eventTime', 'time'],
  ['action', 'text'],
  ['related', '*core.ObjectReference'],
  ['reportingController', 'text'],
  ['reportingInstance', 'text'],
];

export const event: Validator = {
  create: (object, { apiVersion }) => {
    const errors: FieldError[] = [];
    const inStorage = stored(object);
    validateCommon(inStorage, apiVersion, errors);
    if (isLegacy(apiVersion)) return errors;
    validateMetadata(object, { namespaced: true, name: dnsSubdomain }, errors);
    validateSeries(inStorage, errors);
    const type = text(inStorage.type);
    if (!given(inStorage.eventTime)) errors.push(required('eventTime'));
    if (type !== 'Normal' && type !== 'Warning') errors.push(invalid('type', '', `has invalid value: ${type}`));
    for (const field of ['firstTimestamp', 'lastTimestamp'])
      if (given(inStorage[field])) errors.push(invalid(field, '', 'needs to be unset'));
    if (count(inStorage.count) !== 0) errors.push(invalid('count', '', 'needs to be unset'));
    const source = struct(inStorage.source);
    if (text(source.component) !== '' || text(source.host) !== '') errors.push(invalid('source', '', 'needs to be unset'));
    return errors;
  },
  update: (object, old, { apiVersion }) => {
    const errors: FieldError[] = [];
    const now = stored(object);
    const before = stored(old);
    validateCommon(now, apiVersion, errors);
    if (isLegacy(apiVersion)) return errors;
    validateMetadataUpdate(object, old, errors);
    if (!sameValue(now.series, before.series, '*core.EventSeries')) validateSeries(now, errors);
    for (const [field, type] of frozen) {
      const shown: Json = asInternal(now[field], type);
      validateImmutable(now[field], before[field], fieldPath(field), errors, shown, type);
    }
    return errors;
  },
};
