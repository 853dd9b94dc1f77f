// Who puts an object there: the marks that Argo CD, Flux and Helm leave on what they deliver.

import { dig, stringMap } from '../lib/json.ts';
import type { Resource } from '../snapshot/snapshot.ts';

/** The tool that delivers an object; undefined where it bears no mark. */
export function managedBy({ object }: Resource): string | undefined {
  const labels = stringMap(dig(object, 'metadata', 'labels'));
  const annotations = stringMap(dig(object, 'metadata', 'annotations'));
  if (annotations['argocd.argoproj.io/tracking-id'] !== undefined || labels['argocd.argoproj.io/instance'] !== undefined) return 'Argo CD';
  if (labels['kustomize.toolkit.fluxcd.io/name'] !== undefined || labels['helm.toolkit.fluxcd.io/name'] !== undefined) return 'Flux';
  if (annotations['meta.helm.sh/release-name'] !== undefined) return 'Helm';
  return undefined;
}

/** True for tools that take what they deliver from Git. */
export function isFromGit(tool: string | undefined): boolean {
  return tool === 'Argo CD' || tool === 'Flux';
}
