// Quantities of Kubernetes' objects. They live in `lib/`, as policy languages compute with them too.

export * from '../lib/quantity.ts';
