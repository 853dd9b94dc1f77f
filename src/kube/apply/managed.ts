// The managers of an object: who set which fields, when, in which version, read from and written to `metadata.managedFields`
// (k8s.io/apimachinery/pkg/util/managedfields 1.36). One manager has one entry for what it applied and one for each version and subresource
// it updated through.

import { asString, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { FieldSet } from './field-set.ts';
import { fieldsV1, readFieldsV1 } from './fields-v1.ts';

/** Name, operation, API version (of updates alone) and subresource, as the server writes them into one text. */
export type ManagerId = string;

export interface Managed {
  readonly set: FieldSet;
  readonly apiVersion: string;
  readonly applied: boolean;
  readonly time?: string;
}

export type Managers = ReadonlyMap<ManagerId, Managed>;

export const noManagers: Managers = new Map();

export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
}

/** The identity of a manager's entry. */
export function managerId({ manager, operation, apiVersion, subresource }: Manager): ManagerId {
  return JSON.stringify({
    ...(manager === '' ? {} : { manager }),
    operation,
    ...(operation === 'Apply' || apiVersion === '' ? {} : { apiVersion }),
    ...(subresource === '' ? {} : { subresource }),
  });
}

/** What an identity says. */
export function managerOf(id: ManagerId): Manager {
  const source: unknown = JSON.parse(id);
  const text = (key: string) => asString(field(source, key)) ?? '';
  return {
    manager: text('manager'),
    operation: text('operation') === 'Apply' ? 'Apply' : 'Update',
    apiVersion: text('apiVersion'),
    subresource: text('subresource'),
  };
}

/** Reads `metadata.managedFields`; a text saying why where an entry cannot be read. */
export function readManagers(entries: Json | undefined): Managers | string {
  if (!Array.isArray(entries) || entries.length === 0) return noManagers;
  const managers = new Map<ManagerId, Managed>();
  for (const [index, entry] of (entries as readonly Json[]).entries()) {
    const text = (key: string) => asString(field(entry, key)) ?? '';
    const operation = text('operation');
    const apiVersion = text('apiVersion');
    const fieldsType = text('fieldsType');
    if (operation !== 'Apply' && operation !== 'Update') return 'operation must be `Apply` or `Update`';
    if (apiVersion === '') return 'apiVersion must not be empty';
    if (fieldsType === '') return `missing fieldsType in managed fields entry ${index}`;
    if (fieldsType !== 'FieldsV1') return `invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`;
    const set = readFieldsV1(field(entry, 'fieldsV1'));
    if (set === undefined) return 'error decoding set';
    const time = text('time');
    const id = managerId({ manager: text('manager'), operation, apiVersion, subresource: text('subresource') });
    managers.set(id, { set, apiVersion, applied: operation === 'Apply', ...(time === '' ? {} : { time }) });
  }
  return managers;
}

/** Writes `metadata.managedFields`: applied entries first, older before newer, then by name. */
export function writeManagers(managers: Managers): readonly JsonObject[] {
  const entries = [...managers].map(([id, managed]) => ({ of: managerOf(id), managed }));
  entries.sort((left, right) => {
    const order = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
    return (
      order(operationOf(left.managed), operationOf(right.managed)) ||
      order(left.managed.time ?? '', right.managed.time ?? '') ||
      order(left.of.manager, right.of.manager) ||
      order(left.managed.apiVersion, right.managed.apiVersion) ||
      order(left.of.subresource, right.of.subresource)
    );
  });
  return entries.map(({ of, managed: { set, apiVersion, time } }) => managerEntry({ ...of, apiVersion }, time, fieldsV1(set)));
}

/** One entry of `metadata.managedFields`. */
export function managerEntry(
  { manager, operation, apiVersion, subresource }: Manager,
  time: string | undefined,
  form: JsonObject,
): JsonObject {
  return {
    ...(manager === '' ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: form,
    ...(subresource === '' ? {} : { subresource }),
  };
}

function operationOf(managed: Managed): 'Apply' | 'Update' {
  return managed.applied ? 'Apply' : 'Update';
}

/** True for a list that resets: empty, or with one empty entry. */
export function isReset(entries: Json | undefined): boolean {
  if (!Array.isArray(entries)) return false;
  const list: readonly Json[] = entries;
  if (list.length === 0) return true;
  const [only] = list;
  return list.length === 1 && isObject(only) && Object.values(only).every((value) => value === undefined || value === '' || value === null);
}

/** The object with these managed fields, or with none. */
export function withManagedFields(object: JsonObject, entries: readonly JsonObject[]): JsonObject {
  const metadata = field(object, 'metadata');
  if (!isObject(metadata)) return object;
  if (entries.length === 0 && metadata.managedFields === undefined) return object;
  const { managedFields: _before, ...rest } = metadata;
  return { ...object, metadata: entries.length === 0 ? rest : { ...rest, managedFields: entries } };
}
