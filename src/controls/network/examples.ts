// Policies for the examples of this folder.

import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';

/** The labels of the hardened Deployment's pods, as a selector. */
export const app: JsonObject = { matchLabels: { 'app.kubernetes.io/name': 'app' } };

/** A NetworkPolicy of the hardened namespace; `default-deny` takes the place of the one that is there. */
export function networkPolicy(name: string, spec: JsonObject): KubeObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' }, spec };
}
