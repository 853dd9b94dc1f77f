// What kind of API server answers: its release, which API versions and admission plugins are on, and the flags that change answers.
// Defaults are those of kube-apiserver 1.36 (pkg/controlplane/instance.go, pkg/kubeapiserver/options/plugins.go).

import type { FieldNumbers } from '../kube/protobuf/layout.ts';
import type { Release } from '../kube/schema/release.ts';
import { type Features, featuresOf, type Gate } from '../kube/version/feature-gates.ts';
import { compareReleases } from '../kube/version/version.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { PluginConfiguration } from './admission/configuration.ts';
import type { EventLimits } from './admission/event-rate-limit.ts';
import type { Refusal } from './answer.ts';
import type { Calls } from './calls/call.ts';
import type { Tokens } from './reviews/tokens.ts';
import { usualServiceRanges } from './services/ranges.ts';
import type { CheckSignature } from './signatures.ts';
import type { Circumstances, State } from './store/state.ts';

export interface Server {
  readonly release: Release;
  /** Names of the admission plugins that are on. */
  readonly plugins: ReadonlySet<string>;
  /** Feature gates that differ from the release's defaults. */
  readonly gates: ReadonlyMap<string, boolean>;
  /** The feature gates that are on. */
  readonly features: Features;
  /** `--runtime-config`: API versions and resources (`certificates.k8s.io/v1beta1/clustertrustbundles`) turned on or off. */
  readonly runtimeConfig: ReadonlyMap<string, boolean>;
  readonly allowPrivileged: boolean;
  /** `--service-cluster-ip-range`, and what further ServiceCIDRs add. */
  readonly serviceClusterIpRanges: readonly string[];
  /** False where the ranges are a guess: an address that a Service names is taken as inside them. */
  readonly serviceRangesKnown: boolean;
  readonly nodePortRange: readonly [number, number];
  /** How long pods bear nodes that are not ready or not reachable: `--default-not-ready-toleration-seconds`. */
  readonly tolerationSeconds: number;
  /** Audiences of tokens that name none: `--api-audiences`. */
  readonly audiences: readonly string[];
  /** `--admission-control-config-file`: what it says of plugins. */
  readonly configuration?: PluginConfiguration;
}

/** A server and what it works on. */
export interface Serving {
  readonly server: Server;
  readonly state: State;
  readonly circumstances: Circumstances;
  /** The same state as authorizers and analyses read it; without it what needs a decision of theirs is not judged. */
  readonly access?: () => Snapshot;
  /** Who makes and reads tokens; without it tokens are unknown. */
  readonly tokens?: Tokens;
  /** Checks signatures of certificate requests; without it whether one holds is not known. */
  readonly checkSignature?: CheckSignature;
  /** The answers of webhooks; without them what a webhook would say is not known. */
  readonly calls?: Calls;
  /** Numbers of protobuf fields; without them the size of an object of a built-in kind is taken as that of its JSON. */
  readonly fieldNumbers?: FieldNumbers;
  /** True where the store holds manifests: what a cluster has beside them is not known. */
  readonly isPartial?: boolean;
  /** True where what is stored was read without its managed fields: what an apply would answer is not known then. */
  readonly managersUnknown?: boolean;
  /** True where a request is only supposed and nothing is stored: webhooks are told that it is a dry run. */
  readonly isSupposed?: boolean;
  /** The buckets of EventRateLimit, which the server keeps from request to request. */
  readonly eventLimits?: EventLimits;
  /** Hears why a plugin changes an object, as a sentence and what it rests on. */
  readonly because?: (reason: string, ...evidence: readonly string[]) => void;
  /** Makes a namespace as the server itself does for NamespaceAutoProvision. */
  readonly provision?: (namespace: string) => Refusal | undefined;
  /** Writes what is used of a quota as the server itself does for ResourceQuota. */
  readonly charge?: (quota: JsonObject) => Refusal | undefined;
}

/** On unless `--disable-admission-plugins` names them. */
export const defaultPlugins: readonly string[] = [
  'NamespaceLifecycle',
  'LimitRanger',
  'ServiceAccount',
  'TaintNodesByCondition',
  'PodSecurity',
  'Priority',
  'DefaultTolerationSeconds',
  'DefaultStorageClass',
  'StorageObjectInUseProtection',
  'PodGroupProtection',
  'PersistentVolumeClaimResize',
  'RuntimeClass',
  'CertificateApproval',
  'CertificateSigning',
  'ClusterTrustBundleAttest',
  'CertificateSubjectRestriction',
  'DefaultIngressClass',
  'PodTopologyLabels',
  'PodGroupWorkloadExists',
  'NodeDeclaredFeatureValidator',
  'JobValidation',
  'PodResizeValidator',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
  'ResourceQuota',
];

/** The plugins of a cluster as kubeadm and the providers set it up. */
export const usualPlugins: ReadonlySet<string> = new Set([...defaultPlugins, 'NodeRestriction']);

/**
 * A server of a release with default flags, but for what is given. The range of Services has no default that clusters keep: where none is given the
 * usual one is assumed, and an address that a Service names is taken as inside it. Clusters have NodeRestriction on too: see `usualPlugins`.
 */
export function apiServer(release: Release, options: Partial<Omit<Server, 'release' | 'features'>> = {}): Server {
  return {
    release,
    plugins: new Set(defaultPlugins),
    gates: new Map(),
    features: featuresOf(release.minor, options.gates),
    runtimeConfig: new Map(),
    allowPrivileged: true,
    serviceClusterIpRanges: [usualServiceRanges.IPv4],
    serviceRangesKnown: options.serviceClusterIpRanges !== undefined,
    nodePortRange: [30000, 32767],
    tolerationSeconds: 300,
    audiences: ['https://kubernetes.default.svc.cluster.local'],
    ...options,
  };
}

/** Beta versions that servers of their time served unasked; since 1.24 new ones are off by default (KEP-3136). */
const betaOnBefore: Readonly<Record<string, string>> = {
  'flowcontrol.apiserver.k8s.io/v1beta1': '1.26',
  'flowcontrol.apiserver.k8s.io/v1beta2': '1.29',
  'flowcontrol.apiserver.k8s.io/v1beta3': '1.32',
  'storage.k8s.io/v1beta1': '1.27',
};

/** Resources that are there only where a feature is on, whichever versions are served. */
const gatedResources: Readonly<Record<string, Gate>> = {
  clustertrustbundles: 'ClusterTrustBundle',
  podcertificaterequests: 'PodCertificateRequest',
  podgroups: 'GenericWorkload',
  workloads: 'GenericWorkload',
  storageversionmigrations: 'StorageVersionMigrator',
};

/** True where the server serves the resource of the API version. */
export function isServed({ release, runtimeConfig, features }: Server, apiVersion: string, resource: string): boolean {
  const plural = resource.split('/')[0] ?? '';
  const gate = Object.hasOwn(gatedResources, plural) ? gatedResources[plural] : undefined;
  if (gate !== undefined && !features.has(gate) && compareReleases(release.minor, '1.36') <= 0) return false;
  if (runtimeConfig.size > 0) {
    const stage = /alpha/.test(apiVersion) ? 'alpha' : /beta/.test(apiVersion) ? 'beta' : 'ga';
    const names = [`${apiVersion}/${plural}`, apiVersion, `api/${stage}`, 'api/all'];
    const chosen = names.map((name) => runtimeConfig.get(name)).find((each) => each !== undefined);
    if (chosen !== undefined) return chosen;
  }
  if (!/v[0-9]+(?:alpha|beta)[0-9]+$/.test(apiVersion)) return true;
  const until = betaOnBefore[apiVersion];
  return until !== undefined && compareReleases(release.minor, until) < 0;
}
