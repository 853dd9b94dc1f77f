// Two things that only the Go sources say: the enums of string fields (in the generated OpenAPI definitions; the published documents leave
// them out), and how a field is written when it is empty (in the JSON tags of the types).

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Enum values of one field, or of the members of a list. */
export interface FieldEnum {
  readonly values: readonly string[];
  readonly ofItems: boolean;
}

const structStart = /^func schema_([A-Za-z0-9_]+)\(ref /;
const propertyStart = /^\t{5}"([^"]+)": \{$/;
const enumLine = /^(\t+)Enum: +\[\]interface\{\}\{([^}]*)\}/;

/** Enums by `group_version_Struct` and field, from pkg/generated/openapi of k8s.io/kubernetes. */
export function enumsOf(folder: string): ReadonlyMap<string, ReadonlyMap<string, FieldEnum>> {
  const found = new Map<string, Map<string, FieldEnum>>();
  let struct = '';
  let property = '';
  for (const line of readFileSync(join(folder, 'pkg/generated/openapi/zz_generated.openapi.go'), 'utf8').split('\n')) {
    const start = structStart.exec(line);
    if (start !== null) struct = (start[1] ?? '').split('_').slice(-3).join('_');
    const key = propertyStart.exec(line);
    if (key !== null) property = key[1] ?? '';
    const values = enumLine.exec(line);
    if (values === null) continue;
    const fields = found.get(struct) ?? new Map<string, FieldEnum>();
    fields.set(property, { values: JSON.parse(`[${values[2]}]`), ofItems: (values[1] ?? '').length > 7 });
    found.set(struct, fields);
  }
  return found;
}

/** How Go writes a field: `always` even when empty, `pointer` whenever it was given, else only when not empty. */
export interface FieldTag {
  readonly always: boolean;
  readonly pointer: boolean;
  readonly omitZero: boolean;
}

interface Struct {
  readonly fields: Map<string, FieldTag>;
  readonly inlined: string[];
}

const fieldLine = /^\t(?:(\w+)\s+)?(\*?[\w.[\]*]+(?:\{\})?)\s+`[^`]*json:"([^"]*)"[^`]*`/;

/** JSON tags by `group.version.Struct` and field. The first folder that knows a struct counts. */
export function fieldTags(folders: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, FieldTag>> {
  const structs = new Map<string, Struct>();
  for (const folder of folders) {
    for (const file of globSync(['*/v*/*.go', 'pkg/apis/*/v*/*.go'], { cwd: folder }).sort()) {
      const [group, version] = file.split('/').slice(-3);
      if (!/(?:_test|zz_generated.*|generated\.pb)\.go$/.test(file)) readStructs(folder, file, `${group}.${version}`, structs);
    }
  }
  const flat = new Map<string, ReadonlyMap<string, FieldTag>>();
  for (const name of structs.keys()) flat.set(name, flatten(name, structs, 0));
  return flat;
}

function readStructs(folder: string, file: string, prefix: string, structs: Map<string, Struct>): void {
  let current: Struct | undefined;
  for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
    const start = /^type (\w+) struct \{/.exec(line);
    if (start !== null) {
      const name = `${prefix}.${start[1]}`;
      current = { fields: new Map(), inlined: [] };
      if (!structs.has(name)) structs.set(name, current);
    }
    if (line === '}') current = undefined;
    const match = current === undefined ? null : fieldLine.exec(line);
    if (current === undefined || match === null) continue;
    const [, , type = '', tag = ''] = match;
    const [name = '', ...options] = tag.split(',');
    if (options.includes('inline') || name === '') {
      current.inlined.push(type.replace('*', ''));
      continue;
    }
    const omitZero = options.includes('omitzero');
    current.fields.set(name, { always: !options.includes('omitempty') && !omitZero, pointer: type.startsWith('*'), omitZero });
  }
}

function flatten(name: string, structs: ReadonlyMap<string, Struct>, depth: number): Map<string, FieldTag> {
  const struct = structs.get(name);
  const fields = new Map(struct?.fields);
  if (depth > 5) return fields;
  for (const type of struct?.inlined ?? []) {
    const own = `${name.split('.').slice(0, 2).join('.')}.${type.split('.').at(-1)}`;
    const holder = [own, `meta.v1.${type.split('.').at(-1)}`, `core.v1.${type.split('.').at(-1)}`].find((candidate) =>
      structs.has(candidate),
    );
    if (holder !== undefined)
      for (const [field, tag] of flatten(holder, structs, depth + 1)) if (!fields.has(field)) fields.set(field, tag);
  }
  return fields;
}
