// Configuration files of kubelet and kube-proxy as objects carry them: documents of their own kinds, and the ConfigMaps in which kubeadm
// keeps them (kubelet-config, kubelet-config-1.2x, kube-proxy). Fields that are absent have the defaults of kubelet.config.k8s.io/v1beta1
// and kubeproxy.config.k8s.io/v1alpha1 as of Kubernetes 1.36, which are not those of the command line.

import { asObject, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Target } from '../control.ts';
import { embeddedYaml } from './embedded.ts';

export interface NodeConfig {
  readonly resource: Resource;
  readonly settings: JsonObject;
  /** Pointer of a setting: its own field in a document, the whole text in a ConfigMap. */
  readonly at: (...keys: readonly string[]) => string;
}

/** Every configuration of that kind. */
export function nodeConfigs(kind: 'KubeletConfiguration' | 'KubeProxyConfiguration'): Target<NodeConfig> {
  return {
    description: kind,
    *subjects(snapshot) {
      for (const found of read(snapshot, kind)) yield { resource: found.resource, subject: found };
    },
  };
}

const sources = {
  KubeletConfiguration: { group: 'kubelet.config.k8s.io', map: /^kubelet-config(?:-|$)/ },
  KubeProxyConfiguration: { group: 'kubeproxy.config.k8s.io', map: /^kube-proxy(?:-|$)/ },
} as const;

function* read(snapshot: Snapshot, kind: keyof typeof sources): Generator<NodeConfig> {
  const { group, map } = sources[kind];
  for (const resource of ofKind(snapshot, group, kind))
    yield { resource, settings: asObject(resource.object), at: (...keys) => pointer(...keys) };
  for (const resource of ofKind(snapshot, '', 'ConfigMap')) {
    if (!map.test(resource.name)) continue;
    for (const [key, text] of Object.entries(asObject(resource.object.data))) {
      if (asString(text)?.includes(kind) !== true) continue;
      const settings = embeddedYaml(text);
      if (field(settings, 'kind') === kind) yield { resource, settings: asObject(settings), at: () => pointer('data', key) };
    }
  }
}

/** A setting by its path, or its default. */
export function setting(config: NodeConfig, keys: readonly string[], otherwise: Json): Json {
  return dig(config.settings, ...keys) ?? otherwise;
}
