// kubeaudit's override labels (0.22, archived 2024): `container.kubeaudit.io/<container>.<override>` for one container,
// `kubeaudit.io/<override>` for a pod or a namespace, and their older prefixes. The value is the reason, if it is more than "true".

import { labelsOf } from '../../kube/object.ts';
import { asString, dig, field, type Json } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Finding } from '../result.ts';
import { controlIds } from './resolve.ts';
import { objectName, type Waiver } from './waiver.ts';

/** The results that an override allows, by its identifier. */
const overrides: Readonly<Record<string, readonly string[]>> = {
  'allow-privileged': ['PrivilegedTrue'],
  'allow-privilege-escalation': ['AllowPrivilegeEscalationNil', 'AllowPrivilegeEscalationTrue'],
  'allow-run-as-root': [
    'RunAsNonRootCSCFalse',
    'RunAsNonRootPSCNilCSCNil',
    'RunAsNonRootPSCFalseCSCNil',
    'RunAsUserCSCRoot',
    'RunAsUserPSCRoot',
  ],
  'allow-read-only-root-filesystem-false': ['ReadOnlyRootFilesystemNil', 'ReadOnlyRootFilesystemFalse'],
  'allow-automount-service-account-token': ['AutomountServiceAccountTokenTrueAndDefaultSA', 'AutomountServiceAccountTokenDeprecated'],
  'allow-namespace-host-network': ['NamespaceHostNetworkTrue'],
  'allow-namespace-host-IPC': ['NamespaceHostIPCTrue'],
  'allow-namespace-host-PID': ['NamespaceHostPIDTrue'],
  'allow-disabled-apparmor': ['AppArmorAnnotationMissing', 'AppArmorDisabled'],
  'allow-disabled-seccomp': ['SeccompAnnotationMissing', 'SeccompProfileMissing', 'SeccompDisabledPod', 'SeccompDisabledContainer'],
  'allow-non-default-deny-ingress-network-policy': [
    'MissingDefaultDenyIngressNetworkPolicy',
    'MissingDefaultDenyIngressAndEgressNetworkPolicy',
    'AllowAllIngressNetworkPolicyExists',
  ],
  'allow-non-default-deny-egress-network-policy': [
    'MissingDefaultDenyEgressNetworkPolicy',
    'MissingDefaultDenyIngressAndEgressNetworkPolicy',
    'AllowAllEgressNetworkPolicyExists',
  ],
};
const prefixes = ['kubeaudit.io/', 'audit.kubernetes.io/pod.', 'audit.kubernetes.io/namespace.'];
const containerPrefixes = ['container.kubeaudit.io/', 'container.audit.kubernetes.io/'];

/** The waivers that labels of an object or of its pod templates are. */
export function kubeauditWaivers(resource: Resource): readonly Waiver[] {
  const maps = [labelsOf(resource.object), ...resource.pods.map((pod) => pod.labels)];
  if (!maps.some(hasOverride)) return none;
  const labels = Object.assign(Object.create(null), ...maps);
  return Object.entries<string>(labels).flatMap(([key, value]): Waiver[] => {
    const inContainer = after(key, containerPrefixes);
    const dot = inContainer?.indexOf('.') ?? -1;
    const override = inContainer === undefined ? after(key, prefixes) : inContainer.slice(dot + 1);
    if (override === undefined || (inContainer !== undefined && dot < 0)) return [];
    const container = inContainer?.slice(0, dot);
    const allowed = allowedBy(override);
    if (allowed === undefined) return [];
    const controls = new Set(allowed.results.flatMap((name) => [...controlIds(name)]));
    const covers = (finding: Finding) =>
      (container === undefined || finding.subject.container === container) &&
      (allowed.about === undefined || allowed.about(resource, finding.path));
    const reason = value === '' || value.toLowerCase() === 'true' ? undefined : value;
    return [{ family: 'kubeaudit', controls, name: override, reason, by: `label ${key} of ${objectName(resource)}`, resource, covers }];
  });
}

const none: readonly Waiver[] = [];

function hasOverride(labels: Readonly<Record<string, string>>): boolean {
  for (const key in labels) if (key.includes('audit.')) return true;
  return false;
}

interface Allowed {
  readonly results: readonly string[];
  /** Which fields are meant, where the override names one of several. */
  readonly about?: (resource: Resource, path: string) => boolean;
}

function allowedBy(override: string): Allowed | undefined {
  const results = Object.hasOwn(overrides, override) ? overrides[override] : undefined;
  if (results !== undefined) return { results };
  const capability = after(override, ['allow-capability-']);
  if (capability !== undefined) {
    const name = capability.toUpperCase().replaceAll('-', '_');
    const isIt = (value: Json | undefined) => value === name || value === `CAP_${name}`;
    return { results: ['CapabilityAdded', 'CapabilityOrSecurityContextMissing'], about: (resource, path) => isIt(valueAt(resource, path)) };
  }
  const volume = after(override, ['allow-host-path-mount-']);
  if (volume === undefined) return undefined;
  return { results: ['SensitivePathsMounted'], about: (resource, path) => namesOnTheWay(resource, path).includes(volume) };
}

function valueAt({ object }: Resource, path: string): Json | undefined {
  return dig(object, ...tokens(path).map((token) => (/^[0-9]+$/.test(token) ? Number(token) : token)));
}

/** The names of the list members that a pointer goes through. */
function namesOnTheWay(resource: Resource, path: string): readonly string[] {
  const parts = path.split('/');
  return parts.flatMap((_, length) => asString(field(valueAt(resource, parts.slice(0, length + 1).join('/')), 'name')) ?? []);
}

function after(text: string, starts: readonly string[]): string | undefined {
  const start = starts.find((candidate) => text.startsWith(candidate));
  return start === undefined ? undefined : text.slice(start.length);
}
