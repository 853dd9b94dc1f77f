// Cases on which scanners go wrong although Kubernetes defines the answer: wildcards in subresources (f, f1), aggregated ClusterRoles (g),
// lists of objects (h). Manifests as a person writes them, judged by the whole catalogue.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { catalogue } from '../src/controls/index.ts';
import { type RawFinding, runControls } from '../src/controls/run.ts';
import { snapshot } from '../src/snapshot/snapshot.ts';
import { readManifests } from '../src/sources/manifests.ts';

const enabled = catalogue.filter((control) => control.enabled !== false);

function judge(text: string): readonly RawFinding[] {
  const { resources, problems } = readManifests(text, 'manifests.yaml', new Map());
  assert.deepEqual(problems, []);
  const { findings } = runControls(snapshot({ resources }), { controls: enabled, now: Date.UTC(2026, 7, 21) });
  return findings.filter((finding) => finding.outcome.verdict === 'fail');
}

function of(findings: readonly RawFinding[], control: string): readonly RawFinding[] {
  return findings.filter((finding) => finding.control.id === control);
}

const roleOn = (resource: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: debug, namespace: shop }
rules:
  - apiGroups: [""]
    resources: ["${resource}"]
    verbs: [create]
`;

describe('spot check f: a Role on pods/*', () => {
  const findings = judge(roleOn('pods/*'));
  test('grants nothing on pods/exec, pods/attach, pods/portforward or pods', () => {
    for (const control of ['pods-exec', 'pods-attach', 'pods-port-forward', 'pods-create'])
      assert.deepEqual(of(findings, `identity/${control}`), []);
  });
  test('is said to grant nothing', () => {
    const [finding] = of(findings, 'identity/rule-without-effect');
    assert.equal(finding?.outcome.path, '/rules/0/resources/0');
    assert.equal(finding?.outcome.reason, 'subresource-star');
  });
});

describe('spot check f1: a Role on */exec', () => {
  const findings = judge(roleOn('*/exec'));
  test('grants pods/exec', () => {
    const [finding] = of(findings, 'identity/pods-exec');
    assert.equal(finding?.outcome.path, '/rules/0/verbs/0');
    assert.match(finding?.outcome.detail ?? '', /create on \*\/exec/);
  });
  test('grants nothing else', () => {
    for (const control of ['pods-attach', 'pods-create', 'rule-without-effect']) assert.deepEqual(of(findings, `identity/${control}`), []);
  });
});

test('spot check g: an aggregated ClusterRole that reaches Secrets is tied to its subject', () => {
  const findings = judge(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: monitoring }
aggregationRule:
  clusterRoleSelectors:
    - matchLabels: { rbac.example.com/aggregate-to-monitoring: "true" }
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: monitoring-secrets
  labels: { rbac.example.com/aggregate-to-monitoring: "true" }
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: monitors }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: monitoring }
subjects:
  - { kind: ServiceAccount, name: prometheus, namespace: monitoring }
`);
  const [finding, ...others] = of(findings, 'identity/secrets-read');
  assert.deepEqual(others, []);
  assert.equal(finding?.resource?.name, 'monitoring-secrets');
  assert.match(finding?.outcome.detail ?? '', /granted to ServiceAccount monitoring\/prometheus in the whole cluster/);
  assert.deepEqual(
    finding?.outcome.evidence?.map((item) => [item.resource.kind, item.resource.name, item.path]),
    [
      ['ClusterRoleBinding', 'monitors', '/roleRef/name'],
      ['ClusterRole', 'monitoring', '/aggregationRule'],
    ],
  );
});

describe('spot check h: objects in lists', () => {
  const pod =
    '{ metadata: { name: web, namespace: shop }, spec: { containers: [{ name: web, image: web, securityContext: { privileged: true } }] } }';
  test('a List holds a privileged pod', () => {
    const [finding] = of(
      judge(`{ apiVersion: v1, kind: List, items: [{ apiVersion: v1, kind: Pod, ${pod.slice(1)}] }`),
      'workload/privileged',
    );
    assert.equal(finding?.resource?.name, 'web');
  });
  test('a PodList holds one whose items leave out what the list says', () => {
    const [finding] = of(judge(`{ apiVersion: v1, kind: PodList, items: [${pod}] }`), 'workload/privileged');
    assert.equal(finding?.resource?.name, 'web');
  });
  test('a RoleList and a RoleBindingList hold a grant', () => {
    const findings = judge(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleList
items:
  - metadata: { name: reader, namespace: shop }
    rules: [{ apiGroups: [""], resources: [secrets], verbs: [list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBindingList
items:
  - metadata: { name: readers, namespace: shop }
    roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
    subjects: [{ kind: User, name: jane }]
`);
    const [finding] = of(findings, 'identity/secrets-read');
    assert.match(finding?.outcome.detail ?? '', /granted to User jane in namespace shop/);
    assert.equal(finding?.outcome.evidence?.[0]?.resource.name, 'readers');
  });
});
