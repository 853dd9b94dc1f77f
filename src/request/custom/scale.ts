// What the scale subresource of a custom kind reads from its objects: replicas that are whole numbers from 0 to 2^31-1, and a selector that is
// a text (apiextensions-apiserver/pkg/registry/customresource/validator.go, 1.36). A path that leads through something else is an error too.

import { asList, asString, dig, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type FieldError, invalid } from '../fields/error.ts';
import { goJson, goNumber, goTypeOf } from '../fields/go-text.ts';
import type { CustomType } from '../target.ts';
import { typeName } from './values.ts';

const largest = 2 ** 31 - 1;

/** Errors of the places that `subresources.scale` of a version names, of those of the status where that is written alone. */
export function scaleErrors(object: JsonObject, { definition, version }: CustomType, ofStatus = false): readonly FieldError[] {
  const written = asList(field(definition.spec, 'versions')).find((each) => field(each, 'name') === version.name);
  const scale = dig(written, 'subresources', 'scale');
  if (!isObject(scale)) return [];
  const errors: FieldError[] = [];
  for (const key of [...(ofStatus ? [] : ['specReplicasPath']), 'statusReplicasPath', 'labelSelectorPath']) {
    const path = asString(scale[key]);
    if (path !== undefined) check(object, path, key === 'labelSelectorPath', errors);
  }
  return errors;
}

function check(object: JsonObject, path: string, isText: boolean, errors: FieldError[]): void {
  const names = path.replace(/^\./, '').split('.');
  const say = (value: Json, detail: string): void => void errors.push(invalid(path, value, detail));
  const accessor = (found: Json, depth: number, wanted: string): void =>
    say(
      isText ? '' : 0,
      `.${names.slice(0, depth).join('.')} accessor error: ${shown(found)} is of the type ${goTypeOf(found)}, expected ${wanted}`,
    );
  let value: Json = object as Json;
  for (const [index, name] of names.entries()) {
    if (value === null) return;
    if (!isObject(value)) {
      accessor(value, index + 1, 'map[string]interface{}');
      return;
    }
    const inner: Json | undefined = Object.hasOwn(value, name) ? value[name] : undefined;
    if (inner === undefined) return;
    value = inner;
  }
  if (isText) {
    if (typeof value !== 'string') accessor(value, names.length, 'string');
  } else if (typeof value !== 'number' || typeName(value) !== 'integer') accessor(value, names.length, 'int64');
  else if (value < 0) say(value, 'should be a non-negative integer');
  else if (value > largest) say(value, `should be less than or equal to ${largest}`);
}

/** As Go's %v writes it. */
function shown(value: Json): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(shown).join(' ')}]`;
  if (typeof value === 'number') return goNumber(value);
  if (!isObject(value)) return goJson(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${shown(value[key] ?? null)}`).join(' ')}]`;
}
