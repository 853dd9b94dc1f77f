// Why a path leads to nothing: the kind was served once and is gone, nobody knows it, or the path is not one of its own.

import { isKubeObject } from '../kube/object.ts';
import { apiLifecycles } from '../kube/version/deprecations.ts';
import { compareReleases } from '../kube/version/version.ts';
import type { Json } from '../lib/json.ts';
import type { Serving } from './server.ts';
import { collectionOf } from './trace/object-path.ts';

/** What is to be said of a request whose path the server does not know, as sentences; `sent` is its body. */
export function whyNoTarget(sent: Json | undefined, { server: { release }, state }: Serving): readonly string[] {
  if (!isKubeObject(sent)) return [];
  const { apiVersion, kind } = sent;
  const life = apiLifecycles.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  const isGone = life?.removed !== undefined && compareReleases(release.minor, life.removed) >= 0;
  if (isGone && kind === 'PodSecurityPolicy')
    return [
      'PodSecurityPolicy is gone since Kubernetes 1.25: labels of the namespace (Pod Security Admission) or policies stand in its place',
    ];
  if (isGone) {
    const instead = life.replacement === undefined ? '' : `; use ${life.replacement} ${life.replacementKind ?? life.kind}`;
    return [`${apiVersion} ${kind} is gone since Kubernetes ${life.removed}${instead}`];
  }
  if (collectionOf(sent, release, state).known) return [`the path leads to nothing that the server has for ${kind} objects`];
  return [`neither Kubernetes ${release.minor} nor a CustomResourceDefinition that is known here has ${apiVersion} ${kind}`];
}
