// The three patches that name what to change: JSON patch, merge patch and strategic merge patch (k8s.io/apiserver/pkg/endpoints/handlers/patch.go,
// 1.36). Each makes the wanted object of the stored one; from there on a patch is an update.

import { goMap } from '../../kube/patch/go-map.ts';
import { applyServerJsonPatch, maxOperations } from '../../kube/patch/server-json-patch.ts';
import { applyServerMergePatch } from '../../kube/patch/server-merge-patch.ts';
import { applyStrategicMergePatch } from '../../kube/patch/strategic-merge.ts';
import { setDefaults } from '../../kube/schema/defaults/apply.ts';
import { decode } from '../../kube/schema/defaults/decode.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Observe } from '../admission/run.ts';
import type { Answer, Refusal } from '../answer.ts';
import { bodyText, readBody } from '../decode/body.ts';
import { converted, decodeBuiltIn } from '../decode/built-in.ts';
import { decodeCustom } from '../decode/custom.ts';
import { missingKind } from '../decode/decode.ts';
import { type Oddities, readJsonText } from '../decode/json-text.ts';
import { restoreFault } from '../decode/restore.ts';
import { heldAgainst } from '../decode/typed.ts';
import { invalid, invalidObject } from '../fields/error.ts';
import { type ApiRequest, fieldValidationOf } from '../request.ts';
import { badRequest, methodNotAllowed, notFound, refused, tooLarge, unsupportedMediaType } from '../status.ts';
import { changeOrScale } from '../subresources/scale.ts';
import { bodyTarget, type Target } from '../target.ts';
import { applyProposal } from './apply.ts';
import { resetsManagers, setManagedFields } from './managed-fields.ts';
import { managerName, optionsRefusal } from './options.ts';
import { answerOf, placeRefusal, startWarnings, type Writing } from './update.ts';

const jsonPatch = 'application/json-patch+json';
const mergePatch = 'application/merge-patch+json';
const strategicPatch = 'application/strategic-merge-patch+json';
const applyPatch = 'application/apply-patch+yaml';

/** Answers a PATCH. */
export function patch(request: ApiRequest, target: Target, writing: Writing, observe?: Observe): Answer {
  const warnings = startWarnings(target, writing);
  const refuse = (refusal: Refusal) => refused(refusal, warnings);
  if (target.name === '' || !target.verbs.includes('patch')) return refuse(methodNotAllowed());
  const type = (request.contentType ?? '').split(';')[0] ?? '';
  const unknown = typeRefusal(type, target);
  if (unknown !== undefined) return refuse(unknown);
  const unfit = optionsRefusal(type === applyPatch ? 'ApplyPatchOptions' : 'PatchOptions', request);
  if (unfit !== undefined) return refuse(unfit);
  const propose = (existing: JsonObject | undefined): Result<Struct, Refusal> => {
    if (type === applyPatch) return applyProposal(existing, request, target, writing, warnings);
    if (existing === undefined) return failure(notFound(target, target.name));
    const patched = patchers[type]?.(existing, request, target, writing, warnings);
    if (patched === undefined) return failure(unsupportedMediaType([]));
    if (!patched.ok) return patched;
    const misplaced = placeRefusal(patched.value.object, target);
    if (misplaced !== undefined) return failure(misplaced);
    setManagedFields(patched.value.object, existing, managerName(request), target, writing, patched.value.resets);
    return ok(patched.value.object);
  };
  const mayCreate = type === applyPatch && target.subresource === '';
  return answerOf(changeOrScale({ request, target, writing, warnings, observe, mayCreate, uid: '', propose }), warnings);
}

function typeRefusal(type: string, { type: { kind } }: Target): Refusal | undefined {
  const custom = [jsonPatch, mergePatch, applyPatch];
  if (kind === 'custom') return custom.includes(type) ? undefined : unsupportedMediaType(custom);
  if (type === strategicPatch || custom.includes(type)) return undefined;
  return { code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} };
}

type Patcher = (
  existing: JsonObject,
  request: ApiRequest,
  target: Target,
  writing: Writing,
  warnings: string[],
) => Result<Patched, Refusal>;

interface Patched {
  readonly object: Struct;
  /** True where the patch leaves an empty list of managed fields. */
  readonly resets: boolean;
}

const patchers: Readonly<Record<string, Patcher>> = {
  [jsonPatch]: (existing, request, target, writing, warnings) => {
    const read = readPatch(request, '[]handlers.jsonPatchOp', Array.isArray);
    if (!read.ok) return failure(badRequest(`error decoding patch: ${read.problem}`));
    const operations: readonly Json[] = Array.isArray(read.value.value) ? read.value.value : [];
    const odd = operations.map(operationFault).find((each) => each !== undefined);
    if (odd !== undefined) return failure(badRequest(`error decoding patch: ${odd}`));
    const strict = [...read.value.strict, ...unknownParts(operations)].map((each) => `json patch ${each}`);
    if (operations.length > maxOperations) {
      const limit = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`;
      return failure(tooLarge(`Request entity too large: ${limit}`));
    }
    const patched = applyServerJsonPatch(existing, operations as Json);
    if (!patched.ok)
      return failure({
        code: 422,
        reason: 'Invalid',
        message: 'the server rejected our request due to an error in our request',
        details: {},
      });
    return decoded(sorted(patched.value), strict, request, target, writing, warnings);
  },
  [mergePatch]: (existing, request, target, writing, warnings) => {
    const read = readPatch(request, 'map[string]interface {}', (value) => isObject(value) || value === null);
    if (!read.ok) return failure(badRequest(`error decoding patch: ${read.problem}`));
    if (!isObject(read.value.value)) return failure(badRequest('Invalid JSON Patch'));
    return decoded(sorted(applyServerMergePatch(existing, read.value.value)), read.value.strict, request, target, writing, warnings);
  },
  [strategicPatch]: (existing, request, target, { server }, warnings) => {
    const read = readPatch(request, 'map[string]interface {}', (value) => isObject(value) || value === null);
    if (!read.ok) return failure(badRequest(read.problem));
    if (target.type.kind !== 'built-in') return failure(unsupportedMediaType([]));
    const { schema } = target.type;
    const map = isObject(read.value.value) ? read.value.value : {};
    const patched = applyStrategicMergePatch(existing, map, schema);
    if (!patched.ok) {
      const { code, message } = patched.problem;
      if (code === 'format') return failure(badRequest(message));
      if (code === 'list-of-lists')
        return failure({
          code: 422,
          reason: 'Invalid',
          message: 'the server rejected our request due to an error in our request',
          details: {},
        });
      return failure({ code: 500, reason: '', message });
    }
    const wanted = sorted(patched.value) as JsonObject;
    const { error, strict } = heldAgainst(wanted, schema);
    const refuse = (why: string) => failure(notDecodable(goMap(map), why));
    if (error !== undefined) return refuse(restoreFault(wanted, schema) ?? error);
    const unsound = strictRefusal([...read.value.strict, ...strict], request, warnings, refuse);
    if (unsound !== undefined) return unsound;
    const object = decode(wanted, schema);
    const struct = object as unknown as Struct;
    struct.apiVersion = target.kindVersion;
    struct.kind = target.kind;
    setDefaults(object, schema);
    converted(struct, target, server.release);
    return ok({ object: struct, resets: resetsManagers(wanted) });
  },
};

const parts = ['op', 'path', 'from'];

/** What Go's decoder says of an operation that is none. */
function operationFault(operation: Json): string | undefined {
  if (operation === null) return undefined;
  if (!isObject(operation)) return `json: cannot unmarshal ${nameOf(operation)} into Go value of type handlers.jsonPatchOp`;
  const wrong = parts.find((part) => operation[part] !== undefined && operation[part] !== null && typeof operation[part] !== 'string');
  if (wrong === undefined) return undefined;
  return `json: cannot unmarshal ${nameOf(operation[wrong] ?? null)} into Go struct field jsonPatchOp.${wrong} of type string`;
}

function unknownParts(operations: readonly Json[]): readonly string[] {
  return operations.flatMap((operation, index) =>
    isObject(operation)
      ? Object.keys(operation)
          .filter((key) => !parts.includes(key) && key !== 'value')
          .map((key) => `unknown field ${JSON.stringify(`[${index}].${key}`)}`)
      : [],
  );
}

interface ReadPatch {
  readonly value: Json;
  readonly strict: readonly string[];
}

/** The patch as JSON; the words of Go's decoder where it is none, or of another type. */
function readPatch(request: ApiRequest, wanted: string, fits: (value: Json) => boolean): Result<ReadPatch, string> {
  const text = request.body?.kind === 'json' ? undefined : readJsonText(bodyText(request));
  if (text !== undefined && !text.ok) return failure(text.message);
  const value = text === undefined ? (request.body?.kind === 'json' ? request.body.value : null) : text.value;
  if (!fits(value) && value !== null) return failure(`json: cannot unmarshal ${nameOf(value)} into Go value of type ${wanted}`);
  return ok({ value, strict: text === undefined ? [] : repeated(value, text.oddities) });
}

function nameOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Keys that a patch repeats. */
function repeated(value: Json, oddities: Oddities | undefined): readonly string[] {
  if (oddities === undefined) return [];
  const found: string[] = [];
  const visit = (at: Json, path: string): void => {
    if (Array.isArray(at)) at.forEach((item: Json, index) => void visit(item, `${path}[${index}]`));
    if (!isObject(at)) return;
    for (const key of Object.keys(at)) {
      const place = path === '' ? key : `${path}.${key}`;
      if (oddities.get(at)?.repeated.has(key) === true) found.push(`duplicate field ${JSON.stringify(place)}`);
      visit(at[key] ?? null, place);
    }
  };
  visit(value, '');
  return found;
}

/** Patched objects are written with sorted keys before they are decoded, which is the order messages come in. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item));
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]));
}

/** A patched object decoded as the body of a PUT would be. */
function decoded(
  value: Json,
  early: readonly string[],
  request: ApiRequest,
  asked: Target,
  writing: Writing,
  warnings: string[],
): Result<Patched, Refusal> {
  const target = bodyTarget(asked, writing);
  const refuse = (why: string) => failure(notDecodable(JSON.stringify(value), why));
  const read = readBody({ ...request, body: { kind: 'json', value } }, 'json');
  if (!read.ok) return refuse(read.message);
  const body = read.value;
  const isCustom = target.type.kind === 'custom';
  const unrecognized = missingKind(body, target);
  if (unrecognized !== undefined) return refuse(unrecognized);
  if (!isCustom && body.apiVersion === '') {
    const object = { apiVersion: target.kindVersion, kind: target.kind, metadata: {} } as unknown as Struct;
    return strictRefusal([...early, ...unversioned(value)], request, warnings, refuse) ?? ok({ object, resets: false });
  }
  const outcome = isCustom ? decodeCustom(body, target, writing) : decodeBuiltIn(body, target, writing);
  if (!outcome.ok) return refuse(outcome.problem);
  return (
    strictRefusal([...early, ...outcome.value.strict], request, warnings, refuse) ??
    ok({ object: outcome.value.object, resets: asked.type.kind === 'built-in' && resetsManagers(value) })
  );
}

/** Without a version the object is decoded as the internal type, which has none of its fields but these. */
function unversioned(value: Json): readonly string[] {
  const unknown = Object.keys(isObject(value) ? value : {}).filter((key) => key !== 'apiVersion' && key !== 'kind');
  return unknown.map((key) => `unknown field ${JSON.stringify(key)}`);
}

/** What strict decoding objects to: a refusal, warnings, or nothing, as the request wants it. */
function strictRefusal<T>(strict: readonly string[], request: ApiRequest, warnings: string[], refuse: (why: string) => T): T | undefined {
  const mode = fieldValidationOf(request);
  if (strict.length === 0 || mode === 'Ignore') return undefined;
  if (mode === 'Strict') return refuse(`strict decoding error: ${strict.join(', ')}`);
  warnings.push(...strict);
  return undefined;
}

function notDecodable(shown: string, why: string): Refusal {
  const { details, ...refusal } = invalidObject({ group: '', kind: '' }, '', [invalid('patch', shown, why)]);
  return { ...refusal, details: { causes: details?.causes ?? [] } };
}
