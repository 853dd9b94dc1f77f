// Who acts once an object is stored. The API server only stores; everything that happens then is done by somebody who watches it. Kinds that
// make pods are followed one step: their pods are requests of their own, made by a controller, and may be refused where the owner was not.

import { serviceAccount } from '../identity/subjects.ts';
import { type Struct, structAt } from '../kube/schema/defaults/struct.ts';
import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../lib/json.ts';
import { answerWrite } from './pipeline.ts';
import type { ApiRequest } from './request.ts';
import { daemonTolerations } from './scheduling/daemons.ts';
import { judgeNodes, type NodeFit, reasonsOf } from './scheduling/placement.ts';
import type { GroupResource, State } from './state.ts';
import type { Target } from './target.ts';
import { podTemplateHash } from './template-hash/hash.ts';
import type { Writing } from './update.ts';

export interface NextStep {
  readonly actor: string;
  readonly does: string;
  /** What the API server would answer to the pods that are made. */
  readonly pods?: { readonly allowed: boolean; readonly message: string; readonly warnings: readonly string[] };
  /** Of pods: every node, and what speaks against it. */
  readonly nodes?: readonly NodeFit[];
  /** What the scheduler would look at too and is not looked at here. */
  readonly unknown?: readonly string[];
}

interface Maker {
  readonly controller: string;
  readonly template: readonly string[];
  readonly does: (object: JsonObject, writing: Writing) => string;
  /** What the controller sets in the pods' spec beside the template. */
  readonly adds?: (object: JsonObject) => JsonObject;
}

const replicas = (object: JsonObject) => asNumber(dig(object, 'spec', 'replicas')) ?? 1;
const inSpec = ['spec', 'template'];

/** The ReplicaSet by its name, which rests on how 1.36 lays out a template: of other releases it is not known. */
function replicaSetOf(object: JsonObject, { server, state }: Writing): string {
  const hash = server.release.minor === '1.36' ? podTemplateHash(dig(object, ...inSpec) ?? null) : undefined;
  if (hash === undefined) return 'makes a ReplicaSet';
  const name = `${asString(dig(object, 'metadata', 'name')) ?? ''}-${hash}`;
  const namespace = asString(dig(object, 'metadata', 'namespace')) ?? '';
  const isThere = state.get({ group: 'apps', resource: 'replicasets' }, namespace, name) !== undefined;
  return `${isThere ? 'takes' : 'makes'} the ReplicaSet ${name}`;
}

/** Claims of the templates stand in for volumes of their names. */
function claimVolumes(object: JsonObject): JsonObject {
  const claims = asList(dig(object, 'spec', 'volumeClaimTemplates')).flatMap((one) => asString(dig(one, 'metadata', 'name')) ?? []);
  const own = asList(dig(object, 'spec', 'template', 'spec', 'volumes')).filter(
    (volume) => !claims.includes(asString(field(volume, 'name')) ?? ''),
  );
  const first = `${asString(dig(object, 'metadata', 'name')) ?? ''}-${asNumber(dig(object, 'spec', 'ordinals', 'start')) ?? 0}`;
  const volumes = [...own, ...claims.map((name) => ({ name, persistentVolumeClaim: { claimName: `${name}-${first}` } }))];
  return volumes.length === 0 ? {} : { volumes };
}

const makers: Readonly<Record<string, Maker>> = {
  'apps/Deployment': {
    controller: 'replicaset-controller',
    template: inSpec,
    does: (object, writing) =>
      `the deployment controller ${replicaSetOf(object, writing)}, and the ReplicaSet controller ${replicas(object)} pod(s) for it`,
  },
  'apps/ReplicaSet': { controller: 'replicaset-controller', template: inSpec, does: (object) => `makes ${replicas(object)} pod(s)` },
  'apps/StatefulSet': {
    controller: 'statefulset-controller',
    template: inSpec,
    does: (object) => `makes ${replicas(object)} pod(s), one after the other, and their claims`,
    adds: claimVolumes,
  },
  'apps/DaemonSet': {
    controller: 'daemon-set-controller',
    template: inSpec,
    does: () => 'makes a pod for every node that it selects',
    adds: (object) => ({ tolerations: daemonTolerations(asObject(dig(object, 'spec', 'template', 'spec'))) }),
  },
  'batch/Job': {
    controller: 'job-controller',
    template: inSpec,
    does: (object) =>
      dig(object, 'spec', 'suspend') === true
        ? 'waits: the job is suspended, and has no pods until it is not'
        : `makes up to ${asNumber(dig(object, 'spec', 'parallelism')) ?? 1} pod(s) at a time until the job is complete`,
  },
  'batch/CronJob': {
    controller: 'job-controller',
    template: ['spec', 'jobTemplate', 'spec', 'template'],
    does: (object) => `makes a Job at "${asString(dig(object, 'spec', 'schedule')) ?? ''}", whose pods the job controller makes`,
  },
  '/ReplicationController': {
    controller: 'replication-controller',
    template: inSpec,
    does: (object) => `makes ${replicas(object)} pod(s)`,
  },
};

const others: Readonly<Record<string, readonly [actor: string, does: string]>> = {
  '/Service': ['endpointslice controller and kube-proxy', 'write down the pods that the selector selects, and lead traffic to them'],
  '/Namespace': ['service account controller', 'makes the ServiceAccount "default" and the ConfigMap kube-root-ca.crt in it'],
  '/PersistentVolumeClaim': ['volume binder or provisioner', 'finds or makes a volume; until then pods that use the claim wait'],
  '/Secret': ['nobody', 'a Secret does nothing by itself; kubelets hand it to pods that name it'],
  '/ConfigMap': ['nobody', 'a ConfigMap does nothing by itself; kubelets hand it to pods that name it'],
  '/ServiceAccount': ['nobody', 'tokens are made when a pod or a TokenRequest asks for them'],
  'networking.k8s.io/Ingress': ['ingress controller', 'one that watches this class leads traffic; without one nothing happens'],
  'networking.k8s.io/NetworkPolicy': ['network plugin', 'enforces it, if it implements NetworkPolicy; otherwise nothing happens'],
  'autoscaling/HorizontalPodAutoscaler': ['autoscaler', 'changes the scale of its target'],
  'apiextensions.k8s.io/CustomResourceDefinition': ['API server', 'serves the new kind as soon as its names are accepted'],
  'certificates.k8s.io/CertificateSigningRequest': [
    'approver, then signer',
    'nothing is signed until somebody with the right to approve does',
  ],
};

/** Who acts on a stored object, and with what prospects. */
export function nextSteps(object: JsonObject, writing: Writing): readonly NextStep[] {
  const apiVersion = asString(object.apiVersion) ?? '';
  const key = `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${asString(object.kind) ?? ''}`;
  if (key === '/Pod') return [scheduling(object as unknown as Struct, writing)];
  const maker = makers[key];
  if (maker !== undefined) return [making(object, maker, writing)];
  const other = others[key];
  return other === undefined ? [] : [{ actor: other[0], does: other[1] }];
}

function scheduling(pod: Struct, { state }: Writing): NextStep {
  const named = asString(structAt(pod, 'spec').nodeName) ?? '';
  if (named !== '') return { actor: `kubelet of ${named}`, does: 'runs it: the pod names its node, and the scheduler is not asked' };
  const placement = judgeNodes(pod, state);
  const nodes = reasonsOf(placement);
  const fitting = nodes.filter(({ reasons }) => reasons.length === 0).length;
  const does =
    nodes.length === 0
      ? 'picks a node; the input has none, so whether one fits is not known'
      : `picks a node: ${fitting} of ${nodes.length} fit`;
  return { actor: 'scheduler', does, nodes, ...(placement.unknown.length === 0 ? {} : { unknown: placement.unknown }) };
}

function making(object: JsonObject, { controller, template, does, adds }: Maker, writing: Writing): NextStep {
  const source = asObject(dig(object, ...template));
  const metadata = asObject(source.metadata);
  const name = asString(dig(object, 'metadata', 'name')) ?? 'pod';
  const namespace = asString(dig(object, 'metadata', 'namespace')) ?? 'default';
  const pod: Json = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
      generateName: `${name}-`,
      namespace,
    },
    spec: { ...asObject(source.spec), ...adds?.(object) },
  };
  const { access: _asked, ...unasked } = writing;
  const { answer } = answerWrite(
    {
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods`,
      query: {},
      user: serviceAccount('kube-system', controller),
      body: { kind: 'json', value: pod },
    },
    unasked,
  );
  const allowed = answer.object !== undefined;
  const found = allowed && answer.object !== undefined ? placed(answer.object, writing.state) : { nodes: [], unknown: [] };
  const message = allowed ? '' : (answer.refusal?.message ?? '');
  return {
    actor: `system:serviceaccount:kube-system:${controller}`,
    does: does(object, writing),
    pods: { allowed, message, warnings: answer.warnings },
    ...(found.nodes.length === 0 ? {} : found),
  };
}

/** A pod against all nodes; claims that a controller makes with it are still to come, and are not asked for. */
function placed(pod: JsonObject, state: State): { readonly nodes: readonly NodeFit[]; readonly unknown: readonly string[] } {
  const kept = asList(dig(pod, 'spec', 'volumes')).filter((volume) => {
    const claim = asString(dig(volume, 'persistentVolumeClaim', 'claimName'));
    return (
      claim === undefined ||
      state.get({ group: '', resource: 'persistentvolumeclaims' }, asString(dig(pod, 'metadata', 'namespace')) ?? '', claim) !== undefined
    );
  });
  const asked = { ...pod, spec: { ...asObject(pod.spec), volumes: kept } } as unknown as Struct;
  const { nodes, unknown } = judgeNodes(asked, state);
  return { nodes: reasonsOf({ before: undefined, nodes, unknown }), unknown };
}

/** Who acts once an object is deleted: what it owns goes with it, unless it is to be left. */
export function afterDelete(
  request: ApiRequest,
  target: Target | undefined,
  left: JsonObject | undefined,
  state: State,
): readonly NextStep[] {
  if (target === undefined || (target.subresource !== '' && target.subresource !== 'eviction')) return [];
  const { group, namespace, name } = target;
  const kind = target.subresource === 'eviction' ? 'Pod' : target.kind;
  if (group === '' && kind === 'Namespace')
    return [{ actor: 'namespace controller', does: 'deletes everything in it, then the namespace' }];
  if (group === '' && kind === 'Pod' && left !== undefined)
    return [{ actor: 'kubelet', does: 'stops the containers, then deletes the pod for good' }];
  const uid = asString(dig(state.get(target, namespace, name), 'metadata', 'uid'));
  const dependents = uid === undefined ? 0 : owned(state, namespace, uid);
  if (dependents === 0 && makers[`${group}/${kind}`] === undefined) return [];
  const body = request.body?.kind === 'json' ? request.body.value : undefined;
  const policy = request.query.propagationPolicy ?? asString(dig(body, 'propagationPolicy')) ?? 'Background';
  const what = dependents === 0 ? 'what it owns' : `the ${dependents} object${dependents === 1 ? '' : 's'} that it owns`;
  const does =
    policy === 'Orphan'
      ? `leaves ${what}`
      : policy === 'Foreground'
        ? `deletes ${what} first, then it`
        : `deletes ${what}, in the background`;
  return [{ actor: 'garbage collector', does }];
}

/** Kinds that others own. */
const ownable: readonly GroupResource[] = [
  { group: '', resource: 'pods' },
  { group: 'apps', resource: 'replicasets' },
  { group: 'apps', resource: 'controllerrevisions' },
  { group: 'batch', resource: 'jobs' },
];

function owned(state: State, namespace: string, uid: string): number {
  const isOwn = (object: JsonObject) => asList(dig(object, 'metadata', 'ownerReferences')).some((one) => field(one, 'uid') === uid);
  return ownable.reduce((sum, resource) => sum + state.list(resource, namespace).filter(isOwn).length, 0);
}
