// Kinds that are served only where an administrator turns them on, and signatures of certificate requests: a real server with every feature and
// API version on, and ours with the same flags, are asked the same creates.

import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../src/lib/json.ts';
import { assertCreatedAlike, pathOf, serverOf } from './answered-alike.ts';
import { realCluster } from './cluster.ts';

const apiServerFlags = ['--feature-gates=AllAlpha=true,AllBeta=true', '--runtime-config=api/all=true'];
const flags = {
  gates: new Map([
    ['AllAlpha', true],
    ['AllBeta', true],
  ] as const),
  runtimeConfig: new Map([['api/all', true]]),
};

function object(apiVersion: string, kind: string, spec: JsonObject, name = 'valid'): JsonObject {
  return { apiVersion, kind, metadata: { name }, spec };
}

const taint = { key: 'k', value: 'v', effect: 'NoSchedule' };
const gang = { schedulingPolicy: { gang: { minCount: 2 } } };
const scheduling = 'scheduling.k8s.io/v1alpha2';
const migration = 'storagemigration.k8s.io/v1beta1';
const kinds: readonly JsonObject[] = [
  object(migration, 'StorageVersionMigration', { resource: { group: 'apps', resource: 'deployments' } }),
  object(migration, 'StorageVersionMigration', { resource: { group: 'A b', resource: 'Deployments' } }),
  object('internal.apiserver.k8s.io/v1alpha1', 'StorageVersion', {}, 'nameless'),
  object('internal.apiserver.k8s.io/v1alpha1', 'StorageVersion', {}, 'a.example.things'),
  object('resource.k8s.io/v1alpha3', 'DeviceTaintRule', { deviceSelector: { driver: 'a.b', pool: 'p', device: 'd' }, taint }),
  object('resource.k8s.io/v1alpha3', 'DeviceTaintRule', { deviceSelector: { pool: 'P p' }, taint: { key: '-', effect: 'Never' } }),
  object('resource.k8s.io/v1alpha3', 'ResourcePoolStatusRequest', { driver: 'a.b', poolName: 'p' }),
  object('resource.k8s.io/v1alpha3', 'ResourcePoolStatusRequest', { driver: 'A b', poolName: 'p//Q', limit: 5000 }),
  object(scheduling, 'PodGroup', { schedulingPolicy: {}, disruptionMode: 'Never' }),
  object(scheduling, 'PodGroup', { schedulingPolicy: { gang: { minCount: -1 } }, resourceClaims: [{ name: 'c' }] }),
  object(scheduling, 'Workload', { podGroupTemplates: [] }),
  object(scheduling, 'Workload', { controllerRef: { kind: 'a/b' }, podGroupTemplates: [{ name: 'T', ...gang }] }),
];

test('kinds that are off by default are answered as a real server with them on answers', async (t) => {
  const cluster = await realCluster(t, { apiServerFlags });
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('off');
  const writing = await serverOf('1.36', namespace, flags);
  for (const body of kinds) await assertCreatedAlike(cluster, writing, pathOf(body, writing, namespace) ?? '', body);
});

const keys: Readonly<Record<string, readonly string[]>> = {
  rsa: ['-newkey', 'rsa:2048'],
  pss: ['-newkey', 'rsa:3072', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'],
  p256: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  secp256k1: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
  ed25519: ['-newkey', 'ed25519'],
};

test('signatures of certificate requests are judged as the real server judges them', async (t) => {
  const cluster = await realCluster(t, { apiServerFlags });
  if (cluster === undefined) return;
  const writing = await serverOf('1.36', await cluster.namespace('csr'), flags);
  for (const [name, words] of Object.entries(keys)) {
    const file = join(cluster.folder, `${name}.csr`);
    const out = ['-keyout', `${file}.key`, '-out', file, '-outform', 'DER', '-subj', '/CN=jane'];
    execFileSync('openssl', ['req', '-new', '-nodes', ...words, ...out], { stdio: 'pipe' });
    const der = readFileSync(file);
    const changed = Buffer.from(der);
    changed[der.indexOf('jane')] = 0x6b;
    for (const bytes of [der, changed]) {
      const lines = bytes.toString('base64').replace(/(.{64})/g, '$1\n');
      const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`;
      const spec = { request: Buffer.from(pem).toString('base64'), signerName: 'a.b/c', usages: ['client auth'] };
      const body = object('certificates.k8s.io/v1', 'CertificateSigningRequest', spec);
      await assertCreatedAlike(cluster, writing, '/apis/certificates.k8s.io/v1/certificatesigningrequests', body);
    }
  }
});

test('who asks for the certificate of a pod must have its key', async (t) => {
  const cluster = await realCluster(t, { apiServerFlags });
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('pod-certificates');
  const writing = await serverOf('1.36', namespace, flags);
  const [edwards, short] = [generateKeyPairSync('ed25519'), generateKeyPairSync('rsa', { modulusLength: 2048 })];
  for (const [pair, hash, said] of [
    [edwards, null, 'u'],
    [edwards, null, 'another pod'],
    [short, 'sha256', 'u'],
  ] as const) {
    const spec = {
      signerName: 'a.b/c',
      podName: 'p',
      podUID: 'u',
      serviceAccountName: 's',
      serviceAccountUID: 'u',
      nodeName: 'n',
      nodeUID: 'u',
      maxExpirationSeconds: 3600,
      pkixPublicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      proofOfPossession: sign(hash, Buffer.from(said), pair.privateKey).toString('base64'),
    };
    const body = object('certificates.k8s.io/v1beta1', 'PodCertificateRequest', spec);
    await assertCreatedAlike(cluster, writing, pathOf(body, writing, namespace) ?? '', body);
  }
});
