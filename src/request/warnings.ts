// Warnings that come with a resource itself: of API versions that are deprecated (k8s.io/apiserver/pkg/endpoints/deprecation, 1.36).

import { apiLifecycles } from '../kube/version/deprecations.ts';
import { compareReleases } from '../kube/version/version.ts';
import type { Server } from './server.ts';
import type { Target } from './target.ts';

/** The warning that goes with every answer about a deprecated API version. */
export function deprecationWarning(target: Target, { release }: Server): string | undefined {
  if (target.type.kind === 'custom') return target.type.deprecation;
  const life = lifecycles.get(`${target.apiVersion} ${target.kind}`);
  if (life?.deprecated === undefined || compareReleases(release.minor, life.deprecated) < 0) return undefined;
  const gone = life.removed === undefined ? '' : `, unavailable in v${life.removed}+`;
  const instead = life.replacement === undefined ? '' : `; use ${life.replacement} ${life.replacementKind ?? life.kind}`;
  return `${target.apiVersion} ${target.kind} is deprecated in v${life.deprecated}+${gone}${instead}`;
}

const lifecycles = new Map(apiLifecycles.map((life) => [`${life.apiVersion} ${life.kind}`, life]));
