// Gatekeeper's K8sAllowedRepos compares the start of an image's name with `repos`. A prefix that does not end at a boundary also allows
// names that only begin like it: `registry.example.com` allows `registry.example.com.evil.io/app`.

import { asList, dig } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';

export const gatekeeperRepoPrefix = control({
  id: 'namespace/gatekeeper-repo-prefix',
  aliases: [],
  severity: 'medium',
  title: 'Repositories that Gatekeeper allows end at a boundary',
  why: 'An open-ended prefix lets an attacker register a name that begins the same and have the image admitted.',
  fix: 'End each entry of spec.parameters.repos with a slash, or with a tag or digest separator.',
  frameworks: ['owasp:K02', 'owasp:K04', 'attack:T1525'],
  on: objects('constraints.gatekeeper.sh/K8sAllowedRepos', 'constraints.gatekeeper.sh/K8sAllowedReposv2'),
  check: ({ object }) =>
    asList(dig(object, 'spec', 'parameters', 'repos')).flatMap((repo, index) =>
      typeof repo === 'string' && !/[/:@*]$/.test(repo) && !/[:@][^/]+$/.test(repo)
        ? [fail(`/spec/parameters/repos/${index}`, 'open-ended', `"${repo}" also allows names that only begin like it`)]
        : [],
    ),
  repair: ({ path }, object) => {
    const repo = dig(object, 'spec', 'parameters', 'repos', Number(path.slice(path.lastIndexOf('/') + 1)));
    return typeof repo === 'string' ? [{ op: 'replace', path, value: `${repo}/` }] : undefined;
  },
  examples: {
    pass: () => [cluster(constraint('registry.example.com/'))],
    fail: () => [cluster(constraint('registry.example.com'))],
  },
});

function constraint(repo: string) {
  return {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: 'K8sAllowedRepos',
    metadata: { name: 'repos' },
    spec: { match: { kinds: [{ apiGroups: [''], kinds: ['Pod'] }] }, parameters: { repos: [repo] } },
  };
}
