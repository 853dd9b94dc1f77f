// The Node authorizer: what a kubelet may do (kube-apiserver 1.36, plugin/pkg/auth/authorizer/node). A node is a user `system:node:NAME`
// in the group system:nodes. It may read what the pods bound to it need (`node-graph.ts`), itself, and what the static rules of the role
// system:node give. Writes to other nodes and their pods are allowed here: the NodeRestriction admission plugin refuses them.
// Versions: nodes and pods are narrowed to a node's own from 1.32 on (AuthorizeNodeWithSelectors, on by default);
// pod certificate requests from 1.37 on. Other feature gates can be given.

import type { Snapshot } from '../snapshot/snapshot.ts';
import { type NodeGraph, nodeGraph, type Vertex } from './node-graph.ts';
import { type PolicyRule, type RequestAttributes, ruleAllows } from './rules.ts';
import type { User } from './subjects.ts';

export interface NodeDecision {
  readonly allowed: boolean;
  /** Why not, in kube-apiserver's words; empty where it says nothing. */
  readonly reason: string;
}

export interface NodeGates {
  readonly AuthorizeNodeWithSelectors: boolean;
  readonly KubeletServiceAccountTokenForCredentialProviders: boolean;
  readonly PodCertificateRequest: boolean;
}

const yes: NodeDecision = { allowed: true, reason: '' };
const no = (reason: string): NodeDecision => ({ allowed: false, reason });

/** The gates a release has by default. */
export function nodeGates(kubernetesVersion: string): NodeGates {
  const minor = Number(kubernetesVersion.split('.')[1] ?? '');
  return {
    AuthorizeNodeWithSelectors: minor >= 32,
    KubeletServiceAccountTokenForCredentialProviders: minor >= 34,
    PodCertificateRequest: minor >= 37,
  };
}

/** What the Node authorizer says; undefined for those that are no nodes. */
export function nodeDecision(snapshot: Snapshot, user: User, wanted: RequestAttributes, given?: NodeGates): NodeDecision | undefined {
  if (!user.name.startsWith('system:node:') || !user.groups.includes('system:nodes')) return undefined;
  const gates = given ?? nodeGates(snapshot.facts.kubernetesVersion);
  const node = user.name.slice('system:node:'.length);
  if (node === '') return no(`unknown node for user ${JSON.stringify(user.name)}`);
  const graph = nodeGraph(snapshot);
  const special = Object.hasOwn(deciders, `${wanted.apiGroup}/${wanted.resource}`)
    ? deciders[`${wanted.apiGroup}/${wanted.resource}`]?.({ node, wanted, gates, graph })
    : undefined;
  return special ?? (rulesOf(gates).some((rule) => ruleAllows(rule, wanted)) ? yes : no(''));
}

interface Question {
  readonly node: string;
  readonly wanted: RequestAttributes;
  readonly gates: NodeGates;
  readonly graph: NodeGraph;
}

/** By group and resource; undefined leaves the answer to the static rules. */
const deciders: Readonly<Record<string, (question: Question) => NodeDecision | undefined>> = {
  '/secrets': (question) => readNamespaced(question, 'secret'),
  '/configmaps': (question) => readNamespaced(question, 'configmap'),
  '/persistentvolumeclaims': (question) =>
    question.wanted.subresource === 'status' ? updateStatus(question, 'pvc') : getOne(question, 'pvc'),
  '/persistentvolumes': (question) => getOne(question, 'pv'),
  'resource.k8s.io/resourceclaims': (question) => getOne(question, 'resourceclaim'),
  'storage.k8s.io/volumeattachments': (question) => getOne(question, 'volumeattachment'),
  '/serviceaccounts': serviceAccount,
  'coordination.k8s.io/leases': lease,
  'storage.k8s.io/csinodes': csiNode,
  'resource.k8s.io/resourceslices': resourceSlice,
  '/nodes': (question) => (question.gates.AuthorizeNodeWithSelectors ? nodeItself(question) : undefined),
  '/pods': (question) => (question.gates.AuthorizeNodeWithSelectors ? pod(question) : undefined),
  'certificates.k8s.io/podcertificaterequests': (question) =>
    question.gates.PodCertificateRequest ? podCertificateRequest(question) : undefined,
};

function related({ node, wanted, graph }: Question, kind: Vertex): NodeDecision {
  if (wanted.name === '') return no('No Object name found');
  return graph.isRelated(node, kind, wanted.namespace, wanted.name)
    ? yes
    : no(`no relationship found between node '${node}' and this object`);
}

function readNamespaced(question: Question, kind: Vertex): NodeDecision {
  const { verb, subresource, namespace } = question.wanted;
  if (!['get', 'list', 'watch'].includes(verb)) return no('can only read resources of this type');
  if (subresource !== '') return no('cannot read subresource');
  return namespace === '' ? no('can only read namespaced object of this type') : related(question, kind);
}

function getOne(question: Question, kind: Vertex): NodeDecision {
  if (question.wanted.verb !== 'get') return no('can only get individual resources of this type');
  return question.wanted.subresource === '' ? related(question, kind) : no('cannot get subresource');
}

function updateStatus(question: Question, kind: Vertex): NodeDecision {
  return ['update', 'patch'].includes(question.wanted.verb) ? related(question, kind) : no('can only get/update/patch this type');
}

function serviceAccount(question: Question): NodeDecision {
  const { verb, subresource } = question.wanted;
  if (verb === 'get' && subresource === '' && question.gates.KubeletServiceAccountTokenForCredentialProviders)
    return readNamespaced(question, 'serviceaccount');
  if (verb !== 'create' || subresource !== 'token') return no('can only create tokens for individual service accounts');
  return related(question, 'serviceaccount');
}

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete'];

function lease({ node, wanted }: Question): NodeDecision {
  if (!ownVerbs.includes(wanted.verb)) return no('can only get, create, update, patch, or delete a node lease');
  if (wanted.namespace !== 'kube-node-lease') return no('can only access leases in the "kube-node-lease" system namespace');
  if (wanted.verb !== 'create' && wanted.name !== node) return no('can only access node lease with the same name as the requesting node');
  return yes;
}

function csiNode({ node, wanted }: Question): NodeDecision {
  if (wanted.subresource !== '') return no('cannot authorize CSINode subresources');
  if (!ownVerbs.includes(wanted.verb)) return no('can only get, create, update, patch, or delete a CSINode');
  if (wanted.verb !== 'create' && wanted.name !== node) return no('can only access CSINode with the same name as the requesting node');
  return yes;
}

function resourceSlice(question: Question): NodeDecision {
  const { verb, subresource } = question.wanted;
  if (subresource !== '') return no('cannot authorize ResourceSlice subresources');
  if (verb === 'create') return yes;
  if (['get', 'update', 'patch', 'delete'].includes(verb)) return related(question, 'resourceslice');
  if (!['watch', 'list', 'deletecollection'].includes(verb))
    return no(
      'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
    );
  return !question.gates.AuthorizeNodeWithSelectors || selectsOwn(question)
    ? yes
    : no('can only list/watch/deletecollection resourceslices with nodeName field selector');
}

function selectsOwn({ node, wanted }: Question): boolean {
  return wanted.fieldSelector?.some(({ field, equal, value }) => field === 'spec.nodeName' && equal && value === node) === true;
}

function nodeItself({ node, wanted: { verb, subresource, name } }: Question): NodeDecision {
  if (subresource === 'status') return ['update', 'patch'].includes(verb) ? yes : no('');
  if (subresource !== '') return no('');
  if (['create', 'update', 'patch'].includes(verb)) return yes;
  if (!['get', 'list', 'watch'].includes(verb)) return no('');
  return name === node ? yes : no(`node '${node}' cannot read ${name === '' ? 'all nodes' : `'${name}'`}, only its own Node object`);
}

function pod(question: Question): NodeDecision {
  const { verb, subresource, name } = question.wanted;
  if (subresource === 'status') return ['update', 'patch'].includes(verb) ? yes : no('');
  if (subresource === 'eviction') return verb === 'create' ? yes : no('');
  if (subresource !== '') return no('');
  if (verb === 'create' || verb === 'delete') return yes;
  if (verb === 'get') return getOne(question, 'pod');
  if (verb !== 'list' && verb !== 'watch') return no('');
  if (selectsOwn(question)) return yes;
  return name === '' ? no('can only list/watch pods with spec.nodeName field selector') : related(question, 'pod');
}

function podCertificateRequest(question: Question): NodeDecision {
  const { verb, subresource } = question.wanted;
  if (subresource !== '') return no('cannot authorize PodCertificateRequest subresources');
  if (verb === 'create') return yes;
  if (verb === 'get') return getOne(question, 'podcertificaterequest');
  if (verb !== 'list' && verb !== 'watch') return no('');
  return selectsOwn(question) ? yes : no('can only list/watch podcertificaterequests with nodeName field selector');
}

const rule = (apiGroups: string, resources: string, verbs: string): PolicyRule => ({
  apiGroups: apiGroups.split(','),
  resources: resources.split(' '),
  verbs: verbs.split(' '),
  resourceNames: [],
  nonResourceURLs: [],
});

/** The role system:node of 1.36, without what the deciders above answer; nodes and pods for releases that do not narrow them. */
const staticRules: readonly PolicyRule[] = [
  rule('authentication.k8s.io', 'tokenreviews', 'create'),
  rule('authorization.k8s.io', 'subjectaccessreviews localsubjectaccessreviews', 'create'),
  rule('', 'services', 'get list watch'),
  rule('', 'nodes', 'create get list watch update patch'),
  rule('', 'nodes/status', 'update patch'),
  rule(',events.k8s.io', 'events', 'create update patch'),
  rule('', 'pods', 'get list watch create delete'),
  rule('', 'pods/status', 'update patch'),
  rule('', 'pods/eviction', 'create'),
  rule('', 'endpoints', 'get'),
  rule('certificates.k8s.io', 'certificatesigningrequests', 'create get list watch'),
  rule('storage.k8s.io', 'csidrivers', 'get list watch'),
  rule('node.k8s.io', 'runtimeclasses', 'get list watch'),
];

const trustBundles = rule('certificates.k8s.io', 'clustertrustbundles', 'get list watch');

/** Trust bundles came to nodes with pod certificates being general. */
function rulesOf(gates: NodeGates): readonly PolicyRule[] {
  return gates.PodCertificateRequest ? [...staticRules, trustBundles] : staticRules;
}
