// Each version step of the standard, once before and once after it, with the API server's message and the blamed fields.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lowerPod } from '../../kube/pod/lower.ts';
import type { Pod } from '../../kube/pod/types.ts';
import type { JsonObject } from '../../lib/json.ts';
import { podSecurityChecks } from './checks.ts';
import { evaluate, forbiddenDetail, levelOf } from './evaluate.ts';

const restrictedContainer: JsonObject = {
  name: 'a',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};
const restrictedSpec: JsonObject = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [restrictedContainer],
};

function pod(spec: JsonObject, annotations: JsonObject = {}): Pod {
  return lowerPod({ metadata: { annotations }, spec: { ...restrictedSpec, ...spec } }, '');
}

function withSecurityContext(securityContext: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    ...more,
    containers: [{ name: 'a', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...securityContext } }],
  };
}

interface Row {
  readonly title: string;
  readonly pod: Pod;
  readonly level: 'baseline' | 'restricted';
  /** Version and what the API server says there; the empty text is allowed. */
  readonly says: Readonly<Record<string, string>>;
}

const rows: readonly Row[] = [
  {
    title: 'privilege escalation is asked about from 1.8',
    pod: pod({ containers: [{ name: 'a', securityContext: { capabilities: { drop: ['ALL'] } } }] }),
    level: 'restricted',
    says: {
      'v1.7': '',
      'v1.8': 'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
    },
  },
  {
    title: 'Windows pods need not set what Windows has not, from 1.25',
    pod: pod({ os: { name: 'windows' }, securityContext: { runAsNonRoot: true }, containers: [{ name: 'a' }] }),
    level: 'restricted',
    says: {
      'v1.24':
        'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
      'v1.25': '',
    },
  },
  {
    title: 'seccomp is annotations before 1.19 and fields from there',
    pod: pod(withSecurityContext({ seccompProfile: { type: 'Unconfined' } }), { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' }),
    level: 'baseline',
    says: {
      'v1.18': 'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
      'v1.19': 'seccompProfile (container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
    },
  },
  {
    title: 'drop ALL is asked for from 1.22, and only in capitals',
    pod: pod({ containers: [{ name: 'a', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['all'] } } }] }),
    level: 'restricted',
    says: { 'v1.21': '', 'v1.22': 'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])' },
  },
  {
    title: 'UID 0 is forbidden from 1.23 and allowed in a user namespace from 1.35',
    pod: pod({ hostUsers: false, ...withSecurityContext({ runAsUser: 0 }) }),
    level: 'restricted',
    says: {
      'v1.22': '',
      'v1.23': 'runAsUser=0 (container "a" must not set runAsUser=0)',
      'v1.34': 'runAsUser=0 (container "a" must not set runAsUser=0)',
      'v1.35': '',
    },
  },
  {
    title: 'an unmasked /proc in a user namespace passes baseline from 1.35',
    pod: pod({ hostUsers: false, ...withSecurityContext({ procMount: 'Unmasked' }) }),
    level: 'baseline',
    says: { 'v1.34': 'procMount (container "a" must not set securityContext.procMount to "Unmasked")', 'v1.35': '' },
  },
  {
    title: 'an unmasked /proc never passes restricted',
    pod: pod({ hostUsers: false, ...withSecurityContext({ procMount: 'Unmasked' }) }),
    level: 'restricted',
    says: {
      'v1.34': 'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
      latest: 'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
    },
  },
  {
    title: 'hosts in probes are forbidden from 1.34',
    pod: pod({ containers: [{ ...restrictedContainer, livenessProbe: { httpGet: { host: '169.254.169.254' } } }] }),
    level: 'baseline',
    says: { 'v1.33': '', 'v1.34': 'probe or lifecycle host (container "a" uses probe or lifecycle host "169.254.169.254")' },
  },
  {
    title: 'the list of safe sysctls grows',
    pod: pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem' }, { name: 'net.ipv4.tcp_notsent_lowat' }] } }),
    level: 'baseline',
    says: {
      'v1.31': 'forbidden sysctls (net.ipv4.tcp_rmem, net.ipv4.tcp_notsent_lowat)',
      'v1.36': 'forbidden sysctls (net.ipv4.tcp_notsent_lowat)',
      'v1.37': '',
      'v1.99': '',
    },
  },
  {
    title: 'container_engine_t is a container type from 1.31',
    pod: pod({ securityContext: { seLinuxOptions: { type: 'container_engine_t' } } }),
    level: 'baseline',
    says: { 'v1.30': 'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "container_engine_t")', 'v1.31': '' },
  },
  {
    title: 'a volume without a source is an emptyDir',
    pod: pod({ volumes: [{ name: 'scratch' }] }),
    level: 'restricted',
    says: { latest: '' },
  },
  {
    title: 'ephemeral containers count',
    pod: pod({ ephemeralContainers: [{ name: 'debug', securityContext: { privileged: true } }] }),
    level: 'baseline',
    says: { latest: 'privileged (container "debug" must not set securityContext.privileged=true)' },
  },
  {
    title: 'what is no version is read as the newest',
    pod: pod({ hostPID: true, hostNetwork: true }),
    level: 'baseline',
    says: { nonsense: 'host namespaces (hostNetwork=true, hostPID=true)' },
  },
];

describe('a pod at a level and a version', () => {
  for (const row of rows)
    for (const [version, message] of Object.entries(row.says))
      test(`${row.title}: ${version}`, () => {
        const { allowed, violations } = evaluate(row.pod, row.level, version);
        assert.equal(forbiddenDetail(violations), message);
        assert.equal(allowed, message === '');
      });
});

test('violations name the fields', () => {
  const deployment = lowerPod(
    { spec: { containers: [{ name: 'a', ports: [{}, { hostPort: 80 }], securityContext: { capabilities: { add: ['NET_RAW'] } } }] } },
    '/spec/template',
  );
  const { violations } = evaluate(deployment, 'restricted', 'latest');
  assert.deepEqual(Object.fromEntries(violations.map(({ check, paths }) => [check, paths])), {
    hostPorts: ['/spec/template/spec/containers/0/ports/1/hostPort'],
    allowPrivilegeEscalation: ['/spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation'],
    capabilities_restricted: [
      '/spec/template/spec/containers/0/securityContext/capabilities/drop',
      '/spec/template/spec/containers/0/securityContext/capabilities/add/0',
    ],
    runAsNonRoot: ['/spec/template/spec/containers/0/securityContext/runAsNonRoot'],
    seccompProfile_restricted: ['/spec/template/spec/containers/0/securityContext/seccompProfile'],
  });
});

test('the level of a pod is the strictest it meets', () => {
  assert.equal(levelOf(pod({}), 'latest'), 'restricted');
  assert.equal(levelOf(pod({ securityContext: {} }), 'latest'), 'baseline');
  assert.equal(levelOf(pod({ hostIPC: true }), 'latest'), 'privileged');
});

test('odd shapes are no violation and no crash', () => {
  const odd = lowerPod(
    {
      metadata: 'x',
      spec: { securityContext: [], containers: [null, 7, { name: 1, ports: {}, securityContext: { capabilities: 'ALL' } }], volumes: 'no' },
    },
    '',
  );
  assert.equal(evaluate(odd, 'baseline', 'latest').allowed, true);
});

test('every check has versions in order and replaces only baseline checks', () => {
  assert.equal(podSecurityChecks.length, 19);
  const baseline = new Set(podSecurityChecks.filter(({ level }) => level === 'baseline').map(({ id }) => id));
  for (const { level, versions } of podSecurityChecks) {
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a.since - b.since),
    );
    for (const { replaces } of versions) if (replaces !== undefined) assert.ok(level === 'restricted' && baseline.has(replaces));
  }
});
