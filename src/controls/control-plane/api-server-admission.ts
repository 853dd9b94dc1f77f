// kube-apiserver's admission plugins: those that must be on beyond the defaults, those that must not be switched off, and those that must
// not be there. The effective set is the version's defaults and --enable-admission-plugins, without --disable-admission-plugins
// (kube-apiserver 1.36). CIS Kubernetes 2.0.1 §1.2. Plugins that Kubernetes has removed are asked for up to their last release only.

import { failing, flagControls, having, type Judge, listed, type Row } from './flag-control.ts';
import { hardenedApiServer } from './hardened.ts';

const enable = 'enable-admission-plugins';
const disable = 'disable-admission-plugins';
const hardened = 'NodeRestriction,AlwaysPullImages,EventRateLimit,DenyServiceExternalIPs';

/** The plugin is not among the defaults and must be enabled. */
function mustEnable(plugin: string): Judge {
  return (component) => {
    if (listed(component, disable).includes(plugin)) return [failing(component, disable, `the admission plugin ${plugin} is disabled`)];
    return listed(component, enable).includes(plugin) ? [] : [failing(component, enable, `the admission plugin ${plugin} is not enabled`)];
  };
}

/** The plugin is on by default and must not be disabled. */
function mustKeep(plugin: string): Judge {
  return (component) =>
    listed(component, disable).includes(plugin) ? [failing(component, disable, `the admission plugin ${plugin} is disabled`)] : [];
}

/** The plugin must not be enabled. */
function mustNotEnable(plugin: string): Judge {
  return (component) =>
    listed(component, enable).includes(plugin) ? [failing(component, enable, `the admission plugin ${plugin} is enabled`)] : [];
}

function dropping(plugin: string): Row['fails'] {
  return (good) => [
    having(
      good,
      enable,
      hardened
        .split(',')
        .filter((name) => name !== plugin)
        .join(','),
    ),
  ];
}

const rows: readonly Row[] = [
  {
    id: 'control-plane/admission-node-restriction',
    aliases: ['C-0127', 'KCV-0016', 'CKV_K8S_85'],
    severity: 'high',
    title: 'Kubelets may change their own objects only',
    why: 'Without NodeRestriction a compromised node can relabel others, steal their workloads and change pods it does not run.',
    fix: 'Add NodeRestriction to --enable-admission-plugins.',
    frameworks: ['cis:1.2.14', 'attack:T1098', 'owasp:K09'],
    check: mustEnable('NodeRestriction'),
    fails: dropping('NodeRestriction'),
  },
  {
    id: 'control-plane/admission-always-pull-images',
    aliases: ['C-0123', 'KCV-0012', 'CKV_K8S_80'],
    severity: 'low',
    title: 'Images are pulled with the credentials of the pod that uses them',
    why: 'Without AlwaysPullImages a pod can run a private image that another tenant has pulled to the node.',
    fix: 'Add AlwaysPullImages to --enable-admission-plugins where tenants share nodes.',
    frameworks: ['cis:1.2.11', 'owasp:K09'],
    check: mustEnable('AlwaysPullImages'),
    fails: dropping('AlwaysPullImages'),
  },
  {
    id: 'control-plane/admission-event-rate-limit',
    aliases: ['C-0121', 'KCV-0010', 'CKV_K8S_78'],
    severity: 'low',
    title: 'The rate of events is limited',
    why: 'A workload in a crash loop, or one that means harm, can flood the API server and etcd with events.',
    fix: 'Add EventRateLimit to --enable-admission-plugins, with limits in --admission-control-config-file.',
    frameworks: ['cis:1.2.9', 'attack:T1499', 'owasp:K09'],
    check: mustEnable('EventRateLimit'),
    fails: dropping('EventRateLimit'),
  },
  {
    id: 'control-plane/admission-deny-external-ips',
    aliases: ['C-0283'],
    severity: 'medium',
    title: 'Services cannot claim external addresses',
    why: 'Whoever may create a Service can take over traffic to any address by naming it in spec.externalIPs (CVE-2020-8554).',
    fix: 'Add DenyServiceExternalIPs to --enable-admission-plugins, or restrict the field with an admission policy.',
    frameworks: ['cis:1.2.3', 'matrix:MS-TA9036', 'owasp:K09'],
    check: mustEnable('DenyServiceExternalIPs'),
    fails: dropping('DenyServiceExternalIPs'),
  },
  {
    id: 'control-plane/admission-external-ips-allowed',
    aliases: ['C-0115', 'KCV-0003'],
    severity: 'low',
    title: 'Services may claim external addresses',
    why: 'Clusters whose load balancing rests on spec.externalIPs break under DenyServiceExternalIPs; CIS asked for its absence up to 1.23.',
    fix: 'Remove DenyServiceExternalIPs from --enable-admission-plugins and restrict the field with an admission policy.',
    frameworks: [],
    enabled: false,
    check: mustNotEnable('DenyServiceExternalIPs'),
    fails: (good) => [good],
  },
  {
    id: 'control-plane/admission-always-admit',
    aliases: ['C-0122', 'KCV-0011', 'CKV_K8S_79'],
    severity: 'high',
    title: 'The plugin AlwaysAdmit is not enabled',
    why: 'It admits whatever it is asked about; where it stands the intent was to switch admission control off.',
    fix: 'Remove AlwaysAdmit from --enable-admission-plugins.',
    frameworks: ['cis:1.2.10', 'owasp:K09'],
    check: mustNotEnable('AlwaysAdmit'),
    fails: (good) => [having(good, enable, `${hardened},AlwaysAdmit`)],
  },
  {
    id: 'control-plane/admission-service-account',
    aliases: ['C-0125', 'KCV-0014', 'CKV_K8S_82'],
    severity: 'medium',
    title: 'The plugin ServiceAccount is not disabled',
    why: 'Without it pods may name service accounts that do not exist, and references to Secrets are not limited.',
    fix: 'Remove ServiceAccount from --disable-admission-plugins.',
    frameworks: ['cis:1.2.12', 'owasp:K09'],
    check: mustKeep('ServiceAccount'),
    fails: (good) => [having(good, disable, 'ServiceAccount')],
  },
  {
    id: 'control-plane/admission-namespace-lifecycle',
    aliases: ['C-0126', 'KCV-0015', 'CKV_K8S_83'],
    severity: 'medium',
    title: 'The plugin NamespaceLifecycle is not disabled',
    why: 'Without it objects can be created in namespaces that are being deleted or do not exist, and the system namespaces can be deleted.',
    fix: 'Remove NamespaceLifecycle from --disable-admission-plugins.',
    frameworks: ['cis:1.2.13', 'owasp:K09'],
    check: mustKeep('NamespaceLifecycle'),
    fails: (good) => [having(good, disable, 'NamespaceLifecycle')],
  },
  {
    id: 'control-plane/admission-webhooks',
    aliases: [],
    severity: 'high',
    title: 'Admission webhooks and policies are not disabled',
    why: 'Without these plugins every policy engine of the cluster, and every ValidatingAdmissionPolicy, is silently out of force.',
    fix: 'Remove the plugins from --disable-admission-plugins.',
    frameworks: ['stig:V-242436', 'attack:T1562.001', 'owasp:K04'],
    check: (component) => {
      const off = listed(component, disable).filter((plugin) => /^(?:(?:Validating|Mutating)Admission(?:Webhook|Policy))$/.test(plugin));
      return off.length === 0 ? [] : [failing(component, disable, `disabled admission plugins: ${off.join(', ')}`)];
    },
    fails: (good) => [having(good, disable, 'ValidatingAdmissionWebhook')],
  },
  {
    id: 'control-plane/admission-pod-security',
    aliases: [],
    severity: 'high',
    title: 'Pod Security admission is not disabled',
    why: 'Without the plugin PodSecurity the labels of namespaces enforce nothing, and privileged pods are admitted everywhere.',
    fix: 'Remove PodSecurity from --disable-admission-plugins.',
    frameworks: ['cis:5.2.1', 'attack:T1562.001', 'owasp:K04'],
    check: mustKeep('PodSecurity'),
    fails: (good) => [having(good, disable, 'PodSecurity')],
  },
  {
    id: 'control-plane/admission-security-context-deny',
    aliases: ['C-0124', 'KCV-0013', 'CKV_K8S_81'],
    severity: 'low',
    title: 'SecurityContextDeny is enabled where PodSecurityPolicy is not',
    why: 'Benchmarks up to CIS 1.8 ask for one of the two; Kubernetes removed PodSecurityPolicy in 1.25 and SecurityContextDeny in 1.30.',
    fix: 'Enforce the Pod Security Standards on namespaces instead; keep this control off for current releases.',
    frameworks: [],
    enabled: false,
    check: (component) => {
      const given = listed(component, enable);
      return given.includes('SecurityContextDeny') || given.includes('PodSecurityPolicy')
        ? []
        : [failing(component, enable, 'neither SecurityContextDeny nor PodSecurityPolicy is enabled')];
    },
    fails: (good) => [good],
  },
  {
    id: 'control-plane/admission-pod-security-policy',
    aliases: ['C-0068', 'rule:psp-enabled-native', 'CKV_K8S_84'],
    severity: 'low',
    title: 'PodSecurityPolicy is enabled',
    why: 'Before Kubernetes 1.25, PodSecurityPolicy objects were enforced only where the plugin of that name was enabled.',
    fix: 'Enforce the Pod Security Standards on namespaces instead; keep this control off for current releases.',
    frameworks: [],
    enabled: false,
    check: mustEnable('PodSecurityPolicy'),
    fails: (good) => [good],
  },
];

export const apiServerAdmission = flagControls('kube-apiserver', hardenedApiServer, rows);
