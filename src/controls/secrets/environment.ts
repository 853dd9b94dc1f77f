// Credentials written out in the environment of a container: everybody who may read the workload reads them, and so does whoever sees the
// manifest, the process list or a crash report. Kubernetes has Secrets for them.

import { asString } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer, withInitContainer } from '../examples.ts';
import { looksLike, parameters, settingsOf } from './credentials.ts';

export const environment = control({
  id: 'secrets/environment',
  aliases: ['C-0259', 'C-0012', 'rule:rule-credentials-in-env-var', 'env-var-secret', 'sensitiveContainerEnvVar', 'POD-025'],
  severity: 'high',
  title: 'The environment of containers holds no credentials',
  why: 'A credential in a manifest is in version control, in every backup and in the hands of everybody who may read the workload.',
  fix: 'Put the value into a Secret, mount it as a file, and change the credential, which is known now.',
  frameworks: ['cis:5.4.1', 'nsa:secrets', 'stig:V-242415', 'attack:T1552.001', 'matrix:MS-TA9027', 'owasp:K08', 'pci:6.1.a'],
  parameters,
  on: pods,
  check: ({ containers }, context) => {
    const settings = settingsOf(context.parameters);
    return containers.flatMap((container) =>
      container.env.flatMap(({ spec, path }) => {
        const name = asString(spec.name) ?? '';
        const what = looksLike(name, asString(spec.value) ?? '', settings);
        return what === undefined
          ? []
          : [
              fail(`${path}/name`, 'credential', `variable "${name}" of container "${container.name}" holds ${what}`, {
                container: container.name,
              }),
            ];
      }),
    );
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(withContainer({ env: [{ name: 'TOKEN_PATH', value: '/var/run/token' }] }))],
    fail: () => [
      cluster(withContainer({ env: [{ name: 'DB_PASSWORD', value: 'correct horse' }] })),
      cluster(withInitContainer({ env: [{ name: 'DB_URL', value: 'postgres://app:horse@db/app' }] })),
    ],
  },
});
