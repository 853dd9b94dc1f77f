// No object uses an API version that the target release has marked as deprecated: it works now, and stops working at a later upgrade.

import { apiVersionOf } from '../../kube/object.ts';
import { lifecycleOf } from '../../kube/version/deprecations.ts';
import { compareReleases } from '../../kube/version/version.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { advice, everyResource, servedVersion } from './api-versions.ts';

export const apiVersionDeprecated = control({
  id: 'hygiene/api-version-deprecated',
  aliases: ['KSV-0107', 'stable-version', 'kubernetes-evaluate-k8s-deprecated-removed-apis'],
  severity: 'low',
  title: 'API versions are not deprecated',
  why: 'A later upgrade of the cluster stops serving the version, and the object can then no longer be applied.',
  fix: 'Write the object in the version that replaces it, before the upgrade that removes the old one.',
  frameworks: [],
  on: everyResource,
  check: (resource, { snapshot }) => {
    const target = snapshot.facts.kubernetesVersion;
    const lifecycle = lifecycleOf(apiVersionOf(resource), resource.kind);
    if (lifecycle?.deprecated === undefined || compareReleases(lifecycle.deprecated, target) > 0) return [];
    const { removed } = lifecycle;
    if (removed !== undefined && compareReleases(removed, target) <= 0) return [];
    const end = removed === undefined ? '' : ` and goes in ${removed}`;
    return [
      fail(
        '/apiVersion',
        'deprecated',
        `${apiVersionOf(resource)} ${resource.kind} is deprecated since Kubernetes ${lifecycle.deprecated}${end}; ${advice(lifecycle)}`,
      ),
    ];
  },
  repair: (_outcome, object) => servedVersion(object),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster({
        apiVersion: 'storagemigration.k8s.io/v1beta1',
        kind: 'StorageVersionMigration',
        metadata: { name: 'secrets' },
        spec: { resource: { group: '', resource: 'secrets' } },
      }),
      cluster({
        apiVersion: 'admissionregistration.k8s.io/v1beta1',
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name: 'defaults' },
        spec: { policyName: 'defaults' },
      }),
    ],
  },
});
