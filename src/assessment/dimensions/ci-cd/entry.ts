// CI/CD: what stands before the cluster: admission, signatures, and the rights of what delivers.

import { bindingsIn } from '../../../identity/bindings.ts';
import { asString } from '../../../lib/json.ts';
import type { Snapshot } from '../../../snapshot/snapshot.ts';
import { gates, noGateSeen, verifiesSignatures } from '../../admission.ts';
import { type Check, judged, ofControls } from '../../check.ts';
import { isSystem, running, written } from '../../words.ts';

export const entry: readonly Check[] = [
  judged(
    'ci-cd/admission-gate',
    {
      title: 'A gate checks what is admitted',
      fix: 'Enforce Pod Security by namespace labels, or policies by a ValidatingAdmissionPolicy, Kyverno or Gatekeeper.',
      weight: 3,
      hidden: 'in-manifests',
      nothing: noGateSeen,
    },
    gates,
  ),
  judged(
    'ci-cd/signatures-verified',
    {
      title: 'Image signatures are verified before the image runs',
      fix: 'Verify signatures in admission (Kyverno, policy-controller, Connaisseur, Ratify).',
      weight: 3,
      layer: 'container',
      hidden: 'in-manifests',
      nothing: 'no policy about signatures is among the manifests',
    },
    function* ({ snapshot }) {
      if (running(snapshot).length === 0) yield { verdict: 'not-applicable', detail: 'no workload was seen' };
      if (running(snapshot).length === 0) return;
      const policy = verifiesSignatures(snapshot);
      if (policy !== undefined) yield { verdict: 'pass', resource: policy, detail: `${policy.kind} ${policy.name} verifies signatures` };
      else if (snapshot.facts.live) yield { verdict: 'fail', detail: 'no policy that verifies signatures was recognised' };
    },
  ),
  judged(
    'ci-cd/deployer-rights',
    {
      title: 'No pod that delivers holds the token of an administrator',
      fix: 'Give each pipeline a Role in the namespaces it delivers to.',
      weight: 9,
      gate: true,
      controls: ['identity/workload-admin'],
    },
    function* ({ snapshot, scan }) {
      const admins = administrators(snapshot);
      const found = new Set(
        scan.findings
          .filter(({ control, verdict }) => control === 'identity/workload-admin' && verdict === 'fail')
          .map(({ subject }) => `${subject.kind}/${subject.namespace}/${subject.name}`),
      );
      for (const resource of written(snapshot)) {
        if (isSystem(resource)) continue;
        const account = `${resource.namespace}/${asString(resource.pods[0]?.spec.serviceAccountName) ?? 'default'}`;
        const isAdmin = admins.has(account) || found.has(`${resource.kind}/${resource.namespace}/${resource.name}`);
        const path = resource.pods[0]?.at('/serviceAccountName') ?? '';
        yield {
          verdict: isAdmin ? 'fail' : 'pass',
          resource,
          path,
          detail: `ServiceAccount ${account} ${isAdmin ? 'is' : 'is no'} administrator`,
        };
      }
    },
  ),
  ofControls(
    'ci-cd/deployer-tokens',
    {
      title: 'No token of a service account lasts for ever',
      fix: 'Use short-lived tokens (OIDC of the pipeline, TokenRequest).',
      weight: 3,
    },
    ['identity/long-lived-token'],
  ),
];

/** Service accounts that a binding makes cluster-admin, which manifests name without holding the role. */
function administrators(snapshot: Snapshot): ReadonlySet<string> {
  const bindings = bindingsIn(snapshot).filter(
    ({ role, namespace }) => namespace === '' && role.kind === 'ClusterRole' && role.name === 'cluster-admin',
  );
  const subjects = bindings.flatMap((binding) => binding.subjects);
  return new Set(subjects.flatMap(({ kind, namespace, name }) => (kind === 'ServiceAccount' ? [`${namespace ?? ''}/${name}`] : [])));
}
