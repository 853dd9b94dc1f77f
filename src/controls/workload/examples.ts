// More material for the examples of this domain: the hardened Deployment with its security contexts changed, and one for Windows.

import type { KubeObject } from '../../kube/object.ts';
import { asObject, dig, type JsonObject } from '../../lib/json.ts';
import { container, deployment, podSpec, withInitContainer } from '../examples.ts';

interface SecurityChange {
  /** Fields of the pod's spec. */
  readonly spec?: JsonObject;
  /** Fields of the pod's security context; `undefined` takes one away. */
  readonly pod?: JsonObject;
  /** Fields of the container's. */
  readonly container?: JsonObject;
  /** Fields of an init container's; there is none unless given. */
  readonly init?: JsonObject;
}

/** The Deployment with its security contexts changed. */
export function withSecurity({ spec, pod, container: own, init }: SecurityChange): KubeObject {
  return deployment({
    pod: {
      ...spec,
      securityContext: { ...asObject(podSpec().securityContext), ...pod },
      ...(init === undefined
        ? {}
        : { initContainers: dig(withInitContainer({ securityContext: init }), 'spec', 'template', 'spec', 'initContainers') }),
      containers: [container({ securityContext: own ?? {} })],
    },
  });
}

/** The Deployment with volumes of the node, mounted read-only. */
export function withHostPaths(...paths: readonly string[]): KubeObject {
  return deployment({
    pod: {
      volumes: paths.map((path, index) => ({ name: `host-${index}`, hostPath: { path } })),
      containers: [
        container({ volumeMounts: paths.map((_, index) => ({ name: `host-${index}`, mountPath: `/host-${index}`, readOnly: true })) }),
      ],
    },
  });
}

/** A hardened Windows Deployment. */
export function windowsDeployment(change: Omit<SecurityChange, 'init'> = {}): KubeObject {
  const options = { windowsOptions: { runAsUserName: 'ContainerUser' } };
  return deployment({
    pod: {
      os: { name: 'windows' },
      hostUsers: undefined,
      ...change.spec,
      securityContext: { ...options, ...change.pod },
      containers: [{ ...container(), securityContext: { ...options, runAsNonRoot: true, ...change.container } }],
    },
  });
}
