// Validation of objects of built-in kinds: what their validators are told of the server, and the one version of a kind that they know.

import type { JsonObject } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { FieldError } from '../fields/error.ts';
import { otherVersion } from '../read/convert.ts';
import { validatorOf } from './index.ts';
import { createErrors } from './run.ts';
import type { ValidationContext } from './validator.ts';

/** What validators may look at. */
export function validationContext({ target, serving, dryRun, user, unknown }: Attributes): ValidationContext {
  const { server, state, circumstances } = serving;
  return {
    version: server.release.minor,
    features: server.features,
    apiVersion: target.apiVersion,
    state,
    allowPrivileged: server.allowPrivileged,
    serviceClusterIpRanges: server.serviceClusterIpRanges,
    nodePortRange: server.nodePortRange,
    dryRun,
    now: circumstances.now,
    username: user.name,
    ...(serving.checkSignature === undefined ? {} : { checkSignature: serving.checkSignature }),
    ...(unknown === undefined ? {} : { unsure: (why: string) => void unknown.push(why) }),
  };
}

/** Errors of a new object; warnings are not asked for. */
export function newObjectErrors(object: JsonObject, attributes: Attributes): readonly FieldError[] {
  const { group, kind, namespaced } = attributes.target;
  return createErrors(validatorOf(group, kind), internal(object), namespaced, validationContext(attributes));
}

/** Validators know one version of a kind, as the server's do: autoscalers of v1 are judged as what they are in v2. */
export function internal(object: JsonObject): JsonObject {
  return object.apiVersion === 'autoscaling/v1' && object.kind === 'HorizontalPodAutoscaler'
    ? { ...otherVersion('HorizontalPodAutoscaler', 'autoscaling/v1', 'autoscaling/v2', object), apiVersion: 'autoscaling/v2' }
    : object;
}
