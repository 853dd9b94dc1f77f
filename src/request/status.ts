// The refusals that every part of the pipeline gives, with the words of k8s.io/apimachinery/pkg/api/errors (1.36).

import type { Answer, Refusal } from './answer.ts';
import { goQuote } from './fields/go-text.ts';
import type { GroupResource } from './store/state.ts';

/** `deployments.apps`; `pods`. */
export function qualified({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function details(resource: GroupResource, name: string) {
  return { ...(name === '' ? {} : { name }), ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.resource };
}

export function badRequest(message: string): Refusal {
  return { code: 400, reason: 'BadRequest', message };
}

export function notFound(resource: GroupResource, name: string): Refusal {
  return {
    code: 404,
    reason: 'NotFound',
    message: `${qualified(resource)} ${goQuote(name)} not found`,
    details: details(resource, name),
  };
}

/** Of an API that the server does not have. */
export function noSuchResource(): Refusal {
  return { code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} };
}

export function alreadyExists(resource: GroupResource, name: string, isBeingDeleted = false): Refusal {
  return {
    code: 409,
    reason: 'AlreadyExists',
    message: `${isBeingDeleted ? 'object is being deleted: ' : ''}${qualified(resource)} ${goQuote(name)} already exists`,
    details: details(resource, name),
  };
}

/** A name that the server is said to have made and that is taken. */
export function generatedNameTaken(resource: GroupResource, name: string, isBeingDeleted = false): Refusal {
  const { message, ...taken } = alreadyExists(resource, name, isBeingDeleted);
  return {
    ...taken,
    message: `${message}, the server was not able to generate a unique name for the object`,
    details: { ...details(resource, name), retryAfterSeconds: 1 },
  };
}

/** What an admission plugin says no with. */
export function forbidden(resource: GroupResource, name: string, why: string): Refusal {
  const what = name === '' ? `${qualified(resource)} is forbidden` : `${qualified(resource)} ${goQuote(name)} is forbidden`;
  return { code: 403, reason: 'Forbidden', message: `${what}: ${why}`, details: details(resource, name) };
}

export function conflict(resource: GroupResource, name: string, why: string): Refusal {
  return {
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualified(resource)} ${goQuote(name)}: ${why}`,
    details: details(resource, name),
  };
}

export function methodNotAllowed(): Refusal {
  return { code: 405, reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource', details: {} };
}

export function unsupportedMediaType(accepted: readonly string[]): Refusal {
  return {
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  };
}

export function tooLarge(message: string): Refusal {
  return { code: 413, reason: 'RequestEntityTooLarge', message };
}

export function internal(message: string): Refusal {
  return {
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ reason: '', message }] },
  };
}

/** The answer that a refusal is. */
export function refused(refusal: Refusal, warnings: readonly string[] = []): Answer {
  return { code: refusal.code, refusal, warnings };
}
