// POSTs to what belongs to an object: a pod bound to its node, a pod evicted under its disruption budget (pkg/registry/core/pod/storage,
// Kubernetes 1.36). Left out: tokens of service accounts, which need a key to sign with.

import { selects } from '../../kube/label-selector.ts';
import { type KubeObject, labelsOf } from '../../kube/object.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asList, asNumber, asObject, asString, dig, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { admit, type Observe, validateAdmission } from '../admission/run.ts';
import type { Answer, Refusal } from '../answer.ts';
import { decodeRequest } from '../decode/decode.ts';
import { storageOf } from '../read/storage.ts';
import { type ApiRequest, isDryRun } from '../request.ts';
import { attributesOf } from '../reviews/asked.ts';
import { badRequest, conflict, internal, methodNotAllowed, notFound, refused } from '../status.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { type Target, targetOf } from '../target.ts';
import { serverItself } from '../write/accounts.ts';
import { removeObject } from '../write/delete.ts';
import { readOptions } from '../write/delete-options.ts';
import { setManagedFields } from '../write/managed-fields.ts';
import type { DeleteOptions } from '../write/operation-options.ts';
import { managerName, optionsRefusal } from '../write/options.ts';
import { put } from '../write/put.ts';
import { startWarnings, storedObject, type Writing, wrongUid } from '../write/update.ts';

const succeeded: JsonObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** Answers a POST of a Binding to the resource of that name, which names the pod itself. */
export function postBinding(request: ApiRequest, target: Target, writing: Writing, observe?: Observe): Answer {
  const decoded = decodeRequest(request, target, writing);
  const name = decoded.ok ? (asString(metadataOf(decoded.value.object).name) ?? '') : '';
  const pod = targetOf({ ...request, path: `/api/v1/namespaces/${target.namespace}/pods/${name}/binding` }, writing);
  if (!decoded.ok) return refused(decoded.problem);
  return 'type' in pod ? postSubresource(request, pod, writing, observe, { ...target, name }) : pod;
}

/** Answers a POST to a subresource. `asked` is the resource that the request names, where it is another. */
export function postSubresource(request: ApiRequest, target: Target, writing: Writing, observe?: Observe, asked = target): Answer {
  const warnings = startWarnings(target, writing);
  const act = Object.hasOwn(acts, target.subresource) ? acts[target.subresource] : undefined;
  if (act === undefined || !target.verbs.includes('create')) return refused(methodNotAllowed(), warnings);
  const unfit = optionsRefusal('CreateOptions', request);
  if (unfit !== undefined) return refused(unfit, warnings);
  const decoded = decodeRequest(request, target, writing);
  if (!decoded.ok) return refused(decoded.problem, warnings);
  const { object } = decoded.value;
  warnings.push(...decoded.value.warnings);
  const metadata = metadataOf(object);
  const namespace = asString(metadata.namespace) ?? '';
  if (namespace !== '' && namespace !== target.namespace)
    return refused(badRequest('the namespace of the provided object does not match the namespace sent on the request'), warnings);
  metadata.namespace = target.namespace;
  if ((asString(metadata.name) ?? '') !== target.name)
    return refused(badRequest(`name in URL does not match name in ${target.kind} object`), warnings);
  if (target.subresource === 'binding') setManagedFields(object, undefined, managerName(request), target, writing);
  const attributes = { ...attributesOf(asked, request, writing, 'CREATE', object), warnings };
  const refusal = admit(attributes, observe) ?? validateAdmission(attributes, observe);
  if (refusal !== undefined) return refused(refusal, warnings);
  const outcome = act(object, request, target, writing, warnings, observe);
  return outcome === undefined ? { code: 201, object: succeeded, warnings } : refused(outcome, warnings);
}

type Act = (
  object: Struct,
  request: ApiRequest,
  target: Target,
  writing: Writing,
  warnings: string[],
  observe: Observe | undefined,
) => Refusal | undefined;

const acts: Readonly<Record<string, Act>> = { binding: bind, eviction: evict };

/** Puts a pod onto a node, once. */
function bind(object: Struct, request: ApiRequest, target: Target, writing: Writing): Refusal | undefined {
  const binding = object as unknown as JsonObject;
  const kind = asString(dig(binding, 'target', 'kind')) ?? '';
  const node = asString(dig(binding, 'target', 'name')) ?? '';
  if (kind !== '' && kind !== 'Node')
    return plain(`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`);
  if (node === '') return plain('target.name: Required value');
  const pod = storedObject(target, writing);
  const pods = { group: '', resource: 'pods' };
  if (pod === undefined) return notFound(pods, target.name);
  const { name } = target;
  const cannot = (why: string) => conflict({ group: '', resource: 'pods/binding' }, name, why);
  const uid = asString(metadataOf(object).uid) ?? '';
  const own = asString(field(pod.metadata, 'uid')) ?? '';
  if (uid !== '' && uid !== own) return conflict(pods, name, wrongUid(uid, own, target, isDryRun(request)));
  if (field(pod.metadata, 'deletionTimestamp') !== undefined) return cannot(`pod ${name} is being deleted, cannot be assigned to a host`);
  const assigned = asString(dig(pod, 'spec', 'nodeName')) ?? '';
  if (assigned !== '') return cannot(`pod ${name} is already assigned to node ${JSON.stringify(assigned)}`);
  if (asList(dig(pod, 'spec', 'schedulingGates')).length > 0) return cannot(`pod ${name} has non-empty .spec.schedulingGates`);
  if (isDryRun(request)) return undefined;
  const { now } = writing.circumstances;
  const metadata = asObject(pod.metadata);
  const { nominatedNodeName: _hint, ...status } = asObject(pod.status);
  const bound: JsonObject = {
    ...pod,
    metadata: {
      ...metadata,
      ...merged('annotations', metadata, asObject(metadataOf(object).annotations)),
      ...merged('labels', metadata, asObject(metadataOf(object).labels)),
    },
    spec: { ...asObject(pod.spec), nodeName: node },
    status: { ...status, conditions: withScheduled(asList(status.conditions), now) },
  };
  writing.store.put(storageOf(target), target.namespace, name, bound);
  return undefined;
}

function merged(key: 'annotations' | 'labels', metadata: JsonObject, added: JsonObject): JsonObject {
  return Object.keys(added).length === 0 ? {} : { [key]: { ...asObject(metadata[key]), ...added } };
}

function withScheduled(conditions: readonly Json[], now: string): readonly Json[] {
  const others = conditions.filter((each) => field(each, 'type') !== 'PodScheduled');
  return [...others, { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now }];
}

function plain(message: string): Refusal {
  return { code: 500, reason: '', message };
}

/** Deletes a pod where its disruption budget has room for that. */
function evict(
  object: Struct,
  request: ApiRequest,
  target: Target,
  writing: Writing,
  warnings: string[],
  observe: Observe | undefined,
): Refusal | undefined {
  const source = asObject((object as unknown as JsonObject).deleteOptions);
  const options = readOptions(source, request);
  if (!options.ok) return options.problem;
  const pod = storedObject(target, writing);
  if (pod === undefined) return notFound({ group: '', resource: 'pods' }, target.name);
  if (!isPastBudgets(pod)) {
    const refusal = spend(pod, options.value, target, writing);
    if (refusal !== undefined) return refusal;
  }
  return take(request, target, writing, options.value, warnings, observe);
}

function isPastBudgets(pod: JsonObject): boolean {
  const phase = dig(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || field(pod.metadata, 'deletionTimestamp') !== undefined;
}

const budgets = { group: 'policy', resource: 'poddisruptionbudgets' };

/** Takes one disruption from the pod's budget. */
function spend(pod: JsonObject, options: DeleteOptions, { namespace, name }: Target, writing: Writing): Refusal | undefined {
  const { store } = writing;
  const guarding = store.list(budgets, namespace).filter((budget) => selects(dig(budget, 'spec', 'selector'), labelsOf(pod as KubeObject)));
  const [budget, second] = guarding;
  if (second !== undefined)
    return {
      code: 500,
      reason: '',
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    };
  if (budget === undefined) return undefined;
  const budgetName = asString(field(budget.metadata, 'name')) ?? '';
  const status = asObject(budget.status);
  const count = (key: string) => asNumber(status[key]) ?? 0;
  const isReady = asList(dig(pod, 'status', 'conditions')).some(
    (each) => field(each, 'type') === 'Ready' && field(each, 'status') === 'True',
  );
  if (!isReady) {
    if (dig(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return undefined;
    if (count('currentHealthy') >= count('desiredHealthy') && count('desiredHealthy') > 0) return undefined;
  }
  const generation = asNumber(field(budget.metadata, 'generation')) ?? 0;
  if (count('observedGeneration') < generation)
    return tooMany(`The disruption budget ${budgetName} is still being processed by the server.`, 10);
  const allowed = count('disruptionsAllowed');
  if (allowed < 0) return internal('pdb disruptions allowed is negative');
  if (allowed === 0) {
    const reason = `The disruption budget ${budgetName} needs ${count('desiredHealthy')} healthy pods and has ${count('currentHealthy')} currently`;
    return tooMany(reason);
  }
  if (options.dryRun) return undefined;
  const left = allowed - 1;
  const spent = {
    ...status,
    disruptionsAllowed: left,
    disruptedPods: { ...asObject(status.disruptedPods), [name]: writing.circumstances.now },
  };
  const next = { ...budget, status: left === 0 ? { ...spent, conditions: exhausted(asList(status.conditions), status, writing) } : spent };
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${budgetName}/status`;
  const update: ApiRequest = {
    method: 'PUT',
    path,
    query: {},
    user: serverItself,
    userAgent: 'kube-apiserver/v1.36.3',
    body: { kind: 'json', value: next },
  };
  const of = targetOf(update, writing);
  if ('type' in of) put(update, of, writing);
  return undefined;
}

/** A budget that allows no more disruptions says so. */
function exhausted(conditions: readonly Json[], status: JsonObject, { circumstances: { now } }: Writing): readonly Json[] {
  const type = 'DisruptionAllowed';
  const observed = asNumber(status.observedGeneration);
  const condition = {
    type,
    status: 'False',
    ...(observed === undefined || observed === 0 ? {} : { observedGeneration: observed }),
    lastTransitionTime: now,
    reason: 'InsufficientPods',
    message: '',
  };
  return [...conditions.filter((each) => field(each, 'type') !== type), condition];
}

function tooMany(why: string, seconds?: number): Refusal {
  return {
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: {
      causes: [{ reason: 'DisruptionBudget', message: why }],
      ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    },
  };
}

/** Marks the pod as disrupted and deletes it. */
function take(
  request: ApiRequest,
  target: Target,
  writing: Writing,
  options: DeleteOptions,
  warnings: string[],
  observe: Observe | undefined,
): Refusal | undefined {
  const found = targetOf({ ...request, path: request.path.replace(/\/eviction\/?$/, '') }, writing);
  if (!('type' in found)) return notFound({ group: '', resource: 'pods' }, target.name);
  const pod = storedObject(found, writing);
  if (pod !== undefined && !options.dryRun) {
    const { now } = writing.circumstances;
    const others = asList(dig(pod, 'status', 'conditions')).filter((each) => field(each, 'type') !== 'DisruptionTarget');
    const generation = field(pod.metadata, 'generation');
    const condition = {
      type: 'DisruptionTarget',
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: now,
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    };
    const status = { ...(isObject(pod.status) ? pod.status : {}), conditions: [...others, condition] };
    writing.store.put(found, found.namespace, found.name, { ...pod, status });
  }
  const removed = removeObject(request, found, writing, options, warnings, observe, 'eviction');
  return removed.ok ? undefined : removed.problem;
}
