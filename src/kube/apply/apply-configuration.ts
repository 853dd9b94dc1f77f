// The merge of MutatingAdmissionPolicy's `ApplyConfiguration` (apiserver pkg/admission/plugin/policy/mutating/patch/smd.go, 1.36): as server-side
// apply merges, without owners, and refusing to touch what would be replaced as a whole.

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { type Atom, shapeOf } from './atom.ts';
import { faults, faultText } from './conform.ts';
import { merge } from './merge.ts';
import { fieldElement, showElement } from './path-element.ts';

/** The object with the configuration merged into it, not yet decoded or defaulted; the server's words where it refuses. */
export function applyConfiguration(object: JsonObject, config: JsonObject, atom: Atom): Result<JsonObject, string> {
  const wrong = faults(config, atom, false);
  if (wrong.length > 0) return failure(`failed to convert patch object to typed object: ${faultText(wrong)}`);
  const atomics: string[] = [];
  findAtomics(config, atom, '', atomics);
  if (atomics.length > 0)
    return failure(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`);
  const unsound = faults(object, atom, true);
  if (unsound.length > 0) return failure(`failed to convert original object to typed object: ${faultText(unsound)}`);
  const merged = merge(object, config, atom);
  return ok(isObject(merged) ? merged : {});
}

/** Declared fields of the configuration, and members of its lists, that would replace the stored value whole. */
function findAtomics(value: Json, atom: Atom, path: string, found: string[]): void {
  const shape = shapeOf(atom, value);
  if (shape === 'map' && atom.map !== undefined && isObject(value)) {
    if (atom.map.atomic) found.push(path);
    for (const key of Object.keys(value).sort()) {
      const declared = atom.map.field(key);
      const item = value[key];
      if (declared !== undefined && item !== undefined) findAtomics(item, declared, `${path}${showElement(fieldElement(key))}`, found);
    }
  } else if (shape === 'list' && atom.list !== undefined && Array.isArray(value)) {
    if (atom.list.atomic) found.push(path);
    for (const [index, member] of (value as readonly Json[]).entries()) findAtomics(member, atom.list.element, `${path}[${index}]`, found);
  }
}
