// The fields of a pod that analyses read, as core/v1 1.36 names them. Values come from untrusted texts: the visitor in `lower.ts` makes
// lists lists and members objects; scalars keep whatever type was written, so compare them (`=== true`), do not trust them.

import type { JsonObject } from '../../lib/json.ts';

export interface SecurityContext extends JsonObject {}

/** How a container takes part in its pod. A sidecar is an init container with `restartPolicy: Always` (KEP-753). */
export type ContainerRole = 'init' | 'sidecar' | 'normal' | 'ephemeral';

/** One container of a pod, whatever list it stands in. */
export interface Container {
  readonly role: ContainerRole;
  readonly name: string;
  /** JSON pointer of the container within the object it was written in. */
  readonly path: string;
  /** The container as written. */
  readonly spec: JsonObject;
  readonly image: string | undefined;
  /** The container's own `securityContext`, empty where absent. */
  readonly securityContext: JsonObject;
  readonly env: readonly Member[];
  readonly envFrom: readonly Member[];
  readonly ports: readonly Member[];
  readonly volumeMounts: readonly Member[];
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Pointer of something below the container. `container.at('/securityContext/privileged')`. */
  at(suffix: string): string;
}

/** An object in a list, with its pointer. */
export interface Member {
  readonly spec: JsonObject;
  readonly path: string;
}

/** The pod that an object describes, runs or makes. */
export interface Pod {
  /** Pointer of the pod's spec within the object: `/spec` for a Pod, `/spec/template/spec` for a Deployment. */
  readonly path: string;
  /** Pointer of the pod's metadata within the object. */
  readonly metadataPath: string;
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
  /** The pod's own `securityContext`, empty where absent. */
  readonly securityContext: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly volumes: readonly Member[];
  /** Init, sidecar, normal and ephemeral containers, in that order. */
  readonly containers: readonly Container[];
  /** `spec.os.name` where it is set. */
  readonly os: string | undefined;
  /** Pointer of something below the pod's spec. `pod.at('/hostPID')`. */
  at(suffix: string): string;
}
