// A PUT: the body is the whole object that is wanted (k8s.io/apiserver/pkg/endpoints/handlers/update.go, 1.36).

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asString, type Json, type JsonObject } from '../../lib/json.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { Observe } from '../admission/run.ts';
import type { Answer, Refusal } from '../answer.ts';
import { mediaType, readBody } from '../decode/body.ts';
import { decodeRequest } from '../decode/decode.ts';
import type { ApiRequest } from '../request.ts';
import { badRequest, methodNotAllowed, refused } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { changeOrScale } from '../subresources/scale.ts';
import { bodyTarget, type Target } from '../target.ts';
import { resetsManagers, setManagedFields } from './managed-fields.ts';
import { managerName, optionsRefusal } from './options.ts';
import { dropRepeatedOwners } from './owners.ts';
import { answerOf, placeRefusal, startWarnings, type Writing } from './update.ts';

/** Answers a PUT. */
export function put(request: ApiRequest, target: Target, writing: Writing, observe?: Observe): Answer {
  const warnings = startWarnings(target, writing);
  const refuse = (refusal: Refusal) => refused(refusal, warnings);
  if (target.name === '' || !target.verbs.includes('update')) return refuse(methodNotAllowed());
  const unfit = optionsRefusal('UpdateOptions', request);
  if (unfit !== undefined) return refuse(unfit);
  const read = bodyTarget(target, writing);
  const decoded = decodeRequest(request, read, writing, warnings);
  if (!decoded.ok) return refuse(read === target || decoded.problem.code !== 400 ? decoded.problem : unknownScale);
  const { object } = decoded.value;
  warnings.push(...decoded.value.warnings);
  const misplaced = placeRefusal(object, target);
  if (misplaced !== undefined) return refuse(misplaced);
  dropRepeatedOwners(object, warnings, 'before');
  const uid = asString(metadataOf(object).uid) ?? '';
  const resets = target.type.kind === 'built-in' && resetsManagers(sentValue(request));
  const propose = (existing: JsonObject | undefined): Result<Struct, Refusal> => {
    setManagedFields(object, existing, managerName(request), target, writing, resets);
    return ok(object);
  };
  return answerOf(changeOrScale({ request, target, writing, warnings, observe, mayCreate: false, uid, propose }), warnings);
}

/** The server looks for the kind of the Scale that it could not read among its own. */
const unknownScale = badRequest('no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"');

/** The body as it was sent, where it says anything of managed fields. */
function sentValue(request: ApiRequest): Json | undefined {
  const { body, contentType } = request;
  if (body?.kind === 'json') return body.value;
  const type = mediaType(contentType);
  if (type === undefined || body === undefined || !body.text.includes('managedFields')) return undefined;
  const read = readBody(request, type);
  return read.ok ? read.value.value : undefined;
}
