// Which Secrets and ConfigMaps a pod uses, and how: every way core/v1 1.36 has. Facts for several controls.

import { members } from '../../kube/pod/lower.ts';
import type { Pod } from '../../kube/pod/types.ts';
import { asObject, asString, isObject, type JsonObject } from '../../lib/json.ts';

export type ReferredKind = 'Secret' | 'ConfigMap';

export interface Reference {
  readonly kind: ReferredKind;
  readonly name: string;
  /** The one entry that is used, where one is named. */
  readonly key?: string;
  readonly optional: boolean;
  readonly how: 'variable' | 'all variables' | 'volume' | 'pull secret';
  /** Pointer of the reference. */
  readonly path: string;
  readonly container?: string;
}

/** Every reference, in the order of the pod. Looked for once: several controls ask. */
export function referencesOf(pod: Pod): readonly Reference[] {
  let references = known.get(pod);
  if (references === undefined) {
    references = readReferences(pod);
    known.set(pod, references);
  }
  return references;
}

const known = new WeakMap<Pod, readonly Reference[]>();

function readReferences(pod: Pod): readonly Reference[] {
  const found: Reference[] = [];
  const add = (kind: ReferredKind, source: unknown, nameKey: string, rest: Omit<Reference, 'kind' | 'name' | 'optional' | 'key'>) => {
    const reference = asObject(source);
    const name = asString(reference[nameKey]);
    const key = asString(reference.key);
    if (name !== undefined && name !== '')
      found.push({ kind, name, optional: reference.optional === true, ...(key === undefined ? {} : { key }), ...rest });
  };
  for (const container of pod.containers) {
    for (const { spec, path } of container.env) {
      const from = asObject(spec.valueFrom);
      const rest = { how: 'variable' as const, container: container.name };
      add('Secret', from.secretKeyRef, 'name', { ...rest, path: `${path}/valueFrom/secretKeyRef` });
      add('ConfigMap', from.configMapKeyRef, 'name', { ...rest, path: `${path}/valueFrom/configMapKeyRef` });
    }
    for (const { spec, path } of container.envFrom) {
      const rest = { how: 'all variables' as const, container: container.name };
      add('Secret', spec.secretRef, 'name', { ...rest, path: `${path}/secretRef` });
      add('ConfigMap', spec.configMapRef, 'name', { ...rest, path: `${path}/configMapRef` });
    }
  }
  for (const volume of pod.volumes)
    for (const { kind, source, nameKey, path } of volumeSources(volume.spec, volume.path))
      add(kind, source, nameKey, { how: 'volume', path });
  for (const { spec, path } of members(pod.spec.imagePullSecrets, pod.at('/imagePullSecrets')))
    add('Secret', spec, 'name', { how: 'pull secret', path });
  return found;
}

/** The Secrets and ConfigMaps that one volume shows, projected ones included. */
export function volumeSources(volume: JsonObject, path: string) {
  const sources = [
    { kind: 'Secret' as const, source: volume.secret, nameKey: 'secretName', path: `${path}/secret` },
    { kind: 'ConfigMap' as const, source: volume.configMap, nameKey: 'name', path: `${path}/configMap` },
    ...members(asObject(volume.projected).sources, `${path}/projected/sources`).flatMap((source) => [
      { kind: 'Secret' as const, source: source.spec.secret, nameKey: 'name', path: `${source.path}/secret` },
      { kind: 'ConfigMap' as const, source: source.spec.configMap, nameKey: 'name', path: `${source.path}/configMap` },
    ]),
  ];
  return sources.filter(({ source }) => isObject(source));
}
