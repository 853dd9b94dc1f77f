// Paths of files in pods: relative where they must not leave a volume, without steps back (kubernetes pkg/apis/core/validation, 1.36).

import type { Json } from '../../../lib/json.ts';
import { type FieldError, invalid } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';

/** No `..` between slashes. */
export function validateNoBacksteps(target: string, path: Path, errors: FieldError[]): void {
  if (target.includes('..') && target.split('/').includes('..')) errors.push(invalid(path, target, "must not contain '..'"));
}

/** Relative, and without steps back. */
export function validateDescendingPath(target: string, path: Path, errors: FieldError[]): void {
  if (target.startsWith('/')) errors.push(invalid(path, target, 'must be a relative path'));
  validateNoBacksteps(target, path, errors);
}

/** Relative, and not beginning with two dots, which the kubelet keeps for itself. */
export function validateLocalPath(target: string, path: Path, errors: FieldError[]): void {
  validateDescendingPath(target, path, errors);
  if (target.startsWith('..') && !target.startsWith('../')) errors.push(invalid(path, target, "must not start with '..'"));
}

/** The mode of a file, where one is given. */
export function validateFileMode(mode: Json | undefined, path: Path, errors: FieldError[]): void {
  if (typeof mode === 'number' && (mode < 0 || mode > 0o777))
    errors.push(invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive'));
}
