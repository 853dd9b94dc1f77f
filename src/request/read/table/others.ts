// Rows of the remaining kinds: services and networks, storage drivers, admission, scheduling, devices, API priority (k8s.io/kubernetes
// pkg/printers/internalversion and pkg/registry, 1.36).

import { asBoolean, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../../lib/json.ts';
import {
  ageOf,
  type Cell,
  condition,
  firstThree,
  isDeleting,
  isTrue,
  labelsText,
  list,
  nameOf,
  number,
  or,
  type Printer,
  selectorText,
  text,
} from './cell.ts';

function balancers(object: JsonObject): readonly string[] {
  const found = list(object, 'status', 'loadBalancer', 'ingress').map((each) => or(text(each, 'ip'), text(each, 'hostname')));
  return [...new Set(found.filter((each) => each !== ''))].sort();
}

function service(object: JsonObject, now: number): readonly Cell[] {
  const ports = list(object, 'spec', 'ports').map((port) => {
    const nodePort = number(port, 'nodePort');
    return `${number(port, 'port')}${nodePort > 0 ? `:${nodePort}` : ''}/${text(port, 'protocol')}`;
  });
  return [
    nameOf(object),
    text(object, 'spec', 'type'),
    or(text(object, 'spec', 'clusterIPs', 0), '<none>'),
    externalIp(object),
    or(ports.join(','), '<none>'),
    ageOf(object, now),
    labelsText(dig(object, 'spec', 'selector')),
  ];
}

function externalIp(object: JsonObject): string {
  const own = strings(dig(object, 'spec', 'externalIPs'));
  switch (text(object, 'spec', 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return or(own.join(','), '<none>');
    case 'LoadBalancer':
      return or([...balancers(object), ...own].join(','), '<pending>');
    case 'ExternalName':
      return text(object, 'spec', 'externalName');
    default:
      return '<unknown>';
  }
}

function ingress(object: JsonObject, now: number): readonly Cell[] {
  const rules = list(object, 'spec', 'rules');
  const hosts: string[] = [];
  let isMore = false;
  for (const rule of rules) {
    if (hosts.length === 3) isMore = true;
    const host = text(rule, 'host');
    if (!isMore && host !== '') hosts.push(host);
  }
  const shown = or(hosts.join(','), '*');
  return [
    nameOf(object),
    asString(dig(object, 'spec', 'ingressClassName')) ?? '<none>',
    isMore && hosts.length > 0 ? `${shown} + ${rules.length - 3} more...` : shown,
    balancers(object).join(','),
    list(object, 'spec', 'tls').length > 0 ? '80, 443' : '80',
    ageOf(object, now),
  ];
}

function isDefault(object: JsonObject, annotations: readonly string[]): boolean {
  return annotations.some((key) => dig(object, 'metadata', 'annotations', key) === 'true');
}

function ingressClass(object: JsonObject, now: number): readonly Cell[] {
  const parameters = dig(object, 'spec', 'parameters');
  const group = text(parameters, 'apiGroup');
  const shown = isObject(parameters)
    ? `${text(parameters, 'kind')}${group === '' ? '' : `.${group}`}/${text(parameters, 'name')}`
    : '<none>';
  const mark = isDefault(object, ['ingressclass.kubernetes.io/is-default-class']) ? ' (default)' : '';
  return [`${nameOf(object)}${mark}`, text(object, 'spec', 'controller'), shown, ageOf(object, now)];
}

function endpoints(object: JsonObject, now: number): readonly Cell[] {
  const all = list(object, 'subsets').flatMap((subset) => {
    const ips = list(subset, 'addresses').map((each) => text(each, 'ip'));
    const ports = list(subset, 'ports');
    if (ports.length === 0) return ips;
    return ports.flatMap((port) => ips.map((ip) => `${ip.includes(':') ? `[${ip}]` : ip}:${number(port, 'port')}`));
  });
  return [nameOf(object), list(object, 'subsets').length === 0 ? '<none>' : firstThree(all, ''), ageOf(object, now)];
}

function endpointSlice(object: JsonObject, now: number): readonly Cell[] {
  const ports = list(object, 'ports').map((port) =>
    or(or(text(port, 'port'), asString(field(port, 'name')) ?? ''), field(port, 'name') === undefined ? '*' : ''),
  );
  const addresses = list(object, 'endpoints').flatMap((endpoint) => strings(field(endpoint, 'addresses')));
  return [nameOf(object), text(object, 'addressType'), firstThree(ports, '<unset>'), firstThree(addresses, '<unset>'), ageOf(object, now)];
}

function driver(object: JsonObject, now: number): readonly Cell[] {
  const is = (key: string, otherwise = false) => asBoolean(dig(object, 'spec', key)) ?? otherwise;
  const tokens = dig(object, 'spec', 'tokenRequests');
  return [
    nameOf(object),
    is('attachRequired', true),
    is('podInfoOnMount'),
    is('storageCapacity'),
    tokens === undefined
      ? '<unset>'
      : list(tokens)
          .map((each) => text(each, 'audience'))
          .join(','),
    is('requiresRepublish'),
    or(strings(dig(object, 'spec', 'volumeLifecycleModes')).join(','), '<none>'),
    ageOf(object, now),
  ];
}

function storageClass(object: JsonObject, now: number): readonly Cell[] {
  const keys = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
  return [
    `${nameOf(object)}${isDefault(object, keys) ? ' (default)' : ''}`,
    text(object, 'provisioner'),
    or(text(object, 'reclaimPolicy'), 'Delete'),
    or(text(object, 'volumeBindingMode'), 'Immediate'),
    field(object, 'allowVolumeExpansion') === true,
    ageOf(object, now),
  ];
}

/** Policies: how many rules, and the kind of their parameters. */
function policy(rules: string): Printer {
  return (object, now) => {
    const kind = dig(object, 'spec', 'paramKind');
    const shown = isObject(kind) ? `${text(kind, 'apiVersion')}/${text(kind, 'kind')}` : '<unset>';
    return [nameOf(object), list(object, 'spec', rules).length, shown, ageOf(object, now)];
  };
}

function policyBinding(object: JsonObject, now: number): readonly Cell[] {
  const parameters = dig(object, 'spec', 'paramRef');
  const name = text(parameters, 'name');
  const shown = name === '' ? selectorDump(field(parameters, 'selector')) : `${or(text(parameters, 'namespace'), '*')}/${name}`;
  return [nameOf(object), text(object, 'spec', 'policyName'), shown, ageOf(object, now)];
}

/** A selector as Go's generated String method writes it. */
export function selectorDump(selector: Json | undefined): string {
  if (!isObject(selector)) return '<unset>';
  const labels = Object.entries(isObject(selector.matchLabels) ? selector.matchLabels : {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const map = labels.map(([key, value]) => `${key}: ${asString(value) ?? ''},`).join('');
  const expressions = list(selector, 'matchExpressions').map(
    (each) =>
      `LabelSelectorRequirement{Key:${text(each, 'key')},Operator:${text(each, 'operator')},Values:[${strings(field(each, 'values')).join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${map}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
}

const webhooks: Printer = (object, now) => [nameOf(object), list(object, 'webhooks').length, ageOf(object, now)];
const onlyAge: Printer = (object, now) => [nameOf(object), ageOf(object, now)];

function priorityLevel(object: JsonObject, now: number): readonly Cell[] {
  const limited = dig(object, 'spec', 'limited');
  const queuing = dig(limited, 'limitResponse', 'queuing');
  const shown = (value: unknown, key: string): Cell => (isObject(value) ? number(value, key) : '<none>');
  return [
    nameOf(object),
    text(object, 'spec', 'type'),
    shown(limited, 'nominalConcurrencyShares'),
    shown(queuing, 'queues'),
    shown(queuing, 'handSize'),
    shown(queuing, 'queueLengthLimit'),
    ageOf(object, now),
  ];
}

function ipAddress(object: JsonObject, now: number): readonly Cell[] {
  const parent = dig(object, 'spec', 'parentRef');
  const group = text(parent, 'group');
  const namespace = text(parent, 'namespace');
  const resource = `${text(parent, 'resource')}${group === '' ? '' : `.${group}`}`.toLowerCase();
  const shown = isObject(parent) ? `${resource}${namespace === '' ? '' : `/${namespace}`}/${text(parent, 'name')}` : '<none>';
  return [nameOf(object), shown, ageOf(object, now)];
}

function resourceClaim(object: JsonObject, now: number): readonly Cell[] {
  const isAllocated = dig(object, 'status', 'allocation') !== undefined;
  const states = [
    ...(isDeleting(object) ? ['deleted'] : []),
    ...(isAllocated ? ['allocated'] : isDeleting(object) ? [] : ['pending']),
    ...(isAllocated && list(object, 'status', 'reservedFor').length > 0 ? ['reserved'] : []),
  ];
  return [nameOf(object), states.join(','), ageOf(object, now)];
}

function apiService(object: JsonObject, now: number): readonly Cell[] {
  const backend = dig(object, 'spec', 'service');
  const available = condition(object, 'Available');
  const status =
    available === undefined ? 'Unknown' : isTrue(available) ? 'True' : `${text(available, 'status')} (${text(available, 'reason')})`;
  return [
    nameOf(object),
    isObject(backend) ? `${text(backend, 'namespace')}/${text(backend, 'name')}` : 'Local',
    status,
    ageOf(object, now),
  ];
}

export const otherPrinters: Readonly<Record<string, Printer>> = {
  '/services': service,
  '/endpoints': endpoints,
  'discovery.k8s.io/endpointslices': endpointSlice,
  'networking.k8s.io/ingresses': ingress,
  'networking.k8s.io/ingressclasses': ingressClass,
  'networking.k8s.io/networkpolicies': (object, now) => [
    nameOf(object),
    selectorText(dig(object, 'spec', 'podSelector') ?? {}),
    ageOf(object, now),
  ],
  'networking.k8s.io/servicecidrs': (object, now) => [nameOf(object), strings(dig(object, 'spec', 'cidrs')).join(','), ageOf(object, now)],
  'networking.k8s.io/ipaddresses': ipAddress,
  'storage.k8s.io/storageclasses': storageClass,
  'storage.k8s.io/csidrivers': driver,
  'storage.k8s.io/csinodes': (object, now) => [nameOf(object), list(object, 'spec', 'drivers').length, ageOf(object, now)],
  'storage.k8s.io/volumeattachments': (object, now) => [
    nameOf(object),
    text(object, 'spec', 'attacher'),
    text(object, 'spec', 'source', 'persistentVolumeName'),
    text(object, 'spec', 'nodeName'),
    dig(object, 'status', 'attached') === true,
    ageOf(object, now),
  ],
  'storage.k8s.io/volumeattributesclasses': (object, now) => [nameOf(object), text(object, 'driverName'), ageOf(object, now)],
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': webhooks,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': webhooks,
  'admissionregistration.k8s.io/validatingadmissionpolicies': policy('validations'),
  'admissionregistration.k8s.io/mutatingadmissionpolicies': policy('mutations'),
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': policyBinding,
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': policyBinding,
  'coordination.k8s.io/leases': (object, now) => [nameOf(object), text(object, 'spec', 'holderIdentity'), ageOf(object, now)],
  'scheduling.k8s.io/priorityclasses': (object, now) => [
    nameOf(object),
    number(object, 'value'),
    field(object, 'globalDefault') === true,
    ageOf(object, now),
    text(object, 'preemptionPolicy'),
  ],
  'node.k8s.io/runtimeclasses': (object, now) => [nameOf(object), text(object, 'handler'), ageOf(object, now)],
  'flowcontrol.apiserver.k8s.io/flowschemas': (object, now) => [
    nameOf(object),
    text(object, 'spec', 'priorityLevelConfiguration', 'name'),
    number(object, 'spec', 'matchingPrecedence'),
    or(text(object, 'spec', 'distinguisherMethod', 'type'), '<none>'),
    ageOf(object, now),
    or(text(condition(object, 'Dangling'), 'status'), '?'),
  ],
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': priorityLevel,
  'resource.k8s.io/deviceclasses': onlyAge,
  'resource.k8s.io/resourceclaims': resourceClaim,
  'resource.k8s.io/resourceclaimtemplates': onlyAge,
  'resource.k8s.io/resourceslices': (object, now) => [
    nameOf(object),
    text(object, 'spec', 'nodeName'),
    text(object, 'spec', 'driver'),
    text(object, 'spec', 'pool', 'name'),
    ageOf(object, now),
  ],
  'apiregistration.k8s.io/apiservices': apiService,
};
