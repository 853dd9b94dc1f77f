// Strategies of pods and of the kinds that make them.

import { ensured, type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import type { Features } from '../../kube/version/feature-gates.ts';
import { type Json, sameJson } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import { qualityOfService } from './quality-of-service.ts';
import { metadataOf, type Strategy } from './strategy.ts';

const workload: Strategy = { generation: true, status: true };

export const podKinds: Readonly<Record<string, Strategy>> = {
  '/Pod': { generation: true, status: true, prepare: preparePod },
  '/PodTemplate': { generation: true },
  '/ReplicationController': workload,
  'apps/Deployment': workload,
  'apps/StatefulSet': workload,
  'apps/ReplicaSet': workload,
  'apps/DaemonSet': { generation: true, status: true, prepare: dropTemplateGeneration },
  'batch/CronJob': workload,
  'batch/Job': { generation: true, status: true, prepare: prepareJob },
};

function dropTemplateGeneration(daemonSet: Struct): void {
  const annotations = structAt(daemonSet, 'metadata', 'annotations');
  annotations['deprecated.daemonset.template.generation'] = '1';
  if (structAt(daemonSet, 'metadata').annotations === undefined)
    metadataOf(daemonSet).annotations = { 'deprecated.daemonset.template.generation': '1' };
}

function preparePod(pod: Struct, { serving, warnings }: Attributes): void {
  const spec = ensured(pod, 'spec');
  const status: Struct = { phase: 'Pending', qosClass: qualityOfService(spec) };
  const gated = structsIn(spec, 'schedulingGates').length > 0;
  if (gated)
    status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: serving.circumstances.now,
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ];
  pod.status = status as Json;
  mergeMatchLabelKeys(pod, spec, serving.server.features);
  readAppArmor(pod, spec, warnings);
}

/** `matchLabelKeys` of affinity terms and spread constraints become requirements on the pod's own values. */
function mergeMatchLabelKeys(pod: Struct, spec: Struct, features: Features): void {
  const labels = structAt(pod, 'metadata', 'labels');
  for (const kind of features.has('MatchLabelKeysInPodAffinity') ? ['podAffinity', 'podAntiAffinity'] : []) {
    const affinity = structAt(spec, 'affinity', kind);
    const terms = [
      ...structsIn(affinity, 'requiredDuringSchedulingIgnoredDuringExecution'),
      ...structsIn(affinity, 'preferredDuringSchedulingIgnoredDuringExecution').map((term) => structAt(term, 'podAffinityTerm')),
    ];
    for (const term of terms) {
      merge(term, 'matchLabelKeys', 'In', labels);
      merge(term, 'mismatchLabelKeys', 'NotIn', labels);
    }
  }
  if (!features.has('MatchLabelKeysInPodTopologySpreadSelectorMerge')) return;
  for (const constraint of structsIn(spec, 'topologySpreadConstraints')) merge(constraint, 'matchLabelKeys', 'In', labels);
}

function merge(holder: Struct, field: string, operator: string, labels: Struct): void {
  const keys = holder[field];
  if (!Array.isArray(keys) || holder.labelSelector === undefined) return;
  const selector = structAt(holder, 'labelSelector');
  for (const key of keys) {
    const value = typeof key === 'string' && Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (value === undefined) continue;
    const before = Array.isArray(selector.matchExpressions) ? selector.matchExpressions : [];
    selector.matchExpressions = [...before, { key, operator, values: [value] }];
  }
}

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';

/** AppArmor profiles in annotations become fields of containers that have none (KEP-24). */
function readAppArmor(pod: Struct, spec: Struct, warnings: string[]): void {
  if (textIn(structAt(spec, 'os'), 'name') === 'windows') return;
  const podProfile = structAt(spec, 'securityContext').appArmorProfile;
  const annotations = structAt(pod, 'metadata', 'annotations');
  for (const kind of ['initContainers', 'containers', 'ephemeralContainers'])
    for (const container of structsIn(spec, kind)) {
      const key = `${appArmorPrefix}${textIn(container, 'name')}`;
      const written = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
      if (typeof written !== 'string' || structAt(container, 'securityContext').appArmorProfile !== undefined) continue;
      const profile = profileOf(written);
      if (profile !== undefined && sameJson(profile, podProfile)) continue;
      if (profile !== undefined) ensured(container, 'securityContext').appArmorProfile = profile as Json;
      warnings.push(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
    }
}

function profileOf(text: string): Struct | undefined {
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (text === 'unconfined') return { type: 'Unconfined' };
  if (text.startsWith('localhost/') && text.length > 'localhost/'.length)
    return { type: 'Localhost', localhostProfile: text.slice('localhost/'.length) };
  return undefined;
}

/** A Job without a selector of its own gets one on its UID, and its template the labels that go with it. */
function prepareJob(job: Struct, _attributes: Attributes): void {
  const spec = ensured(job, 'spec');
  if (spec.manualSelector === true) return;
  const { name, uid } = metadataOf(job);
  const labels = ensured(ensured(ensured(spec, 'template'), 'metadata'), 'labels');
  for (const key of ['job-name', 'batch.kubernetes.io/job-name']) if (!Object.hasOwn(labels, key)) labels[key] = name;
  for (const key of ['controller-uid', 'batch.kubernetes.io/controller-uid']) if (!Object.hasOwn(labels, key)) labels[key] = uid;
  const selected = ensured(ensured(spec, 'selector'), 'matchLabels');
  if (!Object.hasOwn(selected, 'batch.kubernetes.io/controller-uid')) selected['batch.kubernetes.io/controller-uid'] = uid;
}
