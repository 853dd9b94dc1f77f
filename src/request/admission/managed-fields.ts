// Managed fields that mutating admission leaves unreadable are put back as they were, with a warning
// (k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager/admission.go, 1.36).

import { readManagers } from '../../kube/apply/managed.ts';
import { field, type Json } from '../../lib/json.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { addWarning } from '../write/warnings.ts';
import type { Attributes } from './plugin.ts';

const warning =
  '.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: ';

/** What to do after mutating admission, given what was there before. */
export function keepReadable(attributes: Attributes, before: Json | undefined): void {
  const { object, warnings } = attributes;
  if (object === undefined) return;
  const after = managedFieldsOf(attributes);
  if (after === before) return;
  const read = readManagers(after);
  if (typeof read !== 'string') return;
  const metadata = metadataOf(object);
  if (before === undefined) delete metadata.managedFields;
  else metadata.managedFields = before;
  addWarning(warnings, warning + read);
}

/** The managed fields of the object as they are. */
export function managedFieldsOf({ object }: Attributes): Json | undefined {
  return field(object?.metadata, 'managedFields');
}
