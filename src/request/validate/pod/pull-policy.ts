// imagePullPolicy of containers and image volumes (kubernetes pkg/apis/core/validation, 1.36).

import type { Json } from '../../../lib/json.ts';
import { type FieldError, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { text } from '../read.ts';

const policies = ['Always', 'IfNotPresent', 'Never'];

export function validatePullPolicy(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const policy = text(value);
  if (policy === '') errors.push(required(path));
  else if (!policies.includes(policy)) errors.push(notSupported(path, policy, policies));
}
