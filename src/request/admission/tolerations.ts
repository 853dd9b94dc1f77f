// Plugins that give pods tolerations: DefaultTolerationSeconds (nodes that are not ready or not reachable are borne for a while),
// PodTolerationRestriction (defaults and a list of allowed ones in annotations of the namespace), ExtendedResourceToleration.

import { type Struct, structAt, textIn } from '../../kube/schema/defaults/struct.ts';
import { dig, isObject, type Json } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { qualityOfService } from '../strategy/quality-of-service.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { covers, mergeTolerations, podIn, setTolerations, startingContainers, type Toleration, tolerationsOf } from './pods.ts';

export const defaultTolerationSeconds: Plugin = {
  name: 'DefaultTolerationSeconds',
  admit: (attributes) => {
    const pod = podIn(attributes);
    if (pod === undefined || attributes.operation === 'DELETE') return undefined;
    const own = tolerationsOf(pod);
    const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
      (taint) => !own.some((each) => ['', taint].includes(textIn(each, 'key')) && ['', 'NoExecute'].includes(textIn(each, 'effect'))),
    );
    const tolerationSeconds = attributes.serving.server.tolerationSeconds;
    if (added.length > 0) {
      setTolerations(pod, [...own, ...added.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }))]);
      attributes.serving.because?.(
        `pods that do not say for how long bear nodes that are not ready or not reachable for ${tolerationSeconds} seconds`,
        'flags of the API server: --default-not-ready-toleration-seconds, --default-unreachable-toleration-seconds',
      );
    }
    return undefined;
  },
};

export const extendedResourceToleration: Plugin = {
  name: 'ExtendedResourceToleration',
  admit: (attributes) => {
    const pod = podIn(attributes);
    if (pod === undefined || attributes.operation === 'DELETE') return undefined;
    const names = new Set(startingContainers(pod).flatMap((container) => Object.keys(structAt(container, 'resources', 'requests'))));
    const extended = [...names].filter(isExtended).sort();
    const added = extended.map((key): Toleration => ({ key, operator: 'Exists', effect: 'NoSchedule' }));
    const own = tolerationsOf(pod);
    const same = (a: Toleration, b: Toleration) => ['key', 'operator', 'effect', 'value'].every((key) => textIn(a, key) === textIn(b, key));
    const missing = added.filter((toleration) => !own.some((each) => same(each, toleration)));
    if (missing.length > 0) {
      setTolerations(pod, [...own, ...missing]);
      attributes.serving.because?.(`containers ask for ${extended.join(', ')}: the pod tolerates the taints of nodes that have it`);
    }
    return undefined;
  },
};

/** A resource that belongs to a domain, and not to Kubernetes' own. */
export function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
}

const allowedKey = 'scheduler.alpha.kubernetes.io/tolerationsWhitelist';
const defaultsKey = 'scheduler.alpha.kubernetes.io/defaultTolerations';

export const podTolerationRestriction: Plugin = {
  name: 'PodTolerationRestriction',
  admit: (attributes) => {
    const pod = podIn(attributes);
    if (pod === undefined || attributes.operation === 'DELETE') return undefined;
    const extra: Toleration[] = [];
    if (attributes.operation === 'CREATE')
      extra.push(...(annotated(attributes, defaultsKey) ?? configured(attributes, 'defaultTolerations')));
    if (qualityOfService(structAt(pod, 'spec')) !== 'BestEffort')
      extra.push({ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' });
    if (extra.length > 0) {
      setTolerations(pod, mergeTolerations(tolerationsOf(pod), extra));
      attributes.serving.because?.(
        'tolerations that pods of the namespace have by default, and memory pressure for pods that ask for resources',
        annotated(attributes, defaultsKey) === undefined
          ? 'the default tolerations of the configuration of the plugin'
          : `Namespace ${attributes.namespace}, annotation ${defaultsKey}`,
      );
    }
    return restricted(attributes);
  },
  validate: (attributes) => (attributes.operation === 'DELETE' ? undefined : restricted(attributes)),
};

function restricted(attributes: Attributes): Refusal | undefined {
  const pod = podIn(attributes);
  const own = annotated(attributes, allowedKey);
  const allowed = own ?? configured(attributes, 'allowedTolerations');
  if (pod === undefined || allowed.length === 0) return undefined;
  if (tolerationsOf(pod).every((toleration) => allowed.some((wide) => covers(wide, toleration)))) return undefined;
  // No refusal of its own: the server answers an error that is none of its kinds.
  const message = 'pod tolerations (possibly merged with namespace default tolerations) conflict with its';
  return { code: 500, reason: '', message: `${message} ${own === undefined ? 'cluster' : 'namespace'} whitelist` };
}

function configured({ serving }: Attributes, part: 'defaultTolerations' | 'allowedTolerations'): readonly Toleration[] {
  return (serving.server.configuration?.[part] ?? []).map((each) => ({ ...each }) as unknown as Toleration);
}

function annotated({ serving, namespace }: Attributes, key: string): readonly Toleration[] | undefined {
  const text = dig(serving.state.get({ group: '', resource: 'namespaces' }, '', namespace), 'metadata', 'annotations', key);
  if (typeof text !== 'string') return undefined;
  if (text === '') return [];
  try {
    const read: Json = JSON.parse(text);
    return Array.isArray(read) ? read.filter(isObject).map((each) => ({ ...each }) as unknown as Struct) : [];
  } catch {
    return [];
  }
}
