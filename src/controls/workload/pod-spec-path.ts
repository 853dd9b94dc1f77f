// From the pointer of something in a container to the pointer of its pod's spec: repairs that hold for all containers are made there.

/** `/spec/template/spec` of `/spec/template/spec/containers/0/securityContext`; the pointer itself where it names no container. */
export function podSpecPath(path: string): string {
  const match = /^(.*)\/(?:initContainers|containers|ephemeralContainers)\/[0-9]+(?:\/|$)/.exec(path);
  return match?.[1] ?? path;
}
