// The target release serves the API version of every object. Removed versions by the table of deprecations, kinds and versions that a release
// never had or does not have yet by its published resources. Alpha and beta versions count as served: a cluster may have turned them on.

import { apiVersionOf, groupVersion } from '../../kube/object.ts';
import { schemasOf } from '../../kube/schema/load.ts';
import { isBuiltInGroup } from '../../kube/schema/validate.ts';
import { apiLifecycles, lifecycleOf } from '../../kube/version/deprecations.ts';
import { compareReleases } from '../../kube/version/version.ts';
import type { ClusterFacts, Resource } from '../../snapshot/snapshot.ts';
import { control, fail, notApplicable, type Outcome, unknown } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { advice, everyResource, servedVersion } from './api-versions.ts';

/** Documents that carry a built-in API version and are no objects of a cluster. */
const elsewhere = new Set(['v1/Config', 'v1/List', 'v1/Status', 'v1/DeleteOptions', 'v1/WatchEvent', 'v1/SerializedReference']);
const formerGroups = new Set(apiLifecycles.map(({ apiVersion }) => groupVersion(apiVersion).group));

export const apiVersionServed = control({
  id: 'hygiene/api-version-served',
  aliases: ['no-extensions-v1beta', 'KSV-0107', 'stable-version', 'kubernetes-evaluate-k8s-deprecated-removed-apis'],
  severity: 'high',
  title: 'API versions are served by the target Kubernetes release',
  why: 'The object cannot be applied; what it should protect or restore is missing when it is needed.',
  fix: 'Write the object in the version that the release serves; some fields may have moved.',
  frameworks: [],
  on: everyResource,
  check: (resource, { snapshot }) => judge(resource, snapshot.facts),
  repair: (outcome, object) => (outcome.reason === 'too-new' ? undefined : servedVersion(object)),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster({
        apiVersion: 'policy/v1beta1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'api', namespace: 'shop' },
        spec: {
          minAvailable: 1,
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
          selector: { matchLabels: { 'app.kubernetes.io/name': 'api' } },
        },
      }),
      cluster({ apiVersion: 'v1', kind: 'RuntimeClass', metadata: { name: 'sandboxed' }, handler: 'sandboxed' }),
    ],
  },
});

function judge(resource: Resource, { kubernetesVersion: target, distribution }: ClusterFacts): readonly Outcome[] {
  const { group, kind } = resource;
  const apiVersion = apiVersionOf(resource);
  const lifecycle = lifecycleOf(apiVersion, kind);
  if (lifecycle?.removed !== undefined && compareReleases(lifecycle.removed, target) <= 0)
    return [
      fail('/apiVersion', 'removed', `${apiVersion} ${kind} is not served since Kubernetes ${lifecycle.removed}; ${advice(lifecycle)}`),
    ];
  if (lifecycle !== undefined && compareReleases(lifecycle.introduced, target) > 0)
    return [fail('/apiVersion', 'too-new', `${apiVersion} ${kind} is served from Kubernetes ${lifecycle.introduced} on, not by ${target}`)];
  const release = schemasOf(target);
  if (release === undefined)
    return formerGroups.has(group) && lifecycle === undefined
      ? [
          unknown(
            '/apiVersion',
            'no-schemas',
            `no data are loaded for Kubernetes ${target}, so it is not known whether it serves ${apiVersion} ${kind}`,
          ),
        ]
      : [];
  if (!isBuiltInGroup(group, release)) return [notApplicable('custom', 'custom kinds are served by their definitions')];
  if (release.knows(apiVersion, kind) || elsewhere.has(`${apiVersion}/${kind}`) || release.resourceOf(apiVersion, kind) !== undefined)
    return [];
  if (distribution === 'openshift' && group === '')
    return [
      unknown('/apiVersion', 'distribution', `Kubernetes serves no ${kind} in ${apiVersion}; whether OpenShift does is not known here`),
    ];
  const where = release.apiVersions.find((candidate) => release.resourceOf(candidate, kind) !== undefined);
  const hint = where === undefined ? 'no group has such a kind' : `${kind} is a kind of ${where}`;
  return [fail('/apiVersion', 'unknown-kind', `Kubernetes ${target} serves no ${kind} in ${apiVersion}; ${hint}`)];
}
