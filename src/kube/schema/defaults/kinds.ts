// Defaults of every other built-in kind: Services, volumes, claims, policies, roles, webhooks and the rest (pkg/apis/*/v1/defaults.go and
// conversion.go of Kubernetes 1.36, apiextensions-apiserver and kube-aggregator of the same release).

import type { DefaultRules } from './rules.ts';
import { ensured, fill, fillEmpty, isEmpty, merged, type Struct, set, structAt, structsIn, textIn } from './struct.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const webhook = { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 };

export const kindDefaults: DefaultRules = {
  'core.Service': (service) => {
    const spec = ensured(service, 'spec');
    fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
    const type = textIn(spec, 'type');
    if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
    if (spec.sessionAffinity === 'ClientIP' && structAt(spec, 'sessionAffinityConfig', 'clientIP').timeoutSeconds === undefined)
      spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
    for (const port of structsIn(spec, 'ports')) {
      fill(port, { protocol: 'TCP' });
      if (port.targetPort === '') delete port.targetPort;
      fill(port, { targetPort: port.port ?? 0 });
    }
    const isExternal = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && !isEmpty(spec.externalIPs));
    if (isExternal) fill(spec, { externalTrafficPolicy: 'Cluster' });
    if (type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP') fill(spec, { internalTrafficPolicy: 'Cluster' });
    if (type !== 'LoadBalancer') return;
    fill(spec, { allocateLoadBalancerNodePorts: true });
    for (const ingress of structsIn(structAt(service, 'status', 'loadBalancer'), 'ingress'))
      if (textIn(ingress, 'ip') !== '') fill(ingress, { ipMode: 'VIP' });
  },
  'core.Secret': (secret) => {
    fill(secret, { type: 'Opaque' });
    const texts = structAt(secret, 'stringData');
    delete secret.stringData;
    if (Object.keys(texts).length === 0) return;
    const encoded: Struct = {};
    for (const [key, text] of Object.entries(texts)) if (typeof text === 'string') set(encoded, key, base64(text));
    secret.data = merged(encoded, structAt(secret, 'data')) as never;
  },
  'core.Namespace': (namespace) => {
    const metadata = ensured(namespace, 'metadata');
    const name = textIn(metadata, 'name');
    if (name !== '') ensured(metadata, 'labels')['kubernetes.io/metadata.name'] = name;
    fill(ensured(namespace, 'status'), { phase: 'Active' });
  },
  'core.NodeStatus': (status) => {
    if (status.capacity !== undefined) fillEmpty(status, { allocatable: status.capacity });
  },
  'core.NodeSpec': (spec) => {
    const first = textIn(spec, 'podCIDR');
    if (first !== '' && (!Array.isArray(spec.podCIDRs) || spec.podCIDRs[0] !== first)) spec.podCIDRs = [first];
    if (Array.isArray(spec.podCIDRs) && typeof spec.podCIDRs[0] === 'string') spec.podCIDR = spec.podCIDRs[0];
  },
  'core.PodStatus': (status) => {
    const own = textIn(status, 'podIP');
    if (own !== '' && textIn(structsIn(status, 'podIPs')[0] ?? {}, 'ip') !== own) status.podIPs = [{ ip: own }];
    const [first] = structsIn(status, 'podIPs');
    if (first === undefined) return;
    if (textIn(first, 'ip') === '') delete status.podIP;
    else status.podIP = textIn(first, 'ip');
  },
  'core.PersistentVolume': (volume) => {
    fill(ensured(volume, 'status'), { phase: 'Pending' });
    fill(ensured(volume, 'spec'), { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' });
  },
  'core.PersistentVolumeClaim': (claim) => fill(ensured(claim, 'status'), { phase: 'Pending' }),
  'core.PersistentVolumeClaimSpec': (spec) => fill(spec, { volumeMode: 'Filesystem' }),
  'core.EndpointPort': (port) => fill(port, { protocol: 'TCP' }),
  'core.LimitRangeItem': (item) => {
    if (item.type !== 'Container') return;
    const limits = merged(structAt(item, 'default'), structAt(item, 'max'));
    const requests = merged(merged(structAt(item, 'defaultRequest'), limits), structAt(item, 'min'));
    item.default = limits as never;
    item.defaultRequest = requests as never;
  },
  'discovery.EndpointPort': (port) => fill(port, { name: '', protocol: 'TCP' }),
  'networking.NetworkPolicyPort': (port) => fill(port, { protocol: 'TCP' }),
  'networking.NetworkPolicy': (policy) => {
    const spec = ensured(policy, 'spec');
    fillEmpty(spec, { policyTypes: isEmpty(spec.egress) ? ['Ingress'] : ['Ingress', 'Egress'] });
  },
  'networking.IngressClass': (ingressClass) => {
    const spec = ensured(ingressClass, 'spec');
    if (spec.parameters !== undefined) fill(structAt(spec, 'parameters'), { scope: 'Cluster' });
  },
  'rbac.ClusterRoleBinding': (binding) => fill(ensured(binding, 'roleRef'), { apiGroup: rbacGroup }),
  'rbac.RoleBinding': (binding) => fill(ensured(binding, 'roleRef'), { apiGroup: rbacGroup }),
  'rbac.Subject': (subject) => {
    if (subject.kind === 'User' || subject.kind === 'Group') fill(subject, { apiGroup: rbacGroup });
  },
  'scheduling.PriorityClass': (priorityClass) => fill(priorityClass, { preemptionPolicy: 'PreemptLowerPriority' }),
  'storage.StorageClass': (storageClass) => fill(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'storage.CSIDriver': (driver) => {
    const spec = ensured(driver, 'spec');
    fill(spec, {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      seLinuxMount: false,
    });
    fillEmpty(spec, { volumeLifecycleModes: ['Persistent'] });
  },
  'admissionregistration.ValidatingWebhook': (hook) => fill(hook, webhook),
  'admissionregistration.MutatingWebhook': (hook) => fill(hook, { ...webhook, reinvocationPolicy: 'Never' }),
  'admissionregistration.RuleWithOperations': (rule) => fill(rule, { scope: '*' }),
  'admissionregistration.NamedRuleWithOperations': (rule) => fill(rule, { scope: '*' }),
  'admissionregistration.ServiceReference': (reference) => fill(reference, { port: 443 }),
  'admissionregistration.ValidatingAdmissionPolicySpec': (spec) => fill(spec, { failurePolicy: 'Fail' }),
  'admissionregistration.MutatingAdmissionPolicySpec': (spec) => fill(spec, { failurePolicy: 'Fail' }),
  'admissionregistration.MatchResources': (match) => fill(match, { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }),
  'apiextensions.CustomResourceDefinition': (definition) => {
    const spec = ensured(definition, 'spec');
    const names = ensured(spec, 'names');
    const kind = textIn(names, 'kind');
    if (kind !== '') fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
    fill(spec, { conversion: { strategy: 'None' } });
    const stored = structsIn(spec, 'versions').find(({ storage }) => storage === true);
    if (stored !== undefined) fillEmpty(ensured(definition, 'status'), { storedVersions: [stored.name ?? ''] });
  },
  'apiextensions.ServiceReference': (reference) => fill(reference, { port: 443 }),
  'apiregistration.ServiceReference': (reference) => fill(reference, { port: 443 }),
  'flowcontrol.FlowSchemaSpec': (spec) => fill(spec, { matchingPrecedence: 1000 }),
  'flowcontrol.ExemptPriorityLevelConfiguration': (level) => fill(level, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
  'flowcontrol.LimitedPriorityLevelConfiguration': (level) => fill(level, { nominalConcurrencyShares: 30, lendablePercent: 0 }),
  'flowcontrol.QueuingConfiguration': (queuing) => fill(queuing, { handSize: 8, queues: 64, queueLengthLimit: 50 }),
  'resource.ExactDeviceRequest': deviceRequest,
  'resource.DeviceSubRequest': deviceRequest,
  'authentication.TokenRequestSpec': (spec) => fill(spec, { expirationSeconds: 3600 }),
};

function deviceRequest(request: Struct): void {
  fill(request, { allocationMode: 'ExactCount' });
  if (request.allocationMode === 'ExactCount') fill(request, { count: 1 });
}

function base64(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
