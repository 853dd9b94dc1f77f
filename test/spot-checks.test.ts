// Cases on which scanners disagree although Kubernetes defines the answer, through `cofferdam scan` as a user runs it: every case is a file of
// its own, all are read in one run, and findings are looked up by file. What must not be found counts as much as what must.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ScanResult } from '../src/controls/result.ts';
import { cofferdam } from './cli/cofferdam.ts';

interface Row {
  readonly title: string;
  readonly text: string;
  /** Controls that must be among the findings of the file, with the path where one is named. */
  readonly found?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
  /** Codes of problems that must be said about the file. */
  readonly problems?: readonly string[];
}

const sound = 'securityContext: { runAsNonRoot: true, runAsUser: 10001, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }';
const pod = (spec: string, name = 'p') => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n${spec}`;
const container = (more: string, name = 'c', image = 'nginx:1.25') => `    - { name: ${name}, image: '${image}', ${more} }\n`;
const privileged = 'securityContext: { privileged: true }';
const volume = (path: string) =>
  pod(
    `  containers:\n${container('volumeMounts: [{ name: v, mountPath: /v }]')}  volumes:\n    - { name: v, hostPath: { path: '${path}' } }\n`,
  );
const role = (resource: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: debug }\nrules:\n  - { apiGroups: [''], resources: ['${resource}'], verbs: [create] }\n`;

const rows: Readonly<Record<string, Row>> = {
  a1: {
    title: 'the privileged init container of a CronJob',
    text: `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: j }\nspec:\n  schedule: '0 3 * * *'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          initContainers:\n            - { name: i, image: 'nginx:1.25', ${privileged} }\n          containers:\n            - { name: c, image: 'nginx:1.25' }\n`,
    found: { 'workload/privileged': '/spec/jobTemplate/spec/template/spec/initContainers/0/securityContext/privileged' },
  },
  a2: {
    title: 'a privileged ephemeral container',
    text: pod(`  containers:\n${container(sound)}  ephemeralContainers:\n${container(privileged, 'e')}`),
    found: { 'workload/privileged': '/spec/ephemeralContainers/0/securityContext/privileged' },
  },
  b: {
    title: 'a native sidecar that runs as root',
    text: pod(
      `  securityContext: { runAsNonRoot: true, runAsUser: 10001 }\n  initContainers:\n${container('restartPolicy: Always, securityContext: { runAsUser: 0 }', 's')}  containers:\n${container(sound)}`,
    ),
    found: { 'workload/run-as-root-uid': '/spec/initContainers/0/securityContext/runAsUser' },
  },
  'b-control': {
    title: 'a native sidecar that does not',
    text: pod(
      `  securityContext: { runAsNonRoot: true, runAsUser: 10001 }\n  initContainers:\n${container('restartPolicy: Always', 's')}  containers:\n${container(sound)}`,
    ),
    absent: ['workload/run-as-root-uid', 'workload/run-as-non-root'],
  },
  c: {
    title: 'runAsNonRoot true on the pod, false on the container: the container wins',
    text: pod(`  securityContext: { runAsNonRoot: true }\n  containers:\n${container('securityContext: { runAsNonRoot: false }')}`),
    found: { 'workload/run-as-non-root': '/spec/containers/0/securityContext/runAsNonRoot' },
  },
  d: {
    title: 'the runtime socket under a path with doubled slashes',
    text: volume('//var//run/docker.sock'),
    found: { 'workload/runtime-socket': '/spec/volumes/0/hostPath/path' },
  },
  d2: {
    title: 'the runtime socket by way of ..',
    text: volume('/var/lib/../run/docker.sock'),
    found: { 'workload/runtime-socket': '/spec/volumes/0/hostPath/path' },
  },
  e: {
    title: 'dropping "all" in lower case drops nothing for restricted',
    text: pod(`  containers:\n${container('securityContext: { capabilities: { drop: [all] } }')}`),
    found: { 'workload/drop-all-capabilities': '/spec/containers/0/securityContext/capabilities/drop' },
  },
  e2: {
    title: 'adding CAP_SYS_ADMIN',
    text: pod(`  containers:\n${container('securityContext: { capabilities: { drop: [ALL], add: [CAP_SYS_ADMIN] } }')}`),
    found: { 'workload/sys-admin-capability': '/spec/containers/0/securityContext/capabilities/add/0' },
    absent: ['workload/drop-all-capabilities'],
  },
  f: {
    title: 'create on pods/* grants nothing on pods/exec',
    text: role('pods/*'),
    found: { 'identity/rule-without-effect': '/rules/0/resources/0' },
    absent: ['identity/pods-exec'],
  },
  f1: { title: 'create on */exec grants pods/exec', text: role('*/exec'), found: { 'identity/pods-exec': '' } },
  g: {
    title: 'an aggregated ClusterRole that reaches Secrets, tied to its subject',
    text: [
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: gathered }\naggregationRule: { clusterRoleSelectors: [{ matchLabels: { gather: 'yes' } }] }\nrules: []\n",
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: part, labels: { gather: 'yes' } }\nrules:\n  - { apiGroups: [''], resources: [secrets], verbs: [get, list] }\n",
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: all }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: gathered }\nsubjects:\n  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }\n',
    ].join('---\n'),
    found: { 'identity/secrets-read': '' },
  },
  h: {
    title: 'a privileged pod inside a List',
    text: `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: { name: p }\n    spec:\n      containers:\n        - { name: c, image: 'nginx:1.25', ${privileged} }\n`,
    found: { 'workload/privileged': '/spec/containers/0/securityContext/privileged' },
  },
  h2: {
    title: 'a grant inside a RoleList',
    text: `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems:\n  - metadata: { name: debug }\n    rules:\n      - { apiGroups: [''], resources: [pods/exec], verbs: [create] }\n`,
    found: { 'identity/pods-exec': '' },
  },
  i: {
    title: 'a broken document among good ones',
    text: `${pod(`  containers:\n${container(privileged)}`, 'first')}---\nkind: [unclosed\n---\n${pod(`  containers:\n${container(privileged)}`, 'last')}`,
    found: { 'workload/privileged': '/spec/containers/0/securityContext/privileged' },
    problems: ['yaml/syntax'],
  },
  j: {
    title: 'a key twice: the last one counts, here false',
    text: pod(
      "  containers:\n    - name: c\n      image: 'nginx:1.25'\n      securityContext:\n        privileged: true\n        privileged: false\n",
    ),
    absent: ['workload/privileged'],
    problems: ['yaml/duplicate-key'],
  },
  j2: {
    title: 'a key twice: the last one counts, here true',
    text: pod(
      "  containers:\n    - name: c\n      image: 'nginx:1.25'\n      securityContext:\n        privileged: false\n        privileged: true\n",
    ),
    found: { 'workload/privileged': '/spec/containers/0/securityContext/privileged' },
    problems: ['yaml/duplicate-key'],
  },
  k: {
    title: 'privileged through an anchor and a merge key',
    text: `apiVersion: v1\nkind: Pod\nmetadata: { name: p, annotations: {} }\nspec:\n  containers:\n    - name: a\n      image: 'nginx:1.25'\n      securityContext: &loose { privileged: true }\n    - name: b\n      image: 'nginx:1.25'\n      securityContext:\n        <<: *loose\n        runAsUser: 10001\n`,
    found: { 'workload/privileged': '/spec/containers/1/securityContext/privileged' },
  },
  l: {
    title: 'a Windows HostProcess pod is found, and nothing of Linux is asked of it',
    text: pod(
      `  os: { name: windows }\n  hostNetwork: true\n  securityContext: { windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\Local service' } }\n  containers:\n${container('command: [cmd.exe]')}`,
    ),
    found: { 'workload/windows-host-process': '/spec/securityContext/windowsOptions/hostProcess' },
    absent: [
      'workload/seccomp-profile',
      'workload/privilege-escalation',
      'workload/drop-all-capabilities',
      'workload/apparmor-profile',
      'workload/run-as-user',
      'workload/run-as-group',
      'workload/linux-hardening',
    ],
  },
  m: {
    title: 'procMount Unmasked',
    text: pod(`  containers:\n${container('securityContext: { procMount: Unmasked }')}`),
    found: { 'workload/proc-mount': '/spec/containers/0/securityContext/procMount' },
  },
  n: {
    title: 'a NetworkPolicy with an empty podSelector and no rules isolates',
    text: `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: deny, namespace: case-n }\nspec: { podSelector: {}, policyTypes: [Ingress, Egress] }\n---\n${pod(`  containers:\n${container(sound)}`).replace('name: p }', 'name: p, namespace: case-n }')}`,
    absent: ['network/policy-missing', 'network/allow-all'],
  },
  'n-control': {
    title: 'a pod that no NetworkPolicy selects',
    text: pod(`  containers:\n${container(sound)}`).replace('name: p }', 'name: p, namespace: case-n-control }'),
    found: { 'network/policy-missing': '' },
  },
  o: {
    title: 'an image by digest without a tag is pinned',
    text: pod(`  containers:\n${container(sound, 'c', `nginx@sha256:${'a'.repeat(64)}`)}`),
    absent: ['supply-chain/image-tag', 'supply-chain/image-digest', 'supply-chain/image-reference'],
  },
  o2: {
    title: 'plain nginx is not',
    text: pod(`  containers:\n${container(sound, 'c', 'nginx')}`),
    found: { 'supply-chain/image-tag': '/spec/containers/0/image' },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'cofferdam-spots-'));
after(() => rmSync(folder, { recursive: true }));

let result: ScanResult;
before(() => {
  for (const [name, { text }] of Object.entries(rows)) writeFileSync(join(folder, `${name}.yaml`), text);
  const ran = cofferdam(['scan', folder, '-o', 'json']);
  assert.equal(ran.status, 1, ran.stderr);
  result = JSON.parse(ran.stdout) as ScanResult;
});

for (const [name, row] of Object.entries(rows))
  describe(`spot check ${name}: ${row.title}`, () => {
    const file = join(folder, `${name}.yaml`);
    const of = (control: string) =>
      result.findings.filter((finding) => finding.verdict === 'fail' && finding.control === control && finding.source?.file === file);
    test('its file was read and judged', () => assert.ok(result.findings.some((finding) => finding.source?.file === file)));
    for (const [control, path] of Object.entries(row.found ?? {}))
      test(`${control} is found`, () => {
        const found = of(control);
        assert.ok(found.length > 0, `${control} is not among the findings`);
        if (path !== '')
          assert.ok(
            found.some((finding) => finding.path === path),
            found.map((finding) => finding.path).join(' '),
          );
      });
    for (const control of row.absent ?? [])
      test(`${control} is not found`, () =>
        assert.deepEqual(
          of(control).map(({ detail }) => detail),
          [],
        ));
    for (const code of row.problems ?? [])
      test(`${code} is said`, () => assert.ok(result.problems.some((problem) => problem.code === code && problem.source?.file === file)));
  });

test('spot check i: both sound documents around the broken one are judged, and the broken one has its line', () => {
  const file = join(folder, 'i.yaml');
  const names = result.findings
    .filter(({ control, source }) => control === 'workload/privileged' && source?.file === file)
    .map(({ subject }) => subject.name);
  assert.deepEqual(names.toSorted(), ['first', 'last']);
  const broken = result.problems.find((problem) => problem.source?.file === file);
  assert.ok((broken?.source?.line ?? 0) >= 7 && (broken?.source?.line ?? 0) <= 9, JSON.stringify(broken));
});

test('spot check g: the finding names who holds the grant', () => {
  const found = result.findings.filter(
    ({ control, source }) => control === 'identity/secrets-read' && source?.file === join(folder, 'g.yaml'),
  );
  assert.ok(
    found.some(({ detail }) => detail.includes('jane')),
    found.map(({ detail }) => detail).join('; '),
  );
});
