// The Scale of an object as it is read; an object of a custom kind must have the field that its definition names.

import { apiVersionOf } from '../../kube/object.ts';
import { asString, dig, field, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { internal } from '../status.ts';
import { builtInPlaces, customPlaces, scaleOf } from '../write/scale.ts';
import type { ServedResource } from './catalog.ts';

export function readScale({ group, version, custom }: ServedResource, object: JsonObject): JsonObject | Refusal {
  const apiVersion = apiVersionOf({ group, version });
  if (custom === undefined) return scaleOf(object, builtInPlaces(apiVersion));
  const { scale } = custom.version;
  const places = customPlaces(apiVersion, scale);
  if (dig(object, ...places.spec) === undefined)
    return internal(`the spec replicas field ${JSON.stringify(asString(field(scale, 'specReplicasPath')) ?? '')} does not exist`);
  return scaleOf(object, places);
}
