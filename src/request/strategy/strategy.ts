// What the registry makes of a new object before it is validated, beyond defaults: status thrown away, generation set, fields the server
// fills itself (PrepareForCreate in pkg/registry/*/strategy.go, Kubernetes 1.36).

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { Target } from '../target.ts';
import { dropDisabledFields } from './disabled.ts';
import { generalKinds } from './kinds.ts';
import { podKinds } from './pods.ts';

export interface Strategy {
  /** `metadata.generation` counts changes of the spec. */
  readonly generation?: true;
  /** Status cannot be written with the object: only through its subresource. */
  readonly status?: true;
  /** What else is set or dropped when an object is made. */
  readonly prepare?: (object: Struct, attributes: Attributes) => void;
}

const strategies: Readonly<Record<string, Strategy>> = { ...generalKinds, ...podKinds };
const plain: Strategy = {};

/** The strategy of a built-in kind: `apps/Deployment`, `/Pod`. */
export function strategyOf(group: string, kind: string): Strategy {
  const key = `${group}/${kind}`;
  return Object.hasOwn(strategies, key) ? (strategies[key] ?? plain) : plain;
}

/** Prepares a new object. Custom resources count generations, and lose their status where it is a subresource. */
export function prepareForCreate(object: Struct, target: Target, attributes: Attributes): void {
  if (target.type.kind === 'custom') {
    if (target.type.version.statusSubresource) delete object.status;
    setGeneration(object);
    return;
  }
  const { generation, status, prepare } = strategyOf(target.group, target.kind);
  if (generation === true) setGeneration(object);
  if (status === true) delete object.status;
  dropDisabledFields(object, undefined, target.group, target.kind, attributes.serving.server.features);
  prepare?.(object, attributes);
}

/** The metadata of a decoded object, which is always there. */
export function metadataOf(object: Struct): Struct {
  return object.metadata as unknown as Struct;
}

function setGeneration(object: Struct): void {
  metadataOf(object).generation = 1;
}
