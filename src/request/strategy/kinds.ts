// Strategies of kinds that make no pods.

import { ensured, type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asList, dig, type Json } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { Strategy } from './strategy.ts';

const counted: Strategy = { generation: true };
const reported: Strategy = { status: true };
const both: Strategy = { generation: true, status: true };

export const generalKinds: Readonly<Record<string, Strategy>> = {
  'scheduling.k8s.io/PriorityClass': counted,
  'networking.k8s.io/IngressClass': counted,
  'networking.k8s.io/NetworkPolicy': counted,
  'networking.k8s.io/Ingress': both,
  'networking.k8s.io/ServiceCIDR': reported,
  'discovery.k8s.io/EndpointSlice': { generation: true, prepare: dropTopology },
  'policy/PodDisruptionBudget': both,
  'autoscaling/HorizontalPodAutoscaler': reported,
  'resource.k8s.io/ResourceSlice': { generation: true, prepare: timeTaints },
  'resource.k8s.io/DeviceClass': counted,
  'resource.k8s.io/DeviceTaintRule': both,
  'resource.k8s.io/ResourceClaim': reported,
  'resource.k8s.io/ResourcePoolStatusRequest': reported,
  'scheduling.k8s.io/PodGroup': reported,
  'internal.apiserver.k8s.io/StorageVersion': reported,
  'flowcontrol.apiserver.k8s.io/FlowSchema': both,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': both,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': both,
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': counted,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': counted,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': counted,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': counted,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': counted,
  'apiextensions.k8s.io/CustomResourceDefinition': { generation: true, prepare: prepareDefinition },
  'apiregistration.k8s.io/APIService': { status: true, prepare: prepareApiService },
  'storage.k8s.io/VolumeAttachment': reported,
  'storagemigration.k8s.io/StorageVersionMigration': reported,
  '/LimitRange': { prepare: nameLimitRange },
  '/ResourceQuota': reported,
  '/Service': reported,
  '/Namespace': { prepare: prepareNamespace },
  '/PersistentVolume': { prepare: prepareVolume },
  '/PersistentVolumeClaim': { status: true, prepare: prepareClaim },
  '/ServiceAccount': { prepare: keepSecretNames },
  'certificates.k8s.io/CertificateSigningRequest': { status: true, prepare: recordRequester },
  'certificates.k8s.io/PodCertificateRequest': reported,
};

function prepareNamespace(namespace: Struct): void {
  namespace.status = { phase: 'Active' };
  const spec = ensured(namespace, 'spec');
  const finalizers = asList(spec.finalizers);
  if (!finalizers.includes('kubernetes')) spec.finalizers = [...finalizers, 'kubernetes'];
}

/** A range that nobody named is named by chance. */
function nameLimitRange(range: Struct, { serving }: Attributes): void {
  const metadata = ensured(range, 'metadata');
  if ((metadata.name ?? '') === '') metadata.name = serving.circumstances.uid();
}

function prepareVolume(volume: Struct, { serving }: Attributes): void {
  volume.status = { phase: 'Pending', lastPhaseTransitionTime: serving.circumstances.now };
}

/** Before its conditions are known, a definition has an empty status. */
function prepareDefinition(definition: Struct): void {
  definition.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: storedVersions(definition) };
}

/** Of several storage versions, which validation refuses, the first counts. */
function storedVersions(definition: Struct): Json {
  const versions = asList(ensured(definition, 'spec').versions);
  const stored = versions.find((version) => (version as unknown as Struct).storage === true) as unknown as Struct | undefined;
  return stored === undefined ? [] : [typeof stored.name === 'string' ? stored.name : ''];
}

/** Only claims and snapshots may be a `dataSource`; it and `dataSourceRef` stand for each other. */
function prepareClaim(claim: Struct, { old, serving }: Attributes): void {
  const spec = ensured(claim, 'spec');
  const elsewhere = textIn(structAt(spec, 'dataSourceRef'), 'namespace') !== '' && dig(old, 'spec', 'dataSourceRef') === undefined;
  if (elsewhere && !serving.server.features.has('CrossNamespaceVolumeDataSource')) delete spec.dataSourceRef;
  const source = spec.dataSource as unknown as Struct | undefined;
  const inUse = dig(old, 'spec', 'dataSource') !== undefined || dig(old, 'spec', 'dataSourceRef') !== undefined;
  if (source !== undefined && spec.dataSourceRef === undefined && !inUse) {
    const isClaim = source.kind === 'PersistentVolumeClaim' && (source.apiGroup ?? '') === '';
    const isSnapshot = source.kind === 'VolumeSnapshot' && source.apiGroup === 'snapshot.storage.k8s.io';
    if (!isClaim && !isSnapshot) delete spec.dataSource;
  }
  if (spec.dataSource !== undefined && spec.dataSourceRef === undefined) spec.dataSourceRef = { ...(spec.dataSource as object) };
  else if (spec.dataSource === undefined && spec.dataSourceRef !== undefined) {
    const reference = spec.dataSourceRef as unknown as Struct;
    if (reference.namespace === undefined || reference.namespace === '') spec.dataSource = { ...(spec.dataSourceRef as object) };
  }
}

/** Taints of devices say when they were made. */
export function timeTaints(slice: Struct, { serving }: Attributes): void {
  for (const device of structsIn(structAt(slice, 'spec'), 'devices'))
    for (const taint of structsIn(device, 'taints')) taint.timeAdded ??= serving.circumstances.now;
}

function keepSecretNames(account: Struct): void {
  const secrets = asList(account.secrets);
  if (secrets.length > 0) account.secrets = secrets.map((secret) => onlyName(secret));
}

function onlyName(reference: Json): Json {
  const { name } = reference as unknown as Struct;
  return name === undefined ? {} : { name };
}

function recordRequester(request: Struct, { user }: Attributes): void {
  const spec = ensured(request, 'spec');
  for (const key of ['uid', 'extra']) delete spec[key];
  spec.username = user.name;
  spec.groups = user.groups as Json;
  if (user.uid !== undefined && user.uid !== '') spec.uid = user.uid;
  if (user.extra !== undefined && Object.keys(user.extra).length > 0) spec.extra = user.extra as Json;
}

function prepareApiService(service: Struct): void {
  const spec = ensured(service, 'spec');
  if (spec.service === undefined)
    service.status = {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastTransitionTime: null,
          reason: 'Local',
          message: 'Local APIServices are always available',
        },
      ],
    };
}

/** Writes to this field by v1 are dropped. */
function dropTopology(slice: Struct): void {
  for (const endpoint of structsIn(slice, 'endpoints')) delete endpoint.deprecatedTopology;
}
