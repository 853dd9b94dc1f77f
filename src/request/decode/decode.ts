// From the body of a write to a decoded, defaulted object of the kind its path is about, with field validation (Ignore, Warn, Strict), or the
// 400 that the API server gives (k8s.io/apiserver/pkg/endpoints/handlers/rest.go, 1.36).

import { groupVersion } from '../../kube/object.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Json } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Refusal } from '../answer.ts';
import { type ApiRequest, fieldValidationOf } from '../request.ts';
import type { Serving } from '../server.ts';
import { badRequest, tooLarge, unsupportedMediaType } from '../status.ts';
import type { Target } from '../target.ts';
import { type Body, bodyText, mediaType, readBody, summary } from './body.ts';
import { decodeBuiltIn } from './built-in.ts';
import { decodeCustom } from './custom.ts';

export interface Decoded {
  /** Decoded and defaulted, made for this request alone: it may be changed. */
  readonly object: Struct;
  readonly warnings: readonly string[];
}

/** What a decoder of one kind says: the object, and what strict decoding objects to. */
export interface Outcome {
  readonly object: Struct;
  readonly strict: readonly string[];
}

export const maxBody = 3 * 1024 * 1024;

const jsonAndYaml: readonly string[] = ['application/json', 'application/yaml'];

/** Decodes the body of a create or update. Of an object of another version, `warnings` get what there was to warn of. */
export function decodeRequest(request: ApiRequest, target: Target, serving: Serving, warnings?: string[]): Result<Decoded, Refusal> {
  const isCustom = target.type.kind === 'custom';
  const type = mediaType(request.contentType);
  if (type === undefined || (isCustom && type === 'protobuf'))
    return failure(unsupportedMediaType(isCustom ? jsonAndYaml : [...jsonAndYaml, 'application/vnd.kubernetes.protobuf']));
  if (request.body?.kind === 'text' && request.body.text.length > maxBody)
    return failure(tooLarge(`Request entity too large: limit is ${maxBody}`));
  const body = readBody(request, type);
  const unrecognized = body.ok ? missingKind(body.value, target) : body.message;
  if (body.ok && unrecognized !== undefined && fieldValidationOf(request) === 'Ignore')
    return failure(cannotBeHandled(body.value, target, unrecognized));
  if (!body.ok || unrecognized !== undefined)
    return failure(
      badRequest(`the object provided is unrecognized (must be of type ${target.kind}): ${unrecognized} (${summary(bodyText(request))})`),
    );
  const outcome = isCustom ? decodeCustom(body.value, target, serving) : decodeBuiltIn(body.value, target, serving);
  if (!outcome.ok) return failure(cannotBeHandled(body.value, target, outcome.problem));
  const strict = fieldValidationOf(request) === 'Ignore' ? [] : [...body.value.strict, ...outcome.value.strict];
  if (strict.length > 0 && fieldValidationOf(request) === 'Strict')
    return failure(cannotBeHandled(body.value, target, `strict decoding error: ${strict.join(', ')}`, isCustom));
  const mismatch = versionMismatch(body.value, target);
  if (mismatch !== undefined) {
    warnings?.push(...strict);
    return failure(badRequest(mismatch));
  }
  return ok({ object: outcome.value.object, warnings: strict });
}

/** Kinds that are built in are known by the path; an object of another must say its own. */
export function missingKind({ kind, value }: Body, { type, subresource }: Target): string | undefined {
  return type.kind === 'custom' && subresource !== 'scale' && kind === ''
    ? `Object 'Kind' is missing in '${JSON.stringify(value)}'`
    : undefined;
}

/** `Pod in version "v1" cannot be handled as a Pod: …`. What was read as a custom resource is named as what it says it is. */
function cannotBeHandled({ apiVersion, kind }: Body, target: Target, why: string, asItself = false): Refusal {
  const version = apiVersion === '' && target.type.kind === 'built-in' ? target.version : groupVersion(apiVersion).version;
  return badRequest(
    `${kind === '' ? target.kind : kind} in version ${JSON.stringify(version)} cannot be handled as a ${asItself && kind !== '' ? kind : target.kind}: ${why}`,
  );
}

function versionMismatch({ apiVersion }: Body, target: Target): string | undefined {
  const isKnown = target.type.kind === 'built-in' || target.subresource === 'scale';
  if ((apiVersion === '' && isKnown) || apiVersion === target.kindVersion) return undefined;
  return `the API version in the data (${apiVersion}) does not match the expected API version (${target.kindVersion})`;
}

/** A decoded value as one that may be changed. */
export function asStruct(value: Json): Struct {
  return value as unknown as Struct;
}
