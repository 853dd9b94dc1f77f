// Which file a rendered object was written in: kustomize renames, moves and patches objects, so the resources that went in are compared
// with those that came out by kind, name and namespace, with the prefixes and suffixes of the kustomizations taken off.

import { groupVersion, type KubeObject, nameOf } from '../kube/object.ts';
import { asString, field } from '../lib/json.ts';
import type { Origin, PatchPlace, Resource } from '../snapshot/snapshot.ts';
import type { Kustomization } from './kustomization.ts';

type FileOrigin = Extract<Origin, { kind: 'file' }>;

/**
 * Gives the origin of an object that kustomize built from `sources` by the kustomizations of a closure, outermost first. `patches` are the
 * objects written in patch files, in the order they are laid on.
 */
export function kustomizedOrigin(
  sources: readonly Resource[],
  patches: readonly Resource[],
  kustomizations: readonly Kustomization[],
  lengthOf: (file: string) => number,
): (object: KubeObject) => FileOrigin {
  const byKind = new Map<string, Resource[]>();
  for (const source of sources) {
    const key = `${source.group}/${source.kind}`;
    byKind.set(key, [...(byKind.get(key) ?? []), source]);
  }
  const prefixes = affixes(kustomizations.map((item) => item.prefix));
  const suffixes = affixes(kustomizations.map((item) => item.suffix));
  const [outermost] = kustomizations;
  const rendered = outermost?.folder ?? '';
  const whole = (file: string, pointer: string): FileOrigin => ({
    kind: 'file',
    file,
    document: 0,
    documentEnd: lengthOf(file),
    pointer,
    rendered,
  });
  return (object) => {
    const name = nameOf(object);
    const candidates = byKind.get(`${groupVersion(object.apiVersion).group}/${object.kind}`) ?? [];
    const source = closest(candidates, name, asString(field(object.metadata, 'namespace')) ?? '', (inner) =>
      isRenamed(name, inner, prefixes, suffixes),
    );
    if (source?.origin.kind === 'file') return { ...source.origin, rendered, ...laidOver(patches, source, name) };
    for (const { file, generated } of kustomizations)
      for (const generator of generated)
        if (generator.kind === object.kind && isGenerated(name, generator.name, prefixes, suffixes)) return whole(file, generator.pointer);
    return whole(outermost?.file ?? rendered, '');
  };
}

/** The patches that name an object, as it was written or as it came out. */
function laidOver(patches: readonly Resource[], source: Resource, name: string): { readonly patches?: readonly PatchPlace[] } {
  const places = patches.flatMap(({ group, kind, name: patched, origin }): readonly PatchPlace[] =>
    origin.kind === 'file' && group === source.group && kind === source.kind && (patched === source.name || patched === name)
      ? [{ file: origin.file, document: origin.document, documentEnd: origin.documentEnd, pointer: origin.pointer }]
      : [],
  );
  return places.length === 0 ? {} : { patches: places };
}

/** The candidate of this name, else one that was renamed; of several the one in the namespace. */
function closest(
  candidates: readonly Resource[],
  name: string,
  namespace: string,
  renamed: (inner: string) => boolean,
): Resource | undefined {
  const same = candidates.filter((item) => item.name === name);
  const near = same.length > 0 ? same : candidates.filter((item) => renamed(item.name));
  return near.find((item) => item.namespace === namespace) ?? near.toSorted((a, b) => b.name.length - a.name.length)[0];
}

function isRenamed(name: string, inner: string, prefixes: readonly string[], suffixes: readonly string[]): boolean {
  if (inner === '' || name.length < inner.length) return false;
  return prefixes.some((prefix) => name.startsWith(prefix + inner) && suffixes.includes(name.slice(prefix.length + inner.length)));
}

/** Kustomize appends ten characters of a hash to what it generates. */
function isGenerated(name: string, inner: string, prefixes: readonly string[], suffixes: readonly string[]): boolean {
  return isRenamed(name, inner, prefixes, suffixes) || isRenamed(name.replace(/-[a-z0-9]{10}$/, ''), inner, prefixes, suffixes);
}

/** Everything the given parts make in any order of nesting, each at most once; few kustomizations have more than two. */
function affixes(parts: readonly string[]): readonly string[] {
  let made = [''];
  for (const part of new Set(parts.filter((text) => text !== '')))
    if (made.length < 200) made = [...new Set(made.flatMap((text) => [text, part + text, text + part]))];
  return made;
}
