// `jsonpatch.escapeKey` (mutating admission policies): a map key as one step of a JSON pointer.

import { fn, type Library } from '../function.ts';

export const jsonPatch: Library = {
  functions: [
    fn('jsonpatch.escapeKey', 'string_jsonpatch_escapeKey_string', 'string -> string', (key: string) =>
      key.replaceAll('~', '~0').replaceAll('/', '~1'),
    ),
  ],
};
