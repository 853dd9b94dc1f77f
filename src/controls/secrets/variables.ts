// Secrets handed over in environment variables. Unlike a file, a variable is inherited by every process the program starts, ends up in crash
// reports and debug pages, and keeps its old value until the pod restarts. Two controls, as kubescape and others tell the two forms apart.

import { type Control, control, fail, type PodSubject, pods } from '../control.ts';
import { cluster, deployment, withContainer, withInitContainer } from '../examples.ts';
import { type Reference, referencesOf } from './references.ts';

const why =
  'Variables are inherited by every child process and show up in crash reports, debug pages and `kubectl describe` of the program.';
const fix = 'Mount the Secret as a volume and let the program read the file.';
const frameworks = ['cis:5.4.1', 'nsa:secrets', 'stig:V-242415', 'attack:T1552', 'owasp:K08'] as const;

function secretsAs(how: Reference['how'], detail: (reference: Reference) => string) {
  return ({ pod }: PodSubject) =>
    referencesOf(pod)
      .filter((reference) => reference.kind === 'Secret' && reference.how === how)
      .map((reference) =>
        fail(
          reference.path,
          'in-environment',
          detail(reference),
          reference.container === undefined ? {} : { container: reference.container },
        ),
      );
}

export const secretVariables: Control = control({
  id: 'secrets/variables',
  aliases: ['C-0207', 'CKV_K8S_35', 'read-secret-from-env-var'],
  severity: 'low',
  title: 'Containers read Secrets from files, not from variables',
  why,
  fix,
  frameworks,
  on: pods,
  check: secretsAs('variable', ({ name, container }) => `container "${container}" takes Secret "${name}" as a variable`),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withContainer({ env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] })),
      cluster(withInitContainer({ env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] })),
    ],
  },
});

export const secretEnvironment: Control = control({
  id: 'secrets/all-variables',
  aliases: ['C-0207', 'C-0259', 'CKV_K8S_35', 'read-secret-from-env-var'],
  severity: 'medium',
  title: 'Containers do not take whole Secrets as variables',
  why: 'envFrom hands over every entry of a Secret, those included that the program does not need and those that are added later.',
  fix,
  frameworks,
  on: pods,
  check: secretsAs('all variables', ({ name, container }) => `container "${container}" takes all of Secret "${name}" as variables`),
  examples: {
    pass: () => [cluster(withContainer({ envFrom: [{ configMapRef: { name: 'app' } }] }))],
    fail: () => [
      cluster(withContainer({ envFrom: [{ secretRef: { name: 'db' } }] })),
      cluster(withInitContainer({ envFrom: [{ secretRef: { name: 'db' } }] })),
    ],
  },
});
