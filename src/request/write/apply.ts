// Server-side apply: the body is what its manager wants to own, and the object is made of it and of what is stored (KEP-555;
// k8s.io/apiserver/pkg/endpoints/handlers/patch.go, applyPatcher, 1.36).

import { conflictCauses, conflictMessage } from '../../kube/apply/conflict.ts';
import { type Entrance, managedApply } from '../../kube/apply/field-manager.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { readDocument } from '../../kube/yaml/parse.ts';
import { asString, field, isObject, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Refusal } from '../answer.ts';
import { bodyText, yamlError } from '../decode/body.ts';
import { type ApiRequest, fieldValidationOf } from '../request.ts';
import { badRequest, conflict } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import type { Target } from '../target.ts';
import { entranceOf } from './managed-fields.ts';
import { managerName, option } from './options.ts';
import { scaleVersion } from './scale.ts';
import { placeRefusal, type Writing } from './update.ts';
import { reread } from './written.ts';

/** The object that an apply wants written. */
export function applyProposal(
  existing: JsonObject | undefined,
  request: ApiRequest,
  target: Target,
  writing: Writing,
  warnings: string[],
): Result<Struct, Refusal> {
  const read = readConfig(request);
  if (!read.ok) return failure(badRequest(`error decoding YAML: ${read.problem}`));
  const { config, repeated } = read.value;
  const isCustomScale = target.type.kind === 'custom' && target.subresource === 'scale';
  const entrance = isCustomScale ? customScale(target, config, writing) : entranceOf(target, writing);
  const force = ['true', '1', 't', 'T', 'TRUE', 'True'].includes(option(request, 'force') ?? '');
  const live = existing ?? entrance.empty();
  if (isCustomScale && config.kind === 'Scale' && field(live.metadata, 'managedFields') === undefined)
    return failure({ code: 500, reason: '', message: `failed to create manager for existing fields: ${unconvertible('live', '/')}` });
  const applied = managedApply(live, config, managerName(request), force, writing.circumstances.now, entrance);
  if (!applied.ok) {
    const { problem } = applied;
    if (problem.kind === 'bad-request') return failure(badRequest(problem.message));
    if (problem.kind === 'failed') return failure({ code: 500, reason: '', message: problem.message });
    const { conflicts } = problem;
    const message = conflictMessage(conflicts);
    return failure({ code: 409, reason: 'Conflict', message, details: { causes: conflictCauses(conflicts) } });
  }
  const mode = fieldValidationOf(request);
  if (repeated !== undefined && mode !== 'Ignore') {
    const text = `error converting YAML to JSON: yaml: unmarshal errors:\n${repeated}`;
    if (mode === 'Strict') return failure(badRequest(`error strict decoding YAML: ${text}`));
    warnings.push(...repeated.split('\n').map((line) => line.trim()));
  }
  const object = reread({ ...applied.value, metadata: applied.value.metadata ?? {} }, target);
  if (existing === undefined) {
    const uid = asString(metadataOf(object).uid) ?? '';
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    if (uid !== '') return failure(conflict(target, target.name, why));
  }
  const misplaced = placeRefusal(object, target);
  return misplaced === undefined ? ok(object) : failure(misplaced);
}

interface Config {
  readonly config: JsonObject;
  /** Lines that say which keys stand twice. */
  readonly repeated: string | undefined;
}

/** The body, YAML or JSON, as a mapping. */
function readConfig(request: ApiRequest): Result<Config, string> {
  if (request.body?.kind === 'json') {
    const { value } = request.body;
    return isObject(value) ? ok({ config: value, repeated: undefined }) : failure(notAMap(value));
  }
  const text = bodyText(request);
  const { value, issues } = readDocument(text);
  const broken = issues.find(({ level }) => level === 'error');
  if (value === undefined && broken !== undefined) return failure(`error converting YAML to JSON: ${yamlError(text, broken)}`);
  if (!isObject(value)) return value === null || value === undefined ? ok({ config: {}, repeated: undefined }) : failure(notAMap(value));
  const lines = issues
    .filter(({ code }) => code === 'yaml/duplicate-key' || code === 'json/duplicate-key')
    .map(({ message, offset }) => {
      const key = /"(.*)"/s.exec(message)?.[1] ?? '';
      return `  line ${text.slice(0, offset).split('\n').length}: key ${JSON.stringify(key)} already set in map`;
    });
  return ok({ config: value, repeated: lines.length === 0 ? undefined : lines.join('\n') });
}

function notAMap(value: unknown): string {
  const name = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${name} into Go value of type map[string]interface {}`;
}

/** A scale of a custom resource can be held against its managers; written through an apply it cannot be, which is a gap of the server. */
function customScale(target: Target, config: JsonObject, writing: Writing): Entrance {
  const text = (key: string) => asString(field(config.metadata, key)) ?? '';
  const complete = () => failure(unconvertible('new', `${text('namespace')}/${text('name')}`));
  return { ...entranceOf(target, writing), complete };
}

function unconvertible(what: string, name: string): string {
  const described = `failed to convert ${what} object (${name}; ${scaleVersion}, Kind=Scale) to proper version`;
  return `${described}: request to convert CR to an invalid group/version: ${scaleVersion}`;
}
