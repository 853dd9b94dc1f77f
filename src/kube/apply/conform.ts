// Whether a value is of its type, as far as server-side apply asks (structured-merge-diff v6, typed/validate.go): declared fields only,
// scalars of the right sort, members of merging lists with keys and, in what a client applies, each once.

import { isObject, type Json } from '../../lib/json.ts';
import { type Atom, type ListType, type MapType, type Scalar, shapeOf } from './atom.ts';
import { itemOf } from './items.ts';
import { fieldElement, type PathElement, showElement } from './path-element.ts';

export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** What is no JSON, such as the bytes of an expression, in the three ways Go prints it. */
export interface GoValue {
  readonly pointer: string;
  readonly syntax: string;
  readonly type: string;
}

/** Stand-ins for such values in what is checked. */
export const goValues = new WeakMap<object, GoValue>();

const maxDepth = 200;

/** What is wrong with a value. `duplicates`: whether members of merging lists may repeat, as stored objects may. */
export function faults(value: Json, atom: Atom, duplicates: boolean): readonly Fault[] {
  const found: Fault[] = [];
  check(value, atom, duplicates, found, []);
  return found;
}

/** The words of the server for faults. */
export function faultText(found: readonly Fault[]): string {
  const texts = found.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return texts.length === 1 ? (texts[0] ?? '') : ['errors:', ...texts.map((text) => `  ${text}`)].join('\n');
}

function check(value: Json, atom: Atom, duplicates: boolean, found: Fault[], path: PathElement[]): void {
  if (path.length > maxDepth) {
    complain(found, path, 'nested too deeply');
    return;
  }
  const odd = value !== null && typeof value === 'object' ? goValues.get(value) : undefined;
  if (odd !== undefined) {
    complain(found, path, oddFault(odd, atom));
    return;
  }
  switch (shapeOf(atom, value)) {
    case 'map':
      if (atom.map !== undefined) checkMap(value, atom.map, duplicates, found, path);
      return;
    case 'list':
      if (atom.list !== undefined) checkList(value, atom.list, duplicates, found, path);
      return;
    case 'scalar': {
      const wanted = atom.scalar === undefined ? undefined : scalarFault(value, atom.scalar);
      if (wanted !== undefined) complain(found, path, wanted);
    }
  }
}

function oddFault({ pointer, syntax, type }: GoValue, { scalar, list, map }: Atom): string {
  if (scalar === undefined) return `expected ${list === undefined || map !== undefined ? 'map' : 'list'}, got ${pointer}`;
  if (scalar === 'numeric') return `expected numeric (int or float), got ${type}`;
  if (scalar === 'string') return `expected string, got &value.valueUnstructured{Value:${syntax}}`;
  return `expected ${scalar === 'boolean' ? 'boolean' : 'any scalar'}, got ${pointer}`;
}

function complain(found: Fault[], path: readonly PathElement[], message: string): void {
  found.push({ path: path.map(showElement).join(''), message });
}

function checkMap(value: Json, map: MapType, duplicates: boolean, found: Fault[], path: PathElement[]): void {
  if (value === null) return;
  if (!isObject(value)) {
    complain(found, path, `expected map, got ${goPointer(value)}`);
    return;
  }
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    const type = map.field(key) ?? map.element;
    path.push(fieldElement(key));
    if (type !== undefined) check(item, type, duplicates, found, path);
    else complain(found, path, 'field not declared in schema');
    path.pop();
    if (type === undefined) return;
  }
}

function checkList(value: Json, list: ListType, duplicates: boolean, found: Fault[], path: PathElement[]): void {
  if (value === null) return;
  if (!Array.isArray(value)) {
    complain(found, path, `expected list, got ${goPointer(value)}`);
    return;
  }
  const seen = new Set<PathElement>();
  for (const [index, member] of (value as readonly Json[]).entries()) {
    let element = `i:${index}`;
    if (!list.atomic) {
      const item = itemOf(list, member);
      if ('fault' in item) {
        complain(found, path, `element ${index}: ${item.fault}`);
        return;
      }
      element = item.element;
      if (seen.has(element) && !duplicates) complain(found, path, `duplicate entries for key ${showElement(element)}`);
      seen.add(element);
    }
    path.push(element);
    check(member, list.element, duplicates, found, path);
    path.pop();
  }
}

function scalarFault(value: Json, scalar: Scalar): string | undefined {
  if (value === null) return undefined;
  switch (scalar) {
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${goPointer(value)}`;
    default:
      return typeof value === 'object' ? `expected any scalar, got ${goPointer(value)}` : undefined;
  }
}

/** The server prints the address of the wrapped value with it; what can be known is the value. */
function goPointer(value: Json): string {
  return `&{${goValue(value)}}`;
}

function goValue(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map((item: Json) => goValue(item)).join(' ')}]`;
  if (isObject(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${goValue(value[key] ?? null)}`)
      .join(' ')}]`;
  return String(value);
}

/** A value as Go writes it in a program. */
function goSyntax(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map((item: Json) => goSyntax(item)).join(', ')}}`;
  if (!isObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[string]interface {}{${keys.map((key) => `${JSON.stringify(key)}:${goSyntax(value[key] ?? null)}`).join(', ')}}`;
}

function goType(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : typeof value;
}
