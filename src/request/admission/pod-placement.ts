// Plugins about where pods may go: PodNodeSelector, LimitPodHardAntiAffinityTopology, PodTopologyLabels, TaintNodesByCondition.

import { ensured, type Struct, set, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asList, dig, field, type Json, stringMap } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { forbidden, notFound } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { podIn } from './pods.ts';

const namespaces = { group: '', resource: 'namespaces' };

export const podNodeSelector: Plugin = {
  name: 'PodNodeSelector',
  admit: (attributes) => {
    const pod = podIn(attributes);
    if (pod === undefined || attributes.operation !== 'CREATE') return undefined;
    const refusal = selectorConflict(attributes);
    if (refusal !== undefined) return refusal;
    const wanted = namespaceSelector(attributes);
    const spec = ensured(pod, 'spec');
    if (wanted.size > 0) {
      for (const [key, value] of wanted)
        if (!Object.hasOwn(structAt(spec, 'nodeSelector'), key)) set(ensured(spec, 'nodeSelector'), key, value);
      attributes.serving.because?.(...whySelector(attributes));
    }
    return outsideAllowed(attributes);
  },
  validate: (attributes) => (attributes.operation === 'CREATE' ? (selectorConflict(attributes) ?? outsideAllowed(attributes)) : undefined),
};

/** The labels that the server's configuration lets pods of a namespace select, where it names any. */
function outsideAllowed(attributes: Attributes): Refusal | undefined {
  const { serving, namespace, target } = attributes;
  const pod = podIn(attributes);
  const selectors = serving.server.configuration?.nodeSelectors ?? {};
  const allowed = selectorLabels(Object.hasOwn(selectors, namespace) ? selectors[namespace] : undefined);
  if (pod === undefined || allowed.size === 0) return undefined;
  if (Object.entries(structAt(pod, 'spec', 'nodeSelector')).every(([key, value]) => allowed.get(key) === value)) return undefined;
  const why = 'pod node label selector labels conflict with its namespace whitelist';
  return forbidden(target, textIn(structAt(pod, 'metadata'), 'name'), why);
}

function selectorConflict(attributes: Attributes): Refusal | undefined {
  const pod = podIn(attributes);
  if (pod === undefined) return undefined;
  if (attributes.serving.state.get(namespaces, '', attributes.namespace) === undefined) return notFound(namespaces, attributes.namespace);
  const own = structAt(pod, 'spec', 'nodeSelector');
  for (const [key, value] of namespaceSelector(attributes))
    if (Object.hasOwn(own, key) && own[key] !== value)
      return forbidden(
        attributes.target,
        textIn(structAt(pod, 'metadata'), 'name'),
        'pod node label selector conflicts with its namespace node label selector',
      );
  return undefined;
}

const selectorKey = 'scheduler.alpha.kubernetes.io/node-selector';

function ownSelector({ serving, namespace }: Attributes): Json | undefined {
  return dig(serving.state.get(namespaces, '', namespace), 'metadata', 'annotations', selectorKey);
}

function namespaceSelector(attributes: Attributes): ReadonlyMap<string, string> {
  return selectorLabels(ownSelector(attributes) ?? attributes.serving.server.configuration?.nodeSelectors?.clusterDefaultNodeSelector);
}

function whySelector(attributes: Attributes): readonly [reason: string, ...evidence: string[]] {
  if (ownSelector(attributes) === undefined)
    return ['pods of namespaces that say nothing go where the configuration says', 'clusterDefaultNodeSelector of the configuration'];
  return ['pods of the namespace go where it says', `Namespace ${attributes.namespace}, annotation ${selectorKey}`];
}

function selectorLabels(text: Json | undefined): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  if (typeof text === 'string')
    for (const part of text.split(',')) {
      const [key = '', value] = part.split('=');
      if (value !== undefined) labels.set(key.trim(), value.trim());
    }
  return labels;
}

export const limitPodHardAntiAffinityTopology: Plugin = {
  name: 'LimitPodHardAntiAffinityTopology',
  validate: (attributes) => {
    const pod = podIn(attributes);
    if (pod === undefined || attributes.operation === 'DELETE') return undefined;
    const terms = asList(dig(structAt(pod, 'spec'), 'affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'));
    const other = terms.map((term) => field(term, 'topologyKey') ?? '').find((key) => key !== 'kubernetes.io/hostname');
    if (other === undefined) return undefined;
    const why = `affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey ${other} but only key kubernetes.io/hostname is allowed`;
    return forbidden(attributes.target, textIn(structAt(pod, 'metadata'), 'name'), why);
  },
};

export const podTopologyLabels: Plugin = {
  name: 'PodTopologyLabels',
  admit: (attributes) => {
    const { target, object, operation } = attributes;
    if (target.group !== '' || target.resource !== 'pods' || object === undefined || operation !== 'CREATE') return undefined;
    const bound = target.subresource === 'binding' ? structAt(object, 'target') : undefined;
    if (target.subresource !== '' && bound === undefined) return undefined;
    const node =
      bound === undefined ? textIn(structAt(object, 'spec'), 'nodeName') : textIn(bound, 'kind') === 'Node' ? textIn(bound, 'name') : '';
    if (node === '') return undefined;
    const labels = stringMap(dig(attributes.serving.state.get({ group: '', resource: 'nodes' }, '', node), 'metadata', 'labels'));
    for (const key of ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'])
      if (labels[key] !== undefined) set(ensured(metadataOf(object), 'labels'), key, labels[key]);
    attributes.serving.because?.('a pod has the topology labels of its node', `labels of Node ${node}`);
    return undefined;
  },
};

export const taintNodesByCondition: Plugin = {
  name: 'TaintNodesByCondition',
  admit: ({ target, object, operation, serving }) => {
    if (target.group !== '' || target.resource !== 'nodes' || target.subresource !== '' || object === undefined || operation !== 'CREATE')
      return undefined;
    const spec = ensured(object, 'spec');
    const taint: Struct = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
    const known = structsIn(spec, 'taints').some((each) => textIn(each, 'key') === taint.key && textIn(each, 'effect') === taint.effect);
    if (known) return undefined;
    spec.taints = [...asList(spec.taints), { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];
    serving.because?.('a new node takes no pods before it is ready');
    return undefined;
  },
};
