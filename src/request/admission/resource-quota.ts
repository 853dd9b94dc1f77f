// ResourceQuota: what an object would use, added to what is used, against what the namespace's quotas allow. The limits are those of the
// quota's status, which its controller keeps and which is charged here before anything is stored, whether it then is or not; a quota without a
// status limits nothing (k8s.io/apiserver/pkg/admission/plugin/resourcequota and pkg/quota/v1/evaluator/core, Kubernetes 1.36).

import { addQuantities, compareQuantities, type Quantity, subtractQuantities } from '../../kube/quantity.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asList, asNumber, asObject, asString, dig, type Json, type JsonObject, strings } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { forbidden } from '../status.ts';
import type { GroupResource } from '../store/state.ts';
import { qualityOfService } from '../strategy/quality-of-service.ts';
import { type Amounts, addInto, amountsIn, count, podAmountsWithOverhead, shownAmount } from './amounts.ts';
import { claimUsage, countsClaims } from './device-quota.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { isUnusable, limitedNames, readScope, type Scope, uncovered } from './quota-configuration.ts';

export const resourceQuota: Plugin = { name: 'ResourceQuota', validate };

const quotas = { group: '', resource: 'resourcequotas' };

function validate(attributes: Attributes): Refusal | undefined {
  const { serving, namespace, target, object, name } = attributes;
  if (namespace === '' || object === undefined || (target.group === '' && target.resource === 'namespaces')) return undefined;
  const all = serving.state.list(quotas, namespace);
  const limited = serving.server.configuration?.limitedResources ?? [];
  if (all.length === 0 && limited.length === 0) return undefined;
  const kind = evaluatorOf(attributes.target);
  if (!kind.handles(attributes)) return undefined;
  const isIn = (scope: Scope) => kind.inScope(scope, object);
  const scopes = kind.inScope === never ? [] : limited.flatMap((each) => each.scopes);
  if (scopes.some(isUnusable)) return undefined;
  const usage = kind.usage(object);
  const before = attributes.operation === 'UPDATE' ? kind.usage((attributes.old ?? {}) as unknown as Struct) : undefined;
  const no = (why: string) => forbidden(target, name, why);
  const concerned: { readonly quota: Struct; readonly names: readonly string[] }[] = [];
  for (const each of all) {
    const quota = each as unknown as Struct;
    const hard = structAt(quota, 'status', 'hard');
    const names = Object.keys(hard).filter(kind.counts);
    if (names.length === 0 || !scopesOf(quota).every((scope) => kind.inScope(scope, object))) continue;
    const missing = kind.missing(names, object);
    if (missing !== undefined) return no(`failed quota: ${textIn(structAt(quota, 'metadata'), 'name')}: ${missing}`);
    if (names.some((resource) => !Object.hasOwn(structAt(quota, 'status', 'used'), resource)))
      return no(`status unknown for quota: ${textIn(structAt(quota, 'metadata'), 'name')}, resources: ${[...names].sort().join(',')}`);
    concerned.push({ quota, names });
  }
  const old = (attributes.old ?? {}) as unknown as Struct;
  const more = concerned.map(({ quota }) => {
    const isOld = before !== undefined && scopesOf(quota).every((scope) => kind.inScope(scope, old));
    return { quota, usage: isOld ? added(usage, before) : usage };
  });
  const changes = concerned.length > 0 ? more.map((each) => each.usage) : [before === undefined ? usage : added(usage, before)];
  if (limited.length > 0 && changes.some(isSome)) {
    const covered = new Set(concerned.flatMap(({ names }) => names));
    const bare = limitedNames(limited, target, usage).filter((each) => !covered.has(each));
    if (bare.length > 0) return no(`insufficient quota to consume: ${bare.sort().join(',')}`);
    const coveredScopes = new Set(all.flatMap((quota) => scopesOf(quota as unknown as Struct).filter(isIn)).map((scope) => scope.name));
    const open = scopes.filter((scope) => isIn(scope) && !coveredScopes.has(scope.name));
    if (open.length > 0) return uncovered(open);
  }
  const charges: JsonObject[] = [];
  for (const { quota, usage: used } of more) {
    const why = exceeded(quota, used);
    if (why !== undefined) return no(why);
    const charged = charge(quota as unknown as JsonObject, used);
    if (charged !== undefined) charges.push(charged);
  }
  if (attributes.dryRun) return undefined;
  for (const charged of charges) {
    const refusal = serving.charge?.(charged);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function isSome(usage: Amounts): boolean {
  return [...usage.values()].some(({ mantissa }) => mantissa !== 0n);
}

/** The quota with what is used then; undefined where that is what was used before. */
function charge(quota: JsonObject, usage: Amounts): JsonObject | undefined {
  const status = asObject(quota.status);
  const hard = asObject(status.hard);
  const used = amountsIn(asObject(status.used) as unknown as Struct);
  const more = new Map([...usage].filter(([name, amount]) => amount.mantissa !== 0n && Object.hasOwn(hard, name)));
  if (more.size === 0) return undefined;
  addInto(used, more);
  return { ...quota, status: { ...status, used: Object.fromEntries([...used].map(([name, amount]) => [name, shownAmount(amount)])) } };
}

/** What is used more than before; what is used less counts as nothing. */
function added(usage: Amounts, before: Amounts): Amounts {
  const result = new Map<string, Quantity>();
  for (const [name, amount] of usage) {
    const old = before.get(name);
    const more = old === undefined ? amount : subtractQuantities(amount, old);
    if (more.mantissa > 0n) result.set(name, more);
  }
  return result;
}

function exceeded(quota: Struct, usage: Amounts): string | undefined {
  const hard = amountsIn(structAt(quota, 'status', 'hard'));
  const used = amountsIn(structAt(quota, 'status', 'used'));
  const over: string[] = [];
  for (const [name, amount] of usage) {
    const limit = hard.get(name);
    if (limit === undefined || amount.mantissa === 0n) continue;
    if (compareQuantities(addQuantities(used.get(name) ?? count(0), amount), limit) > 0) over.push(name);
  }
  if (over.length === 0) return undefined;
  over.sort();
  const shown = (amounts: Amounts) =>
    over.flatMap((name) => (amounts.has(name) ? `${name}=${shownAmount(amounts.get(name) ?? count(0))}` : []));
  const name = textIn(structAt(quota, 'metadata'), 'name');
  return `exceeded quota: ${name}, requested: ${shown(usage).join(',')}, used: ${shown(used).join(',')}, limited: ${shown(hard).join(',')}`;
}

function scopesOf(quota: Struct): readonly Scope[] {
  const spec = structAt(quota, 'spec');
  const plain = strings(spec.scopes as Json).map((name): Scope => ({ name, operator: 'Exists', values: [] }));
  const selected = asList(structAt(spec, 'scopeSelector').matchExpressions as Json).map(readScope);
  return [...plain, ...selected];
}

interface Evaluator {
  readonly handles: (attributes: Attributes) => boolean;
  /** True for the names of resources that this kind uses. */
  readonly counts: (name: string) => boolean;
  readonly usage: (object: Struct) => Amounts;
  readonly inScope: (scope: Scope, object: Struct) => boolean;
  /** What the object must state because a quota limits it. */
  readonly missing: (names: readonly string[], object: Struct) => string | undefined;
}

function evaluatorOf({ group, resource }: GroupResource): Evaluator {
  if (group === '' && resource === 'pods') return podEvaluator;
  if (group === '' && resource === 'services') return serviceEvaluator;
  if (group === '' && resource === 'persistentvolumeclaims') return claimEvaluator;
  if (group === 'resource.k8s.io' && resource === 'resourceclaims') return deviceEvaluator;
  return countEvaluator(group, resource);
}

/** Kinds that quotas count otherwise than by `count/`. */
const countedKinds: readonly GroupResource[] = [
  ...['pods', 'services', 'persistentvolumeclaims', 'configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'].map(
    (resource) => ({
      group: '',
      resource,
    }),
  ),
  { group: 'resource.k8s.io', resource: 'resourceclaims' },
];

/** What is used of all that a quota names and something counts, as the controller of quotas counts it; undefined is the list of what is not served. */
export function usedOfQuota(quota: JsonObject, list: (kind: GroupResource) => readonly JsonObject[] | undefined): Amounts {
  const named = Object.keys(asObject(dig(quota, 'spec', 'hard')));
  const used = new Map<string, Quantity>();
  const others = named.flatMap((name): readonly GroupResource[] => {
    const [resource = '', ...group] = name.startsWith('count/') ? name.slice('count/'.length).split('.') : [];
    const kind = { group: group.join('.'), resource };
    return resource === '' || countedKinds.some((each) => each.resource === resource && each.group === kind.group) ? [] : [kind];
  });
  for (const kind of [...countedKinds, ...others]) {
    const { counts, usage, inScope } = evaluatorOf(kind);
    const own = named.filter(counts);
    const objects = own.length === 0 ? undefined : list(kind);
    if (objects === undefined) continue;
    for (const name of own) if (!used.has(name)) used.set(name, count(0));
    for (const object of objects as unknown as readonly Struct[]) {
      if (!scopesOf(quota as unknown as Struct).every((scope) => inScope(scope, object))) continue;
      addInto(used, new Map([...usage(object)].filter(([name]) => own.includes(name))));
    }
  }
  return used;
}

const never = () => false;
const nothing = () => undefined;

const aliases: Readonly<Record<string, true>> = { configmaps: true, resourcequotas: true, replicationcontrollers: true, secrets: true };

function countEvaluator(group: string, resource: string): Evaluator {
  const names = [`count/${resource}${group === '' ? '' : `.${group}`}`, ...(group === '' && aliases[resource] === true ? [resource] : [])];
  return {
    handles: ({ operation, target }) => operation === 'CREATE' && target.subresource === '',
    counts: (name) => names.includes(name),
    usage: () => new Map(names.map((name) => [name, count(1)])),
    inScope: never,
    missing: nothing,
  };
}

const computed = new Set(['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]));
const stated = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** `requests.` of a resource that is not one of Kubernetes' own. */
function isExtendedRequest(name: string): boolean {
  const resource = name.startsWith('requests.') ? name.slice('requests.'.length) : '';
  return resource.includes('/') && !resource.includes('kubernetes.io/');
}

const podEvaluator: Evaluator = {
  handles: ({ operation, target, object, old }) => {
    if (target.subresource === 'resize') return operation === 'UPDATE';
    if (target.subresource !== '') return false;
    if (operation === 'UPDATE') return isTerminating(object) !== isTerminating((old ?? {}) as unknown as Struct);
    return operation === 'CREATE';
  },
  counts: (name) =>
    name === 'pods' ||
    name === 'count/pods' ||
    computed.has(name) ||
    name.startsWith('hugepages-') ||
    name.startsWith('requests.hugepages-') ||
    isExtendedRequest(name),
  usage: (pod) => {
    const usage = new Map<string, Quantity>([['count/pods', count(1)]]);
    const phase = textIn(structAt(pod, 'status'), 'phase');
    if (phase === 'Failed' || phase === 'Succeeded') return usage;
    usage.set('pods', count(1));
    for (const [name, amount] of stating(podAmountsWithOverhead(pod, 'requests'), podAmountsWithOverhead(pod, 'limits')))
      usage.set(name, amount);
    return usage;
  },
  inScope: podInScope,
  missing: (names, pod) => {
    const required = names.filter((name) => stated.has(name));
    const own = structAt(pod, 'spec', 'resources');
    if (Object.keys(own).some((part) => Object.keys(structAt(own, part)).length > 0)) return undefined;
    const lacking = new Map<string, Set<string>>();
    const spec = structAt(pod, 'spec');
    for (const container of [...structsIn(spec, 'containers'), ...structsIn(spec, 'initContainers')]) {
      const given = stating(amountsIn(structAt(container, 'resources', 'requests')), amountsIn(structAt(container, 'resources', 'limits')));
      for (const name of required) if (!given.has(name)) lacking.set(name, (lacking.get(name) ?? new Set()).add(textIn(container, 'name')));
    }
    if (lacking.size === 0) return undefined;
    const parts = [...lacking]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, containers]) => `${name} for: ${[...containers].sort().join(',')}`);
    return `must specify ${parts.join('; ')}`;
  },
};

/** Requests and limits under the names that quotas have for them. */
function stating(requests: Amounts, limits: Amounts): Amounts {
  const result = new Map<string, Quantity>();
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const request = requests.get(name);
    const limit = limits.get(name);
    if (request !== undefined) result.set(name, request).set(`requests.${name}`, request);
    if (limit !== undefined) result.set(`limits.${name}`, limit);
  }
  for (const [name, request] of requests) {
    if (name.startsWith('hugepages-')) result.set(name, request).set(`requests.${name}`, request);
    if (isExtendedRequest(`requests.${name}`)) result.set(`requests.${name}`, request);
  }
  return result;
}

function isTerminating(pod: Struct | undefined): boolean {
  return (asNumber(structAt(pod ?? {}, 'spec').activeDeadlineSeconds) ?? -1) >= 0;
}

function podInScope({ name, operator, values }: Scope, pod: Struct): boolean {
  const spec = structAt(pod, 'spec');
  switch (name) {
    case 'Terminating':
      return isTerminating(pod);
    case 'NotTerminating':
      return !isTerminating(pod);
    case 'BestEffort':
      return qualityOfService(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qualityOfService(spec) !== 'BestEffort';
    case 'PriorityClass':
      return selects(operator, values, textIn(spec, 'priorityClassName'));
    case 'CrossNamespacePodAffinity':
      return affinityTerms(spec).some((term) => asList(term.namespaces as Json).length > 0 || term.namespaceSelector !== undefined);
    default:
      return false;
  }
}

function selects(operator: string, values: readonly string[], value: string): boolean {
  switch (operator) {
    case 'Exists':
      return value !== '';
    case 'DoesNotExist':
      return value === '';
    case 'In':
      return value !== '' && values.includes(value);
    case 'NotIn':
      return value === '' || !values.includes(value);
    default:
      return false;
  }
}

function affinityTerms(spec: Struct): readonly Struct[] {
  return ['podAffinity', 'podAntiAffinity'].flatMap((kind) => {
    const affinity = structAt(spec, 'affinity', kind);
    const preferred = structsIn(affinity, 'preferredDuringSchedulingIgnoredDuringExecution');
    return [
      ...structsIn(affinity, 'requiredDuringSchedulingIgnoredDuringExecution'),
      ...preferred.map((term) => structAt(term, 'podAffinityTerm')),
    ];
  });
}

const isWrite = ({ operation, target }: Attributes) => operation !== 'DELETE' && operation !== 'CONNECT' && target.subresource === '';

const serviceEvaluator: Evaluator = {
  handles: isWrite,
  counts: (name) => ['count/services', 'services', 'services.nodeports', 'services.loadbalancers'].includes(name),
  usage: (service) => {
    const spec = structAt(service, 'spec');
    const type = textIn(spec, 'type');
    const ports = structsIn(spec, 'ports');
    const chosen = ports.filter((port) => (asNumber(port.nodePort) ?? 0) !== 0).length;
    const balanced = spec.allocateLoadBalancerNodePorts === false ? chosen : ports.length;
    return new Map([
      ['count/services', count(1)],
      ['services', count(1)],
      ['services.loadbalancers', count(type === 'LoadBalancer' ? 1 : 0)],
      ['services.nodeports', count(type === 'NodePort' ? ports.length : type === 'LoadBalancer' ? balanced : 0)],
    ]);
  },
  inScope: never,
  missing: nothing,
};

const perClass = '.storageclass.storage.k8s.io/';

const claimEvaluator: Evaluator = {
  handles: isWrite,
  counts: (name) =>
    ['count/persistentvolumeclaims', 'persistentvolumeclaims', 'requests.storage'].includes(name) ||
    name.endsWith(`${perClass}requests.storage`) ||
    name.endsWith(`${perClass}persistentvolumeclaims`),
  usage: (claim) => {
    const usage = new Map<string, Quantity>([
      ['count/persistentvolumeclaims', count(1)],
      ['persistentvolumeclaims', count(1)],
    ]);
    const spec = structAt(claim, 'spec');
    const written = structAt(claim, 'metadata', 'annotations')['volume.beta.kubernetes.io/storage-class'];
    const className = asString(written) ?? asString(spec.storageClassName) ?? '';
    if (className !== '') usage.set(`${className}${perClass}persistentvolumeclaims`, count(1));
    const storage = amountsIn(structAt(spec, 'resources', 'requests')).get('storage');
    if (storage === undefined) return usage;
    usage.set('requests.storage', storage);
    if (className !== '') usage.set(`${className}${perClass}requests.storage`, storage);
    return usage;
  },
  inScope: ({ name, operator, values }, claim) => {
    if (name !== 'VolumeAttributesClass') return false;
    return selects(operator, values, textIn(structAt(claim, 'spec'), 'volumeAttributesClassName'));
  },
  missing: nothing,
};

const deviceEvaluator: Evaluator = { handles: isWrite, counts: countsClaims, usage: claimUsage, inScope: never, missing: nothing };
