// NodeRestriction: a kubelet may write its own Node, Lease and CSINode, the status of the pods on it, and pods that mirror its files; what
// the Node authorizer lets through is narrowed here (plugin/pkg/admission/noderestriction, Kubernetes 1.36).

import { request } from '../../identity/rules.ts';
import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asList, asObject, asString, dig, field, type JsonObject, sameJson, stringMap, strings } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { unifiedDiff } from '../fields/unified-diff.ts';
import { forbidden, notFound } from '../status.ts';
import { written } from '../write/written.ts';
import { asked } from './authorize.ts';
import { requestSubject } from './certificate-request.ts';
import { claimText } from './claim-text.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { allContainers, isMirrorPod, mirrorAnnotation } from './pods.ts';
import { namesSecrets } from './service-account.ts';

export const nodeRestriction: Plugin = { name: 'NodeRestriction', admit };

const prefix = 'system:node:';

function admit(attributes: Attributes): Refusal | undefined {
  const { user, target, operation } = attributes;
  if (!user.name.startsWith(prefix) || !user.groups.includes('system:nodes') || operation === 'CONNECT') return undefined;
  const node = user.name.slice(prefix.length);
  const no = (why: string) => forbidden(target, attributes.name, why);
  if (node === '') return no(`could not determine node from user ${JSON.stringify(user.name)}`);
  return resources[`${target.group}/${target.resource}`]?.(node, attributes, no);
}

type Judge = (node: string, attributes: Attributes, no: (why: string) => Refusal) => Refusal | undefined;

const resources: Readonly<Record<string, Judge>> = {
  '/pods': (node, attributes, no) => {
    switch (attributes.target.subresource) {
      case '':
        return pod(node, attributes, no);
      case 'status':
        return podStatus(node, attributes, no);
      case 'eviction':
        return ownedPod(node, attributes, no, `node ${node} can only evict pods with spec.nodeName set to itself`);
      default:
        return no(`unexpected pod subresource ${JSON.stringify(attributes.target.subresource)}, only 'status' and 'eviction' are allowed`);
    }
  },
  '/nodes': nodeWrite,
  '/persistentvolumeclaims': (node, attributes, no) => claimStatus(node, attributes, no),
  '/serviceaccounts': tokenRequest,
  'coordination.k8s.io/leases': (node, { namespace, name }, no) => {
    if (namespace !== 'kube-node-lease') return no('can only access leases in the "kube-node-lease" system namespace');
    return name === node ? undefined : no('can only access node lease with the same name as the requesting node');
  },
  'storage.k8s.io/csinodes': (node, { name }, no) =>
    name === node ? undefined : no('can only access CSINode with the same name as the requesting node'),
  'resource.k8s.io/resourceslices': (node, { operation, object, old }, no) => {
    const slice = operation === 'DELETE' ? old : object;
    if (operation === 'UPDATE' || dig(slice, 'spec', 'nodeName') === node) return undefined;
    return no(`can only ${operation === 'DELETE' ? 'delete' : 'create'} ResourceSlice with the same NodeName as the requesting node`);
  },
  'certificates.k8s.io/certificatesigningrequests': (node, { operation, object }, no) => {
    const signer = dig(object, 'spec', 'signerName');
    if (operation !== 'CREATE' || (signer !== 'kubernetes.io/kubelet-serving' && signer !== 'kubernetes.io/kube-apiserver-client-kubelet'))
      return undefined;
    const subject = requestSubject(asString(dig(object, 'spec', 'request')) ?? '');
    if (subject === undefined) return no('unable to parse csr: PEM block type must be CERTIFICATE REQUEST');
    return subject.commonName === prefix + node ? undefined : no(`can only create a node CSR with CN=system:node:${node}`);
  },
};

function pod(node: string, attributes: Attributes, no: (why: string) => Refusal): Refusal | undefined {
  const who = JSON.stringify(node);
  switch (attributes.operation) {
    case 'CREATE':
      return mirrorPod(node, attributes, no);
    case 'DELETE':
      return ownedPod(node, attributes, no, `node ${who} can only delete pods with spec.nodeName set to itself`);
    default:
      return no(`unexpected operation ${JSON.stringify(attributes.operation)}, node ${who} can only create and delete mirror pods`);
  }
}

function ownedPod(
  node: string,
  { serving, namespace, name, target }: Attributes,
  no: (why: string) => Refusal,
  why: string,
): Refusal | undefined {
  const found = serving.state.get(target, namespace, name);
  if (found === undefined) return notFound({ group: '', resource: 'pod' }, name);
  return dig(found, 'spec', 'nodeName') === node ? undefined : no(why);
}

function mirrorPod(node: string, { object, serving }: Attributes, no: (why: string) => Refusal): Refusal | undefined {
  if (object === undefined) return undefined;
  const who = `node ${JSON.stringify(node)}`;
  if (!isMirrorPod(object))
    return no(`pod does not have ${JSON.stringify(mirrorAnnotation)} annotation, ${who} can only create mirror pods`);
  const spec = structAt(object, 'spec');
  if (textIn(spec, 'nodeName') !== node) return no(`${who} can only create pods with spec.nodeName set to itself`);
  const [owner, ...others] = structsIn(structAt(object, 'metadata'), 'ownerReferences');
  if (others.length > 0) return no(`${who} can only create pods with a single owner reference set to itself`);
  if (owner === undefined || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    return no(`${who} can only create pods with an owner reference set to itself`);
  if (owner.controller !== true) return no(`${who} can only create pods with a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion === true) return no(`${who} must not set blockOwnerDeletion on an owner reference`);
  const found = serving.state.get({ group: '', resource: 'nodes' }, '', node);
  if (found === undefined) return notFound({ group: '', resource: 'node' }, node);
  const uid = asString(dig(found, 'metadata', 'uid')) ?? '';
  if (owner.uid !== uid) return no(`node ${node} UID mismatch: expected ${owner.uid} got ${uid}`);
  const referenced = referencedKind(object, spec);
  return referenced === undefined ? undefined : no(`${who} can not create pods that reference ${referenced}`);
}

/** What a mirror pod may not name. */
function referencedKind(pod: Struct, spec: Struct): string | undefined {
  if (textIn(spec, 'serviceAccountName') !== '') return 'serviceaccounts';
  if (namesSecrets(pod, spec)) return 'secrets';
  const named = (key: string) =>
    allContainers(pod).some(
      (container) =>
        asList(container.envFrom).some((source) => field(source, `${key}Ref`) !== undefined) ||
        asList(container.env).some((variable) => dig(variable, 'valueFrom', `${key}KeyRef`) !== undefined),
    );
  if (named('configMap')) return 'configmaps';
  for (const volume of structsIn(spec, 'volumes')) {
    if (volume.configMap !== undefined) return 'configmaps';
    if (volume.persistentVolumeClaim !== undefined) return 'persistentvolumeclaims';
    if (volume.ephemeral !== undefined) return 'ephemeralvolumes';
    for (const source of structsIn(structAt(volume, 'projected'), 'sources')) {
      if (source.configMap !== undefined) return 'configmaps';
      if (source.serviceAccountToken !== undefined) return 'serviceaccounts';
      if (source.clusterTrustBundle !== undefined) return 'clustertrustbundles';
    }
  }
  return structsIn(spec, 'resourceClaims').length > 0 ? 'resourceclaims' : undefined;
}

function podStatus(node: string, { operation, object, old }: Attributes, no: (why: string) => Refusal): Refusal | undefined {
  if (operation !== 'UPDATE') return no(`unexpected operation ${JSON.stringify(operation)}`);
  const who = `node ${JSON.stringify(node)}`;
  if (dig(old, 'spec', 'nodeName') !== node) return no(`${who} can only update pod status for pods with spec.nodeName set to itself`);
  if (!sameJson(stringMap(dig(old, 'metadata', 'labels')), stringMap(dig(object, 'metadata', 'labels'))))
    return no(`${who} cannot update labels through pod status`);
  if (!sameJson(dig(old, 'status', 'resourceClaimStatuses') ?? [], dig(object, 'status', 'resourceClaimStatuses') ?? []))
    return no(`${who} cannot update resource claim statues`);
  return undefined;
}

function claimStatus(node: string, { operation, object, old, target }: Attributes, no: (why: string) => Refusal): Refusal | undefined {
  if (target.subresource !== 'status') return no('may only update PVC status');
  if (operation !== 'UPDATE') return no(`unexpected operation ${JSON.stringify(operation)}`);
  const kept = (claim: unknown) => {
    const metadata = { ...(field(claim, 'metadata') as object | undefined), resourceVersion: '', managedFields: [] };
    const status = Object.entries((field(claim, 'status') as object | undefined) ?? {}).filter(([key]) => !nodesOwn.has(key));
    return { metadata, spec: field(claim, 'spec') ?? {}, status: Object.fromEntries(status) };
  };
  if (sameJson(kept(object), kept(old))) return undefined;
  const difference = unifiedDiff(claimText(asObject(old)), claimText(written(object ?? {}, target)));
  return no(`node ${JSON.stringify(node)} is not allowed to update fields other than status.quantity and status.conditions: ${difference}`);
}

const nodesOwn = new Set(['capacity', 'conditions', 'allocatedResourceStatuses', 'allocatedResources']);

function nodeWrite(node: string, { operation, object, old, name }: Attributes, no: (why: string) => Refusal): Refusal | undefined {
  const who = `node ${JSON.stringify(node)}`;
  if (name !== node) return no(`${who} is not allowed to modify node ${JSON.stringify(name)}`);
  const source = dig(object, 'spec', 'configSource');
  if (operation === 'CREATE') {
    if (source !== undefined) return no(`${who} is not allowed to create pods with a non-nil configSource`);
    const labels = forbiddenLabels(stringMap(dig(object, 'metadata', 'labels')), {});
    return labels.length === 0 ? undefined : no(`${who} is not allowed to set the following labels: ${labels.join(', ')}`);
  }
  if (operation !== 'UPDATE') return undefined;
  if (source !== undefined && !sameJson(source, dig(old, 'spec', 'configSource')))
    return no(`${who} is not allowed to update configSource to a new non-nil configSource`);
  if (!sameJson(dig(object, 'spec', 'taints') ?? [], dig(old, 'spec', 'taints') ?? [])) return no(`${who} is not allowed to modify taints`);
  if (!sameJson(dig(object, 'metadata', 'ownerReferences') ?? [], dig(old, 'metadata', 'ownerReferences') ?? []))
    return no(`${who} is not allowed to modify ownerReferences`);
  const labels = forbiddenLabels(stringMap(dig(object, 'metadata', 'labels')), stringMap(dig(old, 'metadata', 'labels')));
  return labels.length === 0 ? undefined : no(`is not allowed to modify labels: ${labels.join(', ')}`);
}

const kubeletLabels = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);

function forbiddenLabels(now: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): readonly string[] {
  const modified = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => now[key] !== before[key]);
  return modified.filter(isForbidden).sort();
}

function isForbidden(label: string): boolean {
  const slash = label.indexOf('/');
  const domain = slash < 0 ? '' : label.slice(0, slash);
  const within = (suffix: string) => domain === suffix || domain.endsWith(`.${suffix}`);
  if (within('node-restriction.kubernetes.io')) return true;
  if (!within('kubernetes.io') && !within('k8s.io')) return false;
  return !kubeletLabels.has(label) && !within('kubelet.kubernetes.io') && !within('node.kubernetes.io');
}

function tokenRequest(node: string, attributes: Attributes, no: (why: string) => Refusal): Refusal | undefined {
  const { operation, target, object, serving, namespace, user } = attributes;
  if (operation !== 'CREATE' || target.subresource !== 'token') return undefined;
  const reference = dig(object, 'spec', 'boundObjectRef');
  const name = asString(field(reference, 'name')) ?? '';
  if (field(reference, 'apiVersion') !== 'v1' || field(reference, 'kind') !== 'Pod' || name === '')
    return no('node requested token not bound to a pod');
  const uid = asString(field(reference, 'uid')) ?? '';
  if (uid === '') return no('node requested token with a pod binding without a uid');
  const pods = { group: '', resource: 'pods' };
  const found = serving.state.get(pods, namespace, name);
  // Looked up among pods that are known, which are named in the singular.
  if (found === undefined) return notFound({ group: '', resource: 'pod' }, name);
  if (dig(found, 'metadata', 'uid') !== uid)
    return no(
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (dig(found, 'spec', 'nodeName') !== node) return no('node requested token bound to a pod scheduled on a different node');
  const audiences = strings(dig(object, 'spec', 'audiences'));
  if (audiences.length > 1) return no('node may only request 0 or 1 audiences');
  const audience = audiences[0] ?? '';
  const known = audiencesOf(found as unknown as Struct, attributes);
  if (known.audiences.has(audience)) return undefined;
  if (known.lost.length > 0) return no(`error validating audience ${JSON.stringify(audience)}: ${together(known.lost)}`);
  const wanted = request('request-serviceaccounts-token-audience', '', audience, { namespace, name: attributes.name });
  if (asked(attributes, wanted)?.allowed === true) return undefined;
  return no(
    `audience ${JSON.stringify(audience)} not found in pod spec volume, ${user.name} is not authorized to request tokens for this audience`,
  );
}

interface Audiences {
  readonly audiences: ReadonlySet<string>;
  /** What could not be found on the way to a driver. */
  readonly lost: readonly string[];
}

/** The audiences that a pod's volumes name, by themselves or through their CSI drivers. */
function audiencesOf(pod: Struct, { serving, namespace }: Attributes): Audiences {
  const audiences = new Set<string>();
  const lost: string[] = [];
  const found = (group: string, resource: string, singular: string, space: string, name: string): JsonObject | undefined => {
    const object = serving.state.get({ group, resource }, space, name);
    if (object === undefined) lost.push(`${singular} ${JSON.stringify(name)} not found`);
    return object;
  };
  const driverOf = (volume: Struct): string | undefined => {
    const own = asString(structAt(volume, 'csi').driver);
    if (own !== undefined) return own;
    const claim =
      asString(structAt(volume, 'persistentVolumeClaim').claimName) ??
      (volume.ephemeral === undefined ? undefined : `${textIn(structAt(pod, 'metadata'), 'name')}-${textIn(volume, 'name')}`);
    const held = claim === undefined ? undefined : found('', 'persistentvolumeclaims', 'persistentvolumeclaim', namespace, claim);
    if (held === undefined) return undefined;
    const bound = asString(dig(held, 'spec', 'volumeName')) ?? '';
    return asString(dig(found('', 'persistentvolumes', 'persistentvolume', '', bound), 'spec', 'csi', 'driver'));
  };
  for (const volume of structsIn(structAt(pod, 'spec'), 'volumes')) {
    for (const source of structsIn(structAt(volume, 'projected'), 'sources'))
      if (source.serviceAccountToken !== undefined) audiences.add(textIn(structAt(source, 'serviceAccountToken'), 'audience'));
    const driver = driverOf(volume);
    const csi = driver === undefined ? undefined : found('storage.k8s.io', 'csidrivers', 'csidriver.storage.k8s.io', '', driver);
    for (const each of asList(dig(csi, 'spec', 'tokenRequests'))) audiences.add(asString(field(each, 'audience')) ?? '');
  }
  return { audiences, lost };
}

function together(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}
