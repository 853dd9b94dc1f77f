// Secrets kept outside the cluster come in through the Secrets Store CSI driver, and never lie in etcd. Lists the workloads that do not use it;
// a matter of architecture, so off until asked for. Operators that copy from an outside store into Secrets (External Secrets, Vault) leave
// them in etcd and do not count here.

import { asString, dig } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, container, deployment } from '../examples.ts';

export const externalStore = control({
  id: 'secrets/external-store',
  aliases: ['C-0234', 'C-0208'],
  severity: 'low',
  title: 'Workloads take secrets from an external store',
  why: 'A store outside the cluster has its own access control, rotation and audit log, and keeps secrets out of etcd and its backups.',
  fix: 'Mount secrets through the Secrets Store CSI driver with a SecretProviderClass.',
  frameworks: ['cis:5.4.2', 'nsa:secrets', 'owasp:K08'],
  enabled: false,
  on: pods,
  check: ({ pod }) =>
    pod.volumes.some(({ spec }) => (asString(dig(spec, 'csi', 'volumeAttributes', 'secretProviderClass')) ?? '') !== '')
      ? []
      : [fail(pod.at('/volumes'), 'no-store', 'no volume comes from a secret store')],
  examples: {
    pass: () => [
      cluster(
        deployment({
          pod: {
            containers: [container({ volumeMounts: [{ name: 'store', mountPath: '/run/secrets/app', readOnly: true }] })],
            volumes: [
              {
                name: 'store',
                csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true, volumeAttributes: { secretProviderClass: 'app' } },
              },
            ],
          },
        }),
      ),
    ],
    fail: () => [cluster(deployment())],
  },
});
