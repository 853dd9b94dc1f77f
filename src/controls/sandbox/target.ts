// Sandboxes for AI agents: kinds of the API groups agents.x-k8s.io and extensions.agents.x-k8s.io (kubernetes-sigs/agent-sandbox, v1beta1 and
// before). They run code that a model wrote or fetched, so what keeps it in matters more than for other workloads.

import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { PodSubject, Target } from '../control.ts';
import { podSpec } from '../examples.ts';

/** Every pod of a sandbox or of a template for sandboxes. */
export const sandboxPods: Target<PodSubject> = {
  description: 'agent sandboxes',
  *subjects(snapshot) {
    for (const resource of snapshot.resources)
      if (/^(?:extensions\.)?agents\.x-k8s\.io$/.test(resource.group))
        for (const pod of resource.pods)
          yield { resource, subject: { resource, object: resource.object, pod, containers: pod.containers } };
  },
};

/** A hardened template, for examples. */
export function sandboxTemplate(change: { readonly pod?: JsonObject; readonly spec?: JsonObject } = {}): KubeObject {
  const labels = { 'app.kubernetes.io/name': 'app' };
  return {
    apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
    kind: 'SandboxTemplate',
    metadata: { name: 'agent', namespace: 'shop', labels },
    spec: {
      networkPolicyManagement: 'Managed',
      networkPolicy: { egress: [] },
      podTemplate: { metadata: { labels }, spec: podSpec({ runtimeClassName: 'gvisor', ...change.pod }) },
      ...change.spec,
    },
  };
}
