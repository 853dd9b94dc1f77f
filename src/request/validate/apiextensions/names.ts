// Names of a custom kind: labels of DNS, its kinds in mixed case (k8s.io/apiextensions-apiserver validation/validation.go, 1.36). The status holds
// those that were accepted.

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { dns1035Label } from '../meta/names.ts';
import { text, texts } from '../read.ts';

export function validateNames(names: JsonObject, path: Path, errors: FieldError[]): void {
  const label = (name: string, at: Path) => {
    const complaints = dns1035Label(name);
    if (complaints.length > 0) errors.push(invalid(at, name, complaints.join(',')));
  };
  for (const key of ['plural', 'singular']) if (text(names[key]) !== '') label(text(names[key]), path.child(key));
  for (const key of ['kind', 'listKind']) {
    const name = text(names[key]);
    const complaints = name === '' ? [] : dns1035Label(name.toLowerCase());
    if (complaints.length > 0)
      errors.push(invalid(path.child(key), name, `may have mixed case, but should otherwise match: ${complaints.join(',')}`));
  }
  for (const [index, name] of texts(names.shortNames).entries()) label(name, path.child('shortNames').index(index));
  const kind = text(names.kind);
  if (kind !== '' && kind === names.listKind) errors.push(invalid(path.child('listKind'), kind, 'kind and listKind may not be the same'));
  for (const [index, name] of texts(names.categories).entries()) label(name, path.child('categories').index(index));
}
