// CI/CD: what workflows and pipelines of the repository do, and what they may do. GitHub Actions and GitLab CI.

import { type Check, type CheckContext, judged } from '../../check.ts';
import { secretsIn } from '../../repository/dockerfile.ts';
import { isPinned, type Workflow, workflowOf } from '../../repository/workflow.ts';

const noWorkflow = 'no workflow was seen';

export const pipelines: readonly Check[] = [
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
];

function workflows({ repository }: CheckContext): readonly Workflow[] {
  return repository.flatMap((file) => (file.kind === 'github-workflow' ? (workflowOf(file) ?? []) : []));
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
