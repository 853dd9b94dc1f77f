// From an item of a list or watch to the object that is kept: apiVersion and kind, which typed lists leave out, are written in;
// `managedFields`, often half of an object, is dropped unless wanted; the values of Secrets are taken out. Every other field stays.

import { isKubeObject, type KubeObject } from '../../kube/object.ts';
import { asString, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import type { Redactor } from '../secrets.ts';
import type { ResourceType } from './discovery.ts';

export interface Ingestion {
  readonly redact: Redactor;
  readonly keepManagedFields: boolean;
}

/** The object an item stands for; undefined where it is none. */
export function ingest(item: Json, type: ResourceType, { redact, keepManagedFields }: Ingestion): KubeObject | undefined {
  if (!isObject(item) || !isObject(item.metadata)) return undefined;
  const apiVersion = asString(item.apiVersion) || (type.group === '' ? type.version : `${type.group}/${type.version}`);
  const object = {
    ...item,
    apiVersion,
    kind: asString(item.kind) || type.kind,
    metadata: keepManagedFields ? item.metadata : lean(item.metadata),
  };
  return isKubeObject(object) ? redact(object) : undefined;
}

function lean(metadata: JsonObject): JsonObject {
  if (metadata.managedFields === undefined) return metadata;
  const { managedFields, ...rest } = metadata;
  return rest;
}

/** A digit run that may be a whole number beyond 2^53. Strings match too; then the values are looked at. */
const longNumber = /[:[,]\s*-?[0-9]{16}/;

/** Warns of whole numbers that a double cannot hold exactly. `text` is what the items were parsed from. */
export function unsafeIntegers(text: string, items: readonly Json[], type: ResourceType): readonly Problem[] {
  if (!longNumber.test(text)) return [];
  return items.filter(holdsUnsafeInteger).map((item) => {
    const name = [field(field(item, 'metadata'), 'namespace'), field(field(item, 'metadata'), 'name')].filter(Boolean).join('/');
    return problem(
      'yaml/unsafe-integer',
      `${type.kind} ${name}: holds a whole number beyond 2^53, which is not kept exactly`,
      undefined,
      'warning',
    );
  });
}

function holdsUnsafeInteger(root: Json): boolean {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return true;
    if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) open.push(child);
  }
  return false;
}
