// PodGroupProtection, PodGroupWorkloadExists and JobValidation: plugins about groups of pods that are scheduled together. They are on by default and
// do nothing unless the feature gate GenericWorkload is on (plugin/pkg/admission/{scheduling/podgroupprotection,podgroup,job}, Kubernetes 1.36).

import { asList, asString, dig, field, type JsonObject, sameJson } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { goQuote } from '../fields/go-text.ts';
import { forbidden } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import type { Attributes, Plugin } from './plugin.ts';

const group = 'scheduling.k8s.io';
const finalizer = 'scheduling.k8s.io/podgroup-protection';

function isOn({ serving }: Attributes): boolean {
  return serving.server.features.has('GenericWorkload');
}

function isNewPodGroup({ target, operation }: Attributes): boolean {
  return operation === 'CREATE' && target.group === group && target.resource === 'podgroups' && target.subresource === '';
}

export const podGroupProtection: Plugin = {
  name: 'PodGroupProtection',
  admit: (attributes) => {
    const { object } = attributes;
    if (object === undefined || !isNewPodGroup(attributes) || !isOn(attributes)) return undefined;
    const metadata = metadataOf(object);
    const finalizers = asList(metadata.finalizers);
    if (!finalizers.includes(finalizer)) metadata.finalizers = [...finalizers, finalizer];
    return undefined;
  },
};

export const podGroupWorkloadExists: Plugin = {
  name: 'PodGroupWorkloadExists',
  validate: (attributes) => {
    const { object, serving, namespace, target, name } = attributes;
    if (!isNewPodGroup(attributes) || !isOn(attributes)) return undefined;
    const reference = dig(object, 'spec', 'podGroupTemplateRef', 'workload');
    if (reference === undefined) return undefined;
    const no = (why: string) => forbidden(target, name, `PodGroup rejected: ${why}`);
    const workloadName = asString(field(reference, 'workloadName')) ?? '';
    const workload = serving.state.get({ group, resource: 'workloads' }, namespace, workloadName);
    if (workload === undefined) return no(`Workload ${goQuote(workloadName)} not found`);
    if (dig(workload, 'metadata', 'deletionTimestamp') !== undefined) return no(`Workload ${goQuote(workloadName)} is being deleted`);
    const template = asString(field(reference, 'podGroupTemplateName')) ?? '';
    if (asList(dig(workload, 'spec', 'podGroupTemplates')).some((each) => field(each, 'name') === template)) return undefined;
    return no(`PodGroupTemplate ${goQuote(template)} not found in Workload ${goQuote(workloadName)}`);
  },
};

export const jobValidation: Plugin = {
  name: 'JobValidation',
  validate: (attributes) => {
    const { target, operation, object, old } = attributes;
    if (operation !== 'UPDATE' || target.group !== 'batch' || target.resource !== 'jobs' || target.subresource !== '') return undefined;
    if (!isOn(attributes) || sameJson(dig(object, 'spec', 'parallelism') ?? null, dig(old, 'spec', 'parallelism') ?? null))
      return undefined;
    const gang = gangOf(attributes);
    return gang === undefined ? undefined : refuseChange(attributes, gang);
  },
};

/** The group that the pods of a Job are scheduled in, all or none of them. */
function gangOf({ old, serving, namespace }: Attributes): JsonObject | undefined {
  const podGroups = { group, resource: 'podgroups' };
  const isGang = (each: JsonObject | undefined) => dig(each, 'spec', 'schedulingPolicy', 'gang') !== undefined;
  const named = asString(dig(old, 'spec', 'template', 'spec', 'schedulingGroup', 'podGroupName'));
  if (named !== undefined) {
    const found = serving.state.get(podGroups, namespace, named);
    return isGang(found) ? found : undefined;
  }
  const uid = dig(old, 'metadata', 'uid');
  const isOwned = (each: JsonObject) =>
    asList(dig(each, 'metadata', 'ownerReferences')).some((owner) => field(owner, 'controller') === true && field(owner, 'uid') === uid);
  return serving.state.list(podGroups, namespace).find((each) => isOwned(each) && isGang(each));
}

function refuseChange({ target, name }: Attributes, gang: JsonObject): Refusal {
  const of = asString(dig(gang, 'metadata', 'name')) ?? '';
  return forbidden(target, name, `cannot change parallelism for a Job referencing gang-scheduled PodGroup ${goQuote(of)}`);
}
