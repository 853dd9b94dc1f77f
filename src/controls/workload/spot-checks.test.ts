// Questions to which Kubernetes itself has one answer and scanners many: each a small manifest, what must be found in it, and what must not.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isKubeObject } from '../../kube/object.ts';
import { parseYaml } from '../../kube/yaml/parse.ts';
import { evaluate } from '../../policy/pod-security/evaluate.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import { runControls } from '../run.ts';
import { workload } from './index.ts';

interface Row {
  readonly title: string;
  readonly text: string;
  readonly version?: string;
  /** Control and path of every failure that must be there. */
  readonly finds: readonly string[];
  /** Controls that must not fail. */
  readonly spares?: readonly string[];
  /** True where nothing else may be found. */
  readonly only?: true;
}

const pod = (spec: string) => `apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec:
${spec}`;

const hardened = `
    image: registry.example.com/app@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}`;

const hardenedPod = `
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    seccompProfile: {type: RuntimeDefault}
    appArmorProfile: {type: RuntimeDefault}`;

const rows: readonly Row[] = [
  {
    title: 'a1: a privileged init container in the pod template of a CronJob',
    text: `apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          initContainers: [{name: setup, image: a, securityContext: {privileged: true}}]
          containers: [{name: app, image: a}]`,
    finds: ['workload/privileged /spec/jobTemplate/spec/template/spec/initContainers/0/securityContext/privileged'],
  },
  {
    title: 'a2: a privileged ephemeral container',
    text: pod(
      '  containers: [{name: app, image: a}]\n  ephemeralContainers: [{name: debug, image: a, securityContext: {privileged: true}}]',
    ),
    finds: ['workload/privileged /spec/ephemeralContainers/0/securityContext/privileged'],
  },
  {
    title: 'b: a native sidecar that runs as user 0',
    text: pod(`${hardenedPod}
  initContainers:
  - name: proxy
    restartPolicy: Always${hardened}
      runAsUser: 0
      runAsNonRoot: false
  containers:
  - name: app${hardened}`),
    finds: [
      'workload/run-as-non-root /spec/initContainers/0/securityContext/runAsNonRoot',
      'workload/run-as-root-uid /spec/initContainers/0/securityContext/runAsUser',
    ],
    only: true,
  },
  {
    title: 'b: the same pod with a sidecar that runs as somebody has nothing to find',
    text: pod(`${hardenedPod}
  initContainers:
  - name: proxy
    restartPolicy: Always${hardened}
  containers:
  - name: app${hardened}`),
    finds: [],
    only: true,
  },
  {
    title: 'c: the container allows root where its pod does not, and wins',
    text: pod('  securityContext: {runAsNonRoot: true}\n  containers: [{name: app, image: a, securityContext: {runAsNonRoot: false}}]'),
    finds: ['workload/run-as-non-root /spec/containers/0/securityContext/runAsNonRoot'],
  },
  {
    title: 'c: the container forbids root where its pod does not, and wins',
    text: pod('  securityContext: {runAsNonRoot: false}\n  containers: [{name: app, image: a, securityContext: {runAsNonRoot: true}}]'),
    finds: [],
    spares: ['workload/run-as-non-root'],
  },
  ...['//var//run/docker.sock', '/var/run/../run/docker.sock', '/var/run/docker.sock/', '/run/./containerd/containerd.sock'].map(
    (path): Row => ({
      title: `d: ${path} is the socket of the container runtime`,
      text: pod(`  volumes: [{name: s, hostPath: {path: ${path}}}]\n  containers: [{name: app, image: a}]`),
      finds: ['workload/runtime-socket /spec/volumes/0/hostPath/path'],
    }),
  ),
  {
    title: 'd: a file whose name only ends like the socket is not',
    text: pod('  volumes: [{name: s, hostPath: {path: /srv/docker.sock.d}}]\n  containers: [{name: app, image: a}]'),
    finds: ['workload/host-path /spec/volumes/0/hostPath'],
    spares: ['workload/runtime-socket', 'workload/host-path-sensitive'],
  },
  {
    title: 'e: dropping "all" is not dropping ALL',
    text: pod('  containers: [{name: app, image: a, securityContext: {capabilities: {drop: [all]}}}]'),
    finds: ['workload/drop-all-capabilities /spec/containers/0/securityContext/capabilities/drop'],
  },
  {
    title: 'e2: CAP_SYS_ADMIN is SYS_ADMIN',
    text: pod('  containers: [{name: app, image: a, securityContext: {capabilities: {drop: [ALL], add: [CAP_SYS_ADMIN]}}}]'),
    finds: [
      'workload/sys-admin-capability /spec/containers/0/securityContext/capabilities/add/0',
      'workload/insecure-capabilities /spec/containers/0/securityContext/capabilities/add/0',
    ],
  },
  {
    title: 'k: privileged through an anchor and a merge key',
    text: pod(`  containers:
  - name: one
    image: a
    securityContext: &lax {privileged: true, runAsUser: 1000}
  - name: two
    image: a
    securityContext: {<<: *lax, runAsUser: 2000}`),
    finds: [
      'workload/privileged /spec/containers/0/securityContext/privileged',
      'workload/privileged /spec/containers/1/securityContext/privileged',
    ],
  },
  {
    title: 'l: a Windows HostProcess pod is found and asked for nothing that Windows has not',
    text: pod(`  os: {name: windows}
  hostNetwork: true
  securityContext:
    windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM'}
  containers:
  - name: app
    image: a`),
    finds: ['workload/windows-host-process /spec/securityContext/windowsOptions/hostProcess', 'workload/host-network /spec/hostNetwork'],
    only: true,
  },
  {
    title: 'm: an unmasked /proc',
    text: pod('  containers: [{name: app, image: a, securityContext: {procMount: Unmasked}}]'),
    finds: ['workload/proc-mount /spec/containers/0/securityContext/procMount'],
  },
  {
    title: 'm: an unmasked /proc in a user namespace is allowed from 1.35',
    text: pod('  hostUsers: false\n  containers: [{name: app, image: a, securityContext: {procMount: Unmasked}}]'),
    finds: [],
    spares: ['workload/proc-mount'],
  },
  {
    title: 'm: and was not before',
    text: pod('  hostUsers: false\n  containers: [{name: app, image: a, securityContext: {procMount: Unmasked}}]'),
    version: '1.34',
    finds: ['workload/proc-mount /spec/containers/0/securityContext/procMount'],
  },
  {
    title: 'seccomp by annotation counts until 1.26',
    text: pod('  containers: [{name: app, image: a}]').replace(
      'namespace: shop}',
      'namespace: shop, annotations: {seccomp.security.alpha.kubernetes.io/pod: runtime/default}}',
    ),
    version: '1.26',
    finds: [],
    spares: ['workload/seccomp-profile', 'workload/seccomp-unconfined'],
  },
  {
    title: 'seccomp by annotation counts no more from 1.27',
    text: pod('  containers: [{name: app, image: a}]').replace(
      'namespace: shop}',
      'namespace: shop, annotations: {seccomp.security.alpha.kubernetes.io/pod: runtime/default}}',
    ),
    version: '1.27',
    finds: ['workload/seccomp-profile /spec/containers/0/securityContext/seccompProfile'],
  },
  {
    title: 'seccomp by field is unknown before 1.19',
    text: pod('  securityContext: {seccompProfile: {type: RuntimeDefault}}\n  containers: [{name: app, image: a}]'),
    version: '1.18',
    finds: ['workload/seccomp-profile /spec/containers/0/securityContext/seccompProfile'],
  },
  {
    title: 'AppArmor by field is unknown before 1.30',
    text: pod('  securityContext: {appArmorProfile: {type: Unconfined}}\n  containers: [{name: app, image: a}]'),
    version: '1.29',
    finds: ['workload/apparmor-profile /metadata/annotations/container.apparmor.security.beta.kubernetes.io~1app'],
    spares: ['workload/apparmor-unconfined'],
  },
  {
    title: "AppArmor by annotation wins over the pod's field",
    text: pod('  securityContext: {appArmorProfile: {type: RuntimeDefault}}\n  containers: [{name: app, image: a}]').replace(
      'namespace: shop}',
      'namespace: shop, annotations: {container.apparmor.security.beta.kubernetes.io/app: unconfined}}',
    ),
    finds: ['workload/apparmor-unconfined /metadata/annotations/container.apparmor.security.beta.kubernetes.io~1app'],
  },
  {
    title: 'a security context that is written but empty is none',
    text: pod('  securityContext:\n  containers:\n  - name: app\n    image: a\n    securityContext:'),
    finds: [
      'workload/pod-security-context /spec/securityContext',
      'workload/container-security-context /spec/containers/0/securityContext',
    ],
  },
];

function failures(text: string, version: string | undefined): readonly string[] {
  const objects = parseYaml(text, 'pod.yaml').documents.map(({ value }) => value);
  const resources = objects.filter(isKubeObject).map((object) => resource(object, { kind: 'memory' }));
  assert.equal(resources.length, 1);
  const controls = workload.filter((control) => control.enabled !== false);
  const { findings, problems } = runControls(snapshot({ resources, facts: assumedFacts(version) }), { controls, now: 0 });
  assert.deepEqual(problems, []);
  return findings.filter(({ outcome }) => outcome.verdict === 'fail').map(({ control, outcome }) => `${control.id} ${outcome.path}`);
}

describe('spot checks', () => {
  for (const row of rows)
    test(row.title, () => {
      const found = failures(row.text, row.version);
      for (const expected of row.finds) assert.ok(found.includes(expected), `not found: ${expected}; found ${found.join(', ')}`);
      for (const id of row.spares ?? []) assert.ok(!found.some((one) => one.startsWith(`${id} `)), `${id} fails`);
      if (row.only) assert.deepEqual(found.toSorted(), row.finds.toSorted());
    });
});

test('what the restricted standard refuses, some control names', () => {
  const text = pod('  containers: [{name: app, image: a, securityContext: {capabilities: {drop: [all]}}}]');
  const [value] = parseYaml(text, 'pod.yaml').documents;
  const object = value?.value;
  assert.ok(isKubeObject(object));
  const [lowered] = resource(object, { kind: 'memory' }).pods;
  assert.ok(lowered !== undefined);
  const found = failures(text, undefined);
  for (const { check, paths } of evaluate(lowered, 'restricted', 'latest').violations)
    for (const path of paths)
      assert.ok(
        found.some((one) => one.endsWith(` ${path}`)),
        `${check} blames ${path}, no control does`,
      );
});
