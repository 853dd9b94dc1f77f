// Comprehensions over two variables (cel-go's extension, in Kubernetes since 1.32). Their folds insert into maps by a function no user
// can name.

import { fn, type Library } from '../function.ts';
import { twoVariableMacros } from '../macros.ts';
import { CelError, entriesOf, mapOf, type ObjectMap, type Value } from '../value.ts';

function inserted(map: ObjectMap, entries: readonly (readonly [Value, Value])[]): Value {
  const made = mapOf([...entriesOf(map), ...entries], true);
  return made instanceof CelError ? new CelError('insert failed: key already exists') : made;
}

export const twoVariables: Library = {
  macros: twoVariableMacros,
  functions: [
    fn('cel.@mapInsert', 'cel_@mapInsert_map_key_value', 'map(K, V), K, V -> map(K, V)', (map: ObjectMap, key: Value, value: Value) =>
      inserted(map, [[key, value]]),
    ),
    fn('cel.@mapInsert', 'cel_@mapInsert_map_map', 'map(K, V), map(K, V) -> map(K, V)', (map: ObjectMap, more: ObjectMap) =>
      inserted(map, entriesOf(more)),
    ),
  ],
};
