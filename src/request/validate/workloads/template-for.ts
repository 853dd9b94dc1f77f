// A workload's template: selected by its selector, always restarted (kubernetes pkg/apis/apps/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, notSupported } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { given, struct, text } from '../read.ts';

/** Restart policy and deadline of pods that a controller keeps. `kind` is how the message calls it. */
export function validateKeptPods(template: JsonObject, kind: string, path: Path, errors: FieldError[]): void {
  const spec = struct(template.spec);
  if (spec.restartPolicy !== 'Always') errors.push(notSupported(path.child('spec', 'restartPolicy'), text(spec.restartPolicy), ['Always']));
  if (given(spec.activeDeadlineSeconds))
    errors.push(forbidden(path.child('spec', 'activeDeadlineSeconds'), `activeDeadlineSeconds in ${kind} is not Supported`));
}
