// CI/CD: is what runs what was reviewed, built once, checked, and put there by a machine? Files of the repository and objects of the cluster.

import { bindingsIn } from '../../identity/bindings.ts';
import { asList, asString, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { gates, noGateSeen, verifiesSignatures } from '../admission.ts';
import { type Check, type CheckContext, type Judgement, judged, ofControls } from '../check.ts';
import { managedBy } from '../delivery.ts';
import { fromOf, secretsIn, userOf } from '../repository/dockerfile.ts';
import type { RepositoryFile } from '../repository/file.ts';
import { isPinned, type Workflow, workflowOf } from '../repository/workflow.ts';
import { isSystem, running, written } from '../words.ts';

const noWorkflow = 'no workflow was seen';
const noDockerfile = 'no Dockerfile was seen';

export const ciCd: readonly Check[] = [
  judged(
    'ci-cd/actions-pinned',
    {
      title: 'Actions are pinned by commit',
      fix: 'Name actions by the 40 digits of a commit; let a tool update them.',
      weight: 9,
      needs: ['repository'],
      layer: 'code',
      phase: 'develop',
      nothing: noWorkflow,
    },
    function* (context) {
      for (const { file, uses } of workflows(context))
        for (const { text, line } of uses)
          yield {
            verdict: isPinned(text) ? 'pass' : 'fail',
            file: file.path,
            line,
            detail: `uses ${text}, which ${isPinned(text) ? 'cannot change' : 'others can change'}`,
          };
    },
  ),
  judged(
    'ci-cd/workflow-permissions',
    {
      title: 'Workflows name the rights of their token',
      fix: 'Write `permissions: {contents: read}` at the top and add what a job needs.',
      weight: 3,
      needs: ['repository'],
      layer: 'code',
      phase: 'develop',
      nothing: noWorkflow,
    },
    function* (context) {
      for (const { file, permissions } of workflows(context))
        yield {
          verdict: permissions === 'narrow' ? 'pass' : 'fail',
          file: file.path,
          detail:
            permissions === 'absent'
              ? 'its token has the rights of the repository default'
              : permissions === 'narrow'
                ? 'names its rights'
                : 'its token may write everything',
        };
    },
  ),
  pipelineStep(
    'ci-cd/scan-step',
    'Images or dependencies are scanned in the pipeline',
    'Add a step that scans the image and fails on what is critical.',
    3,
    /\b(?:trivy|grype|snyk|clair|anchore|scout|osv-scanner|cofferdam|govulncheck|npm audit|codeql|semgrep)\b/,
  ),
  pipelineStep(
    'ci-cd/sign-step',
    'Images are signed in the pipeline',
    'Sign images with cosign or notation, without keys that live long.',
    3,
    /\b(?:cosign|notation sign|attest-build-provenance|slsa-github-generator|gitsign)\b/,
  ),
  pipelineStep(
    'ci-cd/sbom-step',
    'Builds write down what is inside',
    'Write an SBOM with the build (syft, `docker build --sbom`) and keep it with the image.',
    1,
    /\b(?:syft|cyclonedx|spdx|sbom|bom)\b/,
  ),
  pipelineStep(
    'ci-cd/manifest-check-step',
    'Manifests are checked before they are merged',
    'Run `cofferdam scan` over the manifests of each pull request.',
    3,
    /\b(?:cofferdam|kubeconform|kubeval|kube-linter|kubesec|checkov|conftest|kyverno|polaris|kubescape|datree)\b/,
  ),
  judged(
    'ci-cd/pipeline-secrets',
    {
      title: 'No credential is written into pipelines and Dockerfiles',
      fix: 'Take it away, make a new one, and read it from the secret store of the pipeline.',
      weight: 9,
      gate: true,
      needs: ['repository'],
      layer: 'code',
      phase: 'develop',
      nothing: 'no pipeline or Dockerfile was seen',
    },
    function* ({ repository }) {
      for (const file of repository) {
        const found = secretsIn(file.text);
        if (found.length === 0) yield { verdict: 'pass', file: file.path, detail: 'no credential was recognised' };
        for (const { line, what } of found)
          yield { verdict: 'fail', file: file.path, line, detail: `line ${line} holds what looks like ${what}` };
      }
    },
  ),
  judged(
    'ci-cd/base-images-fixed',
    {
      title: 'Base images are named by digest',
      fix: 'Write `FROM image:tag@sha256:…`.',
      weight: 3,
      needs: ['repository'],
      layer: 'code',
      phase: 'develop',
      nothing: noDockerfile,
    },
    function* ({ repository }) {
      for (const file of dockerfiles(repository))
        for (const { image, line } of fromOf(file.text))
          yield { verdict: image.includes('@sha256:') ? 'pass' : 'fail', file: file.path, line, detail: `FROM ${image}` };
    },
  ),
  judged(
    'ci-cd/images-without-root',
    {
      title: 'Images do not run as root',
      fix: 'Add `USER 10001` after the last `FROM`.',
      weight: 3,
      needs: ['repository'],
      layer: 'container',
      phase: 'develop',
      nothing: noDockerfile,
    },
    function* ({ repository }) {
      for (const file of dockerfiles(repository)) {
        const { user, line } = userOf(file.text);
        const root = user === undefined || /^(?:root|0)(?::|$)/.test(user);
        yield {
          verdict: root ? 'fail' : 'pass',
          file: file.path,
          line,
          detail: user === undefined ? 'names no USER: it runs as its base image does, usually root' : `USER ${user}`,
        };
      }
    },
  ),
  judged(
    'ci-cd/code-owners',
    {
      title: 'Changes have reviewers by path',
      fix: 'Add a CODEOWNERS file.',
      weight: 1,
      needs: ['repository'],
      layer: 'code',
      phase: 'develop',
    },
    inRepository('code-owners', 'CODEOWNERS file'),
  ),
  judged(
    'ci-cd/dependency-updates',
    {
      title: 'Dependencies are updated by a tool',
      fix: 'Set up Dependabot or Renovate.',
      weight: 1,
      needs: ['repository'],
      layer: 'code',
      phase: 'develop',
    },
    inRepository('dependency-updates', 'setting of Dependabot or Renovate'),
  ),
  judged(
    'ci-cd/delivered-from-git',
    {
      title: 'Workloads are put there from Git',
      fix: 'Let Argo CD or Flux deliver what is merged; take people out of the way.',
      weight: 3,
      needs: ['live'],
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot)) {
        const by = managedBy(resource);
        yield {
          verdict: by === undefined ? 'fail' : 'pass',
          resource,
          path: '/metadata',
          detail: `${resource.kind} ${resource.name} ${by === undefined ? 'bears no mark of Argo CD, Flux or Helm' : `is delivered by ${by}`}`,
        };
      }
    },
  ),
  judged(
    'ci-cd/in-sync',
    {
      title: 'What is delivered is what Git says, and healthy',
      fix: 'Look into the Applications and Kustomizations that differ.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
      nothing: 'neither Argo CD nor Flux delivers here',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'argoproj.io', 'Application')) {
        const [sync, health] = [
          asString(dig(resource.object, 'status', 'sync', 'status')),
          asString(dig(resource.object, 'status', 'health', 'status')),
        ];
        yield {
          verdict: sync === undefined ? 'unknown' : sync === 'Synced' && health === 'Healthy' ? 'pass' : 'fail',
          resource,
          path: '/status',
          detail: `Application ${resource.name} is ${sync ?? 'of unknown state'}, ${health ?? 'of unknown health'}`,
        };
      }
      for (const [group, kind] of [
        ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
        ['helm.toolkit.fluxcd.io', 'HelmRelease'],
      ] as const)
        for (const resource of ofKind(snapshot, group, kind)) {
          const ready = field(
            asList(dig(resource.object, 'status', 'conditions')).find((one) => field(one, 'type') === 'Ready'),
            'status',
          );
          yield {
            verdict: ready === undefined ? 'unknown' : ready === 'True' ? 'pass' : 'fail',
            resource,
            path: '/status/conditions',
            detail: `${kind} ${resource.name} is ${ready === 'True' ? '' : 'not '}ready`,
          };
        }
    },
  ),
  judged(
    'ci-cd/manual-edits',
    {
      title: 'Nobody edits workloads by hand',
      fix: 'Make the change in Git; take away the right to edit in production.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot)) {
        const managers = asList(dig(resource.object, 'metadata', 'managedFields')).map((one) => asString(field(one, 'manager')) ?? '');
        const hand = managers.find((name) => /^kubectl-(?:edit|patch|set|scale|label|annotate|rollout|create)/.test(name));
        yield {
          verdict: managers.length === 0 ? 'unknown' : hand === undefined ? 'pass' : 'fail',
          resource,
          path: '/metadata/managedFields',
          detail: managers.length === 0 ? 'who wrote it was not read' : `written by ${hand ?? 'machines'}`,
        };
      }
    },
  ),
  judged(
    'ci-cd/same-digest',
    {
      title: 'Environments run the same build of an image',
      fix: 'Promote the digest from one environment to the next; do not build again.',
      weight: 3,
      nothing: 'no image is named by digest in several namespaces',
    },
    function* ({ snapshot }) {
      const uses = written(snapshot).flatMap((resource) =>
        resource.pods.flatMap(({ containers }) =>
          containers.flatMap(({ image }) => {
            const [name = '', digest] = (image ?? '').split('@');
            return digest === undefined ? [] : [{ resource, name: name.replace(/:[^/:]*$/, ''), digest }];
          }),
        ),
      );
      for (const [name, own] of Map.groupBy(uses, (one) => one.name)) {
        if (new Set(own.map(({ resource }) => resource.namespace)).size < 2) continue;
        const digests = new Set(own.map(({ digest }) => digest)).size;
        yield {
          verdict: digests === 1 ? 'pass' : 'fail',
          ...(own[0] === undefined ? {} : { resource: own[0].resource }),
          detail: `${name} runs in ${digests} builds`,
        };
      }
    },
  ),
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
  judged(
    'ci-cd/progressive-delivery',
    {
      title: 'New versions are tried on a part of the load first',
      fix: 'Use Argo Rollouts, Flagger, or weights of Gateway routes.',
      weight: 1,
    },
    function* ({ snapshot }) {
      const own = running(snapshot);
      if (own.length === 0) return;
      const tool = ofKind(snapshot, 'argoproj.io', 'Rollout')[0] ?? ofKind(snapshot, 'flagger.app', 'Canary')[0];
      yield {
        verdict: tool === undefined ? 'fail' : 'pass',
        ...(tool === undefined ? {} : { resource: tool }),
        detail: tool === undefined ? 'neither Argo Rollouts nor Flagger is used' : `${tool.kind} ${tool.name}`,
      };
    },
  ),
  judged(
    'ci-cd/releases',
    {
      title: 'Deployments were released within 90 days',
      fix: 'Rebuild and release at least quarterly, so that base images are patched.',
      weight: 1,
      needs: ['live'],
      phase: 'runtime',
    },
    function* ({ snapshot, now }) {
      const sets = Map.groupBy(
        ofKind(snapshot, 'apps', 'ReplicaSet'),
        (one) => `${one.namespace}/${asString(dig(one.object, 'metadata', 'ownerReferences', 0, 'name')) ?? ''}`,
      );
      for (const resource of ofKind(snapshot, 'apps', 'Deployment')) {
        const times = (sets.get(`${resource.namespace}/${resource.name}`) ?? [])
          .map(({ object }) => Date.parse(asString(dig(object, 'metadata', 'creationTimestamp')) ?? ''))
          .filter(Number.isFinite);
        if (times.length === 0) continue;
        const age = Math.floor((now - Math.max(...times)) / 86_400_000);
        yield {
          verdict: age <= 90 ? 'pass' : 'fail',
          resource,
          detail: `last released ${age} days ago; ${times.length} releases are kept`,
        };
      }
    },
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

function workflows({ repository }: CheckContext): readonly Workflow[] {
  return repository.flatMap((file) => (file.kind === 'github-workflow' ? (workflowOf(file) ?? []) : []));
}

function dockerfiles(repository: readonly RepositoryFile[]): readonly RepositoryFile[] {
  return repository.filter(({ kind }) => kind === 'dockerfile');
}

/** Whether the repository has a file of a kind. */
function inRepository(kind: RepositoryFile['kind'], what: string): (context: CheckContext) => readonly Judgement[] {
  return ({ repository }) => [
    present(
      repository.some((file) => file.kind === kind),
      what,
    ),
  ];
}

function present(there: boolean, what: string): Judgement {
  return { verdict: there ? 'pass' : 'fail', detail: `there is ${there ? 'a' : 'no'} ${what}` };
}

/** A check that some pipeline of the repository runs one of these tools. */
function pipelineStep(id: string, title: string, fix: string, weight: 1 | 3, tools: RegExp): Check {
  return judged(
    id,
    { title, fix, weight, needs: ['repository'], layer: 'code', phase: 'distribute', nothing: 'no pipeline was seen' },
    function* (context) {
      const pipelines = [
        ...workflows(context).map(({ file, words }) => ({ file, words })),
        ...context.repository.filter(({ kind }) => kind === 'gitlab-pipeline').map((file) => ({ file, words: file.text.toLowerCase() })),
      ];
      if (pipelines.length === 0) return;
      const found = pipelines.find(({ words }) => tools.test(words));
      if (found !== undefined) yield { verdict: 'pass', file: found.file.path, detail: 'a step does' };
      else yield { verdict: 'fail', detail: `none of ${pipelines.length} pipelines has a step that was recognised` };
    },
  );
}
