// Controls as ValidatingAdmissionPolicies with bindings: for clusters that should keep what a scan found, without a webhook. Each covers pods,
// their ephemeral containers, and everything that makes pods. Policies judge what the API server is about to store, after it filled in
// defaults; findings of a scan that a default takes away, or brings about, differ accordingly.

import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { controlsOfOneObject } from '../admission.ts';
import type { Control } from '../control.ts';
import { expressions } from './expressions.ts';

export type EmitAction = 'Deny' | 'Warn' | 'Audit';

export interface EmitOptions {
  readonly actions: readonly EmitAction[];
  /** Namespaces that the bindings leave out. */
  readonly exceptNamespaces: readonly string[];
  readonly failurePolicy?: 'Fail' | 'Ignore';
}

export interface Emitted {
  /** A policy and its binding for each control, in the order of the controls. */
  readonly objects: readonly KubeObject[];
  readonly left: readonly { readonly control: string; readonly reason: string }[];
}

/** The controls that can be emitted. */
export function isEmittable({ id }: Control): boolean {
  return Object.hasOwn(expressions, id);
}

/** Makes policies of the controls that CEL can express, and says why the others are left out. */
export function emitPolicies(controls: readonly Control[], options: EmitOptions): Emitted {
  const alone = new Set(controlsOfOneObject(controls.filter((control) => !isEmittable(control))));
  return {
    objects: controls.filter(isEmittable).flatMap((control) => [policyOf(control, options), bindingOf(control, options)]),
    left: controls
      .filter((control) => !isEmittable(control))
      .map((control) => ({
        control: control.id,
        reason: alone.has(control)
          ? 'its question is not written as CEL; the webhook asks it'
          : 'it looks at other objects, the cluster or its nodes, which an admission policy cannot see',
      })),
  };
}

const rules: readonly JsonObject[] = [
  { apiGroups: [''], apiVersions: ['v1'], resources: ['pods', 'pods/ephemeralcontainers', 'replicationcontrollers', 'podtemplates'] },
  { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'] },
  { apiGroups: ['batch'], apiVersions: ['v1'], resources: ['jobs', 'cronjobs'] },
].map((rule) => ({ ...rule, operations: ['CREATE', 'UPDATE'] }));

const variables: readonly JsonObject[] = [
  {
    name: 'pod',
    expression: [
      "object.kind == 'Pod' ? object.spec",
      " : object.kind == 'PodTemplate' ? object.template.spec",
      " : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec",
      ' : object.spec.?template.?spec.orValue({})',
    ].join(''),
  },
  {
    name: 'containers',
    expression: ['init', '', 'ephemeral']
      .map((role) => (role === '' ? 'containers' : `${role}Containers`))
      .map((list) => `variables.pod.?${list}.orValue([])`)
      .join(' + '),
  },
  {
    name: 'linux',
    expression: [
      "variables.pod.?os.?name.orValue('') != 'windows'",
      ...['kubernetes.io/os', 'beta.kubernetes.io/os'].map((label) => `variables.pod.?nodeSelector[?'${label}'].orValue('') != 'windows'`),
      '!variables.pod.?securityContext.?windowsOptions.?hostProcess.orValue(false)',
      'variables.containers.all(c, !c.?securityContext.?windowsOptions.?hostProcess.orValue(false))',
    ].join(' && '),
  },
];

/** `workload/host-pid` is `cofferdam-workload-host-pid`. */
export function policyName({ id }: Control): string {
  return `cofferdam-${id.replaceAll('/', '-')}`;
}

function policyOf(control: Control, { failurePolicy = 'Fail' }: EmitOptions): KubeObject {
  const { expression = '', message = '', blamed } = expressions[control.id]?.(control) ?? {};
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: {
      name: policyName(control),
      annotations: {
        'cofferdam.dev/control': control.id,
        'cofferdam.dev/severity': control.severity,
        'cofferdam.dev/title': control.title,
      },
    },
    spec: {
      failurePolicy,
      matchConstraints: { resourceRules: rules },
      variables: variables.map((variable) => ({ ...variable })),
      validations: [
        {
          expression,
          message: `${control.id}: ${message}`,
          ...(blamed !== undefined && { messageExpression: `'${control.id}: ${message}: ' + ${blamed}.join(', ')` }),
          reason: 'Forbidden',
        },
      ],
    },
  };
}

function bindingOf(control: Control, { actions, exceptNamespaces }: EmitOptions): KubeObject {
  const key = 'kubernetes.io/metadata.name';
  const except =
    exceptNamespaces.length === 0
      ? {}
      : { namespaceSelector: { matchExpressions: [{ key, operator: 'NotIn', values: exceptNamespaces }] } };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: policyName(control) },
    spec: { policyName: policyName(control), validationActions: actions, ...(exceptNamespaces.length > 0 && { matchResources: except }) },
  };
}
