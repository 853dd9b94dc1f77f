// What a node must have for a pod on it to be changed: PodResizeValidator (a Linux node with room for what the pod asks for) and
// NodeDeclaredFeatureValidator (features that its kubelet declares), plugin/pkg/admission/{podresize,nodedeclaredfeatures}, Kubernetes 1.36.

import { compareQuantities, parseQuantity, quantityIn } from '../../kube/quantity.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { dig, type JsonObject, sameJson, strings } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { goQuote } from '../fields/go-text.ts';
import { forbidden } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { podAmountsWithOverhead } from './amounts.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { podIn } from './pods.ts';

/** The pod that is changed, where it is on a node and its spec is another than before. */
function changedPod(attributes: Attributes, subresources: readonly string[]): { readonly pod: Struct; readonly node: string } | undefined {
  if (attributes.operation !== 'UPDATE') return undefined;
  const pod = subresources.map((subresource) => podIn(attributes, subresource)).find((each) => each !== undefined);
  const node = pod === undefined ? '' : textIn(structAt(pod, 'spec'), 'nodeName');
  if (pod === undefined || node === '') return undefined;
  return metadataOf(pod).generation === dig(attributes.old, 'metadata', 'generation') ? undefined : { pod, node };
}

function nodeNamed({ serving }: Attributes, name: string): JsonObject | undefined {
  return serving.state.get({ group: '', resource: 'nodes' }, '', name);
}

function refuse({ target, name }: Attributes, why: string): Refusal {
  return forbidden(target, name, why);
}

function because(refusal: Refusal, reason: string): Refusal {
  return { ...refusal, details: { ...refusal.details, causes: [{ reason, message: '' }] } };
}

export const podResizeValidator: Plugin = {
  name: 'PodResizeValidator',
  validate: (attributes) => {
    const changed = changedPod(attributes, ['resize']);
    if (changed === undefined) return undefined;
    const node = nodeNamed(attributes, changed.node);
    if (node === undefined) return refuse(attributes, `node ${goQuote(changed.node)} not found`);
    const system = dig(node, 'metadata', 'labels', 'kubernetes.io/os') ?? 'linux';
    if (system !== 'linux') {
      const why = `pod resize is only supported on linux nodes, node ${goQuote(changed.node)} is ${goQuote(String(system))}`;
      return because(refuse(attributes, why), 'UnsupportedPlatform');
    }
    const short = shortages(changed.pod, node);
    if (short.length === 0) return undefined;
    return because(refuse(attributes, `node didn't have enough allocatable resources: ${short.join('; ')}`), 'NodeCapacity');
  },
};

function shortages(pod: Struct, node: JsonObject): readonly string[] {
  const wanted = podAmountsWithOverhead(pod, 'requests');
  return (['cpu', 'memory'] as const).flatMap((name) => {
    const request = wanted.get(name);
    const text = dig(node, 'status', 'allocatable', name);
    const read = parseQuantity(typeof text === 'string' || typeof text === 'number' ? text : '0');
    if (request === undefined || !read.ok || compareQuantities(request, read.value) <= 0) return [];
    const scale = name === 'cpu' ? -3 : 0;
    return [`${name}, requested: ${quantityIn(request, scale)}, allocatable: ${quantityIn(read.value, scale)}`];
  });
}

export const nodeDeclaredFeatureValidator: Plugin = {
  name: 'NodeDeclaredFeatureValidator',
  validate: (attributes) => {
    const changed = changedPod(attributes, ['', 'resize']);
    if (changed === undefined) return undefined;
    const wanted = featuresFor(structAt((attributes.old ?? {}) as unknown as Struct, 'spec'), structAt(changed.pod, 'spec'));
    if (wanted.length === 0) return undefined;
    const node = nodeNamed(attributes, changed.node);
    if (node === undefined) return refuse(attributes, `node ${goQuote(changed.node)} not found`);
    const declared = strings(dig(node, 'status', 'declaredFeatures'));
    const missing = wanted.filter((feature) => !declared.includes(feature));
    if (missing.length === 0) return undefined;
    const why = `pod update requires features ${missing.join(', ')} which are not available on node ${goQuote(changed.node)}`;
    return refuse(attributes, why);
  },
};

/** The features that a kubelet needs for the change. */
function featuresFor(old: Struct, spec: Struct): readonly string[] {
  const found: string[] = [];
  if (!sameJson(old.resources ?? null, spec.resources ?? null)) found.push('InPlacePodLevelResourcesVerticalScaling');
  const after = structsIn(spec, 'initContainers');
  const isResized = structsIn(old, 'initContainers').some(
    (container, index) =>
      container.restartPolicy !== 'Always' && !sameJson(container.resources ?? {}, after[index]?.resources ?? container.resources ?? {}),
  );
  if (isResized) found.push('InPlacePodVerticalScalingInitContainers');
  return found;
}
