// What a real API server makes of updates, patches, subresources and deletes, step by step.

import type { Suite } from '../suite.ts';
import { difference } from './apiserver-answer.ts';
import { replayed } from './apiserver-writes.ts';

export const apiserverUpdate: Suite = {
  name: 'apiserver-update',
  run: (folder, note) =>
    replayed(folder, note, (found, expected) => difference(withoutQuotation(found), withoutQuotation(expected)), false),
};

/** A cause that quotes a whole patched object quotes it with its managed fields, in the order of Go's types. */
function withoutQuotation<T extends { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] }>(answer: T): T {
  const causes = answer.causes?.map((cause) =>
    cause.field === 'patch'
      ? { ...cause, message: (cause.message ?? '').replace(/^Invalid value: "\{.*\}"/s, 'Invalid value: {}') }
      : cause,
  );
  return causes === undefined ? answer : { ...answer, causes };
}
