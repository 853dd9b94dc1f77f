// metav1.Condition lists of a status (k8s.io/apimachinery pkg/apis/meta/v1/validation, 1.36).

import type { Json } from '../../../lib/json.ts';
import { duplicate, type FieldError, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { byteLength, count, given, objects, text } from '../read.ts';
import { validateLabelName } from './labels.ts';
import { formComplaint } from './names.ts';

const statuses = ['False', 'True', 'Unknown'];
const reasonForm = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonWords =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'";

export function validateConditions(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [position, condition] of objects(value).entries()) {
    const at = path.index(position);
    const type = text(condition.type);
    const reason = text(condition.reason);
    if (seen.has(type)) errors.push(duplicate(at.child('type'), type));
    seen.add(type);
    validateLabelName(type, at.child('type'), errors);
    if (!statuses.includes(text(condition.status))) errors.push(notSupported(at.child('status'), text(condition.status), statuses));
    if (count(condition.observedGeneration) < 0)
      errors.push(invalid(at.child('observedGeneration'), count(condition.observedGeneration), 'must be greater than or equal to zero'));
    if (!given(condition.lastTransitionTime)) errors.push(required(at.child('lastTransitionTime')));
    if (reason === '') errors.push(required(at.child('reason')));
    else {
      if (!/^[A-Za-z](?:[A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(reason))
        errors.push(
          invalid(
            at.child('reason'),
            reason,
            formComplaint(reasonWords, reasonForm, 'my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB'),
          ),
        );
      if (byteLength(reason) > 1024) errors.push(tooLong(at.child('reason'), 1024));
    }
    if (byteLength(text(condition.message)) > 32768) errors.push(tooLong(at.child('message'), 32768));
  }
}
