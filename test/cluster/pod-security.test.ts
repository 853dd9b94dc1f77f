// Pod Security Standards as the real API server words them: the same pods, levels and versions, and the same refusals to the letter.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lowerPod } from '../../src/kube/pod/lower.ts';
import { asString, field, type JsonObject } from '../../src/lib/json.ts';
import { evaluate, forbiddenDetail } from '../../src/policy/pod-security/evaluate.ts';
import { type Cluster, realCluster } from './cluster.ts';

const app = { name: 'app', image: 'a' };

const specs: Readonly<Record<string, JsonObject>> = {
  plain: { containers: [app] },
  host: { hostNetwork: true, hostPID: true, hostIPC: true, containers: [{ ...app, ports: [{ containerPort: 80, hostPort: 80 }] }] },
  volumes: {
    volumes: [{ name: 'node', hostPath: { path: '/etc' } }, { name: 'share', nfs: { server: 'a', path: '/' } }, { name: 'scratch' }],
    containers: [app],
  },
  capabilities: {
    initContainers: [{ name: 'init', image: 'a', securityContext: { capabilities: { drop: ['all'] } } }],
    containers: [{ ...app, securityContext: { capabilities: { add: ['NET_RAW', 'CAP_CHOWN'], drop: ['ALL'] }, privileged: true } }],
  },
  users: {
    securityContext: { runAsNonRoot: false, runAsUser: 0 },
    containers: [{ ...app, securityContext: { runAsUser: 0, runAsNonRoot: true, allowPrivilegeEscalation: false } }],
  },
  ownUsers: { hostUsers: false, securityContext: { runAsUser: 0 }, containers: [{ ...app, securityContext: { procMount: 'Unmasked' } }] },
  profiles: {
    securityContext: {
      seccompProfile: { type: 'Unconfined' },
      appArmorProfile: { type: 'Unconfined' },
      seLinuxOptions: { type: 'spc_t', user: 'u' },
      sysctls: [
        { name: 'kernel.msgmax', value: '1' },
        { name: 'net.ipv4.tcp_rmem', value: '1' },
      ],
    },
    containers: [{ ...app, securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }],
  },
  probes: {
    containers: [
      {
        ...app,
        livenessProbe: { httpGet: { port: 80, host: '192.0.2.1' } },
        lifecycle: { preStop: { httpGet: { port: 80, host: 'example.com' } } },
      },
    ],
  },
  windows: { os: { name: 'windows' }, securityContext: { runAsNonRoot: true }, containers: [app] },
};

test('the API server refuses the same pods in the same words', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  for (const version of ['v1.0', 'v1.18', 'v1.24', 'v1.34', 'v1.36'])
    for (const level of ['baseline', 'restricted'] as const) {
      const namespace = await labelled(cluster, level, version);
      for (const [name, spec] of Object.entries(specs)) {
        const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: name.toLowerCase(), namespace }, spec };
        const { status, body } = await cluster.api('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
        const { allowed, violations } = evaluate(lowerPod(pod, ''), level, version);
        const message = asString(field(body, 'message'));
        assert.equal(
          status === 201 ? 'allowed' : message,
          allowed
            ? 'allowed'
            : `pods "${name.toLowerCase()}" is forbidden: violates PodSecurity "${level}:${version}": ${forbiddenDetail(violations)}`,
        );
      }
    }
});

/** A namespace that is born with its labels, so that no cache of the server knows it without them. */
async function labelled(cluster: Cluster, level: string, version: string): Promise<string> {
  const name = `pss-${level}-${version.replace('.', '-')}`;
  const labels = { 'pod-security.kubernetes.io/enforce': level, 'pod-security.kubernetes.io/enforce-version': version };
  await cluster.api('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  await cluster.api('POST', `/api/v1/namespaces/${name}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
  return name;
}
