// EncryptionConfiguration (apiserver.config.k8s.io/v1, kube-apiserver 1.36): whether Secrets are written encrypted. The first entry that covers a
// resource counts, `*.` for all of the core group and `*.*` for all there is, and of its providers the first one writes; `identity` writes
// clear text. Judged where the file is among the input; quality of keys and rotation are left to an analysis of their own.

import type { KubeObject } from '../../kube/object.ts';
import { members } from '../../kube/pod/lower.ts';
import { asList, asObject, type JsonObject, strings } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';

export const encryptionConfiguration = control({
  id: 'control-plane/encryption-configuration',
  aliases: ['C-0142', 'KCV-0031', 'CKV_K8S_104'],
  severity: 'high',
  title: 'The encryption configuration encrypts Secrets',
  why: 'An entry that does not cover Secrets, or whose first provider is identity, leaves them in etcd and its backups in clear text.',
  fix: 'Cover secrets in the first entry that names them, with kms, secretbox or aescbc before identity, then write all Secrets anew.',
  frameworks: ['cis:1.2.28', 'nsa:secrets', 'attack:T1552', 'owasp:K08', 'bsi:APP.4.4.A20'],
  on: objects('apiserver.config.k8s.io/EncryptionConfiguration', 'apiserver.config.k8s.io/EncryptionConfig'),
  check: ({ object }) => {
    const entry = members(object.resources, '/resources').find(({ spec }) => covers(strings(spec.resources)));
    if (entry === undefined) return [fail('/resources', 'not-covered', 'no entry covers Secrets: they are stored in clear text')];
    const [writer] = asList(entry.spec.providers);
    const provider = Object.keys(asObject(writer))[0];
    if (provider !== undefined && provider !== 'identity') return [];
    return [
      fail(
        `${entry.path}/providers/0`,
        'plaintext',
        `Secrets are written by the provider ${provider ?? 'that is missing'}, which is clear text`,
      ),
    ];
  },
  examples: {
    pass: () => [
      cluster(
        configuration({
          resources: ['secrets'],
          providers: [{ kms: { apiVersion: 'v2', name: 'vault', endpoint: 'unix:///run/kms.sock' } }, { identity: {} }],
        }),
      ),
    ],
    fail: () => [
      cluster(configuration({ resources: ['secrets'], providers: [{ identity: {} }, { aescbc: { keys: [] } }] })),
      cluster(configuration({ resources: ['configmaps'], providers: [{ secretbox: { keys: [] } }] })),
    ],
  },
});

function covers(resources: readonly string[]): boolean {
  return resources.some((resource) => resource === 'secrets' || resource === '*.' || resource === '*.*');
}

function configuration(entry: JsonObject): KubeObject {
  return { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources: [entry] };
}
