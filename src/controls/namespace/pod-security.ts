// What the Pod Security admission labels of a Namespace enforce (pod-security-admission, kube-apiserver 1.36): no label, or one that is no
// level, enforces nothing unless the API server is configured otherwise. The modes audit and warn do not stop anything and are not asked for.

import { labelsOf } from '../../kube/object.ts';
import type { NamespaceSubject } from '../namespaces.ts';

export const enforceLabel = 'pod-security.kubernetes.io/enforce';

export type Enforced = 'privileged' | 'baseline' | 'restricted' | 'invalid' | 'missing';

/** The level a namespace enforces; undefined where its object is not in the snapshot. */
export function enforced({ resource }: NamespaceSubject): Enforced | undefined {
  if (resource === undefined) return undefined;
  const level = labelsOf(resource.object)[enforceLabel];
  if (level === undefined) return 'missing';
  return level === 'privileged' || level === 'baseline' || level === 'restricted' ? level : 'invalid';
}

/** Pointer of the label. */
export const enforcePath = `/metadata/labels/${enforceLabel.replace('/', '~1')}`;
