// How parts of a ResourceClaim name its requests (kubernetes pkg/apis/resource/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel } from '../meta/names.ts';
import { objects, text, texts } from '../read.ts';
import { validateNameList } from './devices.ts';

const notARequest = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** Requests of a claim, `request` or `request/subrequest`. */
export function requestNames(devices: JsonObject): ReadonlySet<string> {
  const names = new Set<string>();
  for (const request of objects(devices.requests)) {
    names.add(text(request.name));
    for (const sub of objects(request.firstAvailable)) names.add(`${text(request.name)}/${text(sub.name)}`);
  }
  return names;
}

export function validateName(name: string, path: Path, errors: FieldError[]): void {
  complain(name, dnsLabel(name), path, errors);
}

export function validateRequestRefs(holder: JsonObject, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  validateNameList(texts(holder.requests), path.child('requests'), errors, (name, at) => validateRequestRef(name, names, at, errors));
}

export function validateRequestRef(name: string, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  const segments = name.split('/');
  if (segments.length <= 2) for (const segment of segments) validateName(segment, path, errors);
  if (segments.length > 2 || !names.has(name)) errors.push(invalid(path, name, notARequest));
}
