// The validators, by group and kind. A kind that stands in no list here is validated by its schema and metadata alone.

import { mutatingAdmissionPolicy, validatingAdmissionPolicy } from './admission/policies.ts';
import { mutatingAdmissionPolicyBinding, validatingAdmissionPolicyBinding } from './admission/policy-bindings.ts';
import { mutatingWebhookConfiguration, validatingWebhookConfiguration } from './admission/webhooks.ts';
import { configMap, secret, serviceAccount } from './core/config.ts';
import { endpoints } from './core/endpoints.ts';
import { event } from './core/event.ts';
import { limitRange } from './core/limit-range.ts';
import { namespace } from './core/namespace.ts';
import { node } from './core/node.ts';
import { persistentVolume } from './core/persistent-volume.ts';
import { persistentVolumeClaim } from './core/persistent-volume-claim.ts';
import { resourceQuota } from './core/resource-quota.ts';
import { service } from './core/service.ts';
import { pod } from './pod/pod.ts';
import type { Validator } from './validator.ts';
import { controllerRevision } from './workloads/controller-revision.ts';
import { cronJob } from './workloads/cron-job.ts';
import { daemonSet } from './workloads/daemon-set.ts';
import { job } from './workloads/job.ts';
import { deployment, podTemplate, replicaSet, replicationController } from './workloads/replicas.ts';
import { statefulSet } from './workloads/stateful-set.ts';

const validators: Readonly<Record<string, Readonly<Record<string, Validator>>>> = {
  '': {
    ConfigMap: configMap,
    Endpoints: endpoints,
    Event: event,
    LimitRange: limitRange,
    Namespace: namespace,
    Node: node,
    PersistentVolume: persistentVolume,
    PersistentVolumeClaim: persistentVolumeClaim,
    Pod: pod,
    PodTemplate: podTemplate,
    ReplicationController: replicationController,
    ResourceQuota: resourceQuota,
    Secret: secret,
    Service: service,
    ServiceAccount: serviceAccount,
  },
  'admissionregistration.k8s.io': {
    MutatingAdmissionPolicy: mutatingAdmissionPolicy,
    MutatingAdmissionPolicyBinding: mutatingAdmissionPolicyBinding,
    MutatingWebhookConfiguration: mutatingWebhookConfiguration,
    ValidatingAdmissionPolicy: validatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding: validatingAdmissionPolicyBinding,
    ValidatingWebhookConfiguration: validatingWebhookConfiguration,
  },
  apps: {
    ControllerRevision: controllerRevision,
    DaemonSet: daemonSet,
    Deployment: deployment,
    ReplicaSet: replicaSet,
    StatefulSet: statefulSet,
  },
  batch: { CronJob: cronJob, Job: job },
  'events.k8s.io': { Event: event },
};

/** The validator of a built-in kind; undefined where there is none yet. `validatorOf('apps', 'Deployment')`. */
export function validatorOf(group: string, kind: string): Validator | undefined {
  const kinds = Object.hasOwn(validators, group) ? validators[group] : undefined;
  return kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}
