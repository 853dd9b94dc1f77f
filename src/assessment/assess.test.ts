import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claim, node, service, snapshotOf, velero, workload } from '../../test/assessment-cluster.ts';
import { catalogue } from '../controls/index.ts';
import { scan } from '../controls/scan.ts';
import type { KubeObject } from '../kube/object.ts';
import type { JsonObject } from '../lib/json.ts';
import { type AssessOptions, assess } from './assess.ts';
import type { Assessment, CheckVerdict } from './assessment.ts';
import { checks, controlsAsked } from './checks.ts';
import { readEarlier } from './progress.ts';
import type { RepositoryFile } from './repository/file.ts';

const now = Date.UTC(2026, 10, 1);
const controls = catalogue.filter(({ id, enabled }) => enabled !== false || controlsAsked.has(id));

function assessed(objects: readonly KubeObject[], options: Partial<AssessOptions> & { readonly live?: boolean } = {}): Assessment {
  const { live = true, ...rest } = options;
  const snapshot = snapshotOf(objects, live);
  const locate = () => undefined;
  return assess(snapshot, { scan: scan(snapshot, { controls, now, locate }), now, locate, ...rest });
}

const object = (apiVersion: string, kind: string, name: string, more: JsonObject, namespace?: string): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});
const control = { 'node-role.kubernetes.io/control-plane': '' };
const plane = (count: number) => Array.from({ length: count }, (_, index) => node(`cp${index}`, 'a', { labels: control }));
const claims = { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] } };
const database = (spec: JsonObject = {}) => [
  {
    ...workload('Deployment', 'db', [])[0],
    spec: {
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'db', image: 'docker.io/library/postgres:17' }], ...spec },
      },
    },
  } as KubeObject,
];
const workflow = (text: string): RepositoryFile => ({ kind: 'github-workflow', path: '.github/workflows/ci.yml', text });
const sha = '0'.repeat(40);
const restore = (time: string) =>
  object('velero.io/v1', 'Restore', 'try', { status: { phase: 'Completed', completionTimestamp: time } }, 'velero');

const serving = () => probed({ httpGet: { path: '/livez', port: 80 } });
const monitor = (app: string) =>
  object('monitoring.coreos.com/v1', 'ServiceMonitor', 'web', { spec: { selector: { matchLabels: { app } } } }, 'shop');
const rule = (expr: string) =>
  object('monitoring.coreos.com/v1', 'PrometheusRule', 'rules', { spec: { groups: [{ rules: [{ alert: 'A', expr }] }] } }, 'shop');
/** A Deployment whose container has this liveness probe and a port, with its Service; no requests. */
const probed = (livenessProbe: JsonObject): readonly KubeObject[] => [
  ...workload('Deployment', 'web', [], {
    pod: { containers: [{ name: 'app', image: 'registry.example/web:1', ports: [{ containerPort: 80 }], livenessProbe }] },
  }),
  { ...service('web'), metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } } } as KubeObject,
];
const autoscaler = () =>
  object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'web',
    {
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        metrics: [{ type: 'Resource', resource: { name: 'cpu' } }],
      },
    },
    'shop',
  );
const quota = (hard: string, used: string | undefined) =>
  object('v1', 'ResourceQuota', 'q', { status: { hard: { pods: hard }, used: used === undefined ? {} : { pods: used } } }, 'shop');
const webhook = (one: JsonObject) =>
  object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'w', {
    webhooks: [{ name: 'w.example', failurePolicy: 'Fail', ...one }],
  });
const namespace = (labels: JsonObject): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } });
const adminOf = (name: string) =>
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'admin', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name, namespace: 'shop' }],
  });

describe('checks', () => {
  type Row = readonly [
    id: string,
    says: string,
    objects: readonly KubeObject[],
    verdict: CheckVerdict,
    options?: Partial<AssessOptions> & { readonly live?: boolean },
  ];
  const rows: readonly Row[] = [
    ['architecture/control-plane-nodes', 'three nodes are enough', plane(3), 'pass'],
    ['architecture/control-plane-nodes', 'one is not', plane(1), 'fail'],
    [
      'architecture/control-plane-nodes',
      'a provider shows none',
      [node('n', 'a', { labels: { 'eks.amazonaws.com/nodegroup': 'x' } })],
      'not-applicable',
    ],
    ['architecture/control-plane-nodes', 'manifests show nothing', plane(3), 'unknown', { live: false }],
    ['architecture/zones', 'three zones are enough', [node('a', 'a'), node('b', 'b'), node('c', 'c')], 'pass'],
    ['architecture/zones', 'one is not', [node('a', 'a')], 'fail'],
    ['architecture/zones', 'nodes that name none leave it open', [node('a', undefined)], 'unknown'],
    [
      'architecture/kubelet-skew',
      'three versions behind is supported',
      [node('a', 'a', { status: { nodeInfo: { kubeletVersion: 'v1.33.0' } } })],
      'pass',
    ],
    ['architecture/kubelet-skew', 'four are not', [node('a', 'a', { status: { nodeInfo: { kubeletVersion: 'v1.32.0' } } })], 'fail'],
    [
      'architecture/kubelet-skew',
      'newer than the server never is',
      [node('a', 'a', { status: { nodeInfo: { kubeletVersion: 'v1.37.0' } } })],
      'fail',
    ],
    [
      'architecture/environments',
      'two environments in one cluster fail',
      [object('v1', 'Namespace', 'a', {}), object('v1', 'Namespace', 'b', {})].map(
        (one, index) => ({ ...one, metadata: { name: one.metadata?.name, labels: { env: index === 0 ? 'prod' : 'dev' } } }) as KubeObject,
      ),
      'fail',
    ],
    ['storage/databases-persistent', 'a database without a volume fails', database(), 'fail', { live: false }],
    [
      'storage/databases-persistent',
      'one with a claim passes',
      database({ volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'd' } }] }),
      'pass',
      { live: false },
    ],
    [
      'storage/backup-covers-claims',
      'a claim in a schedule passes',
      [...workload('StatefulSet', 'db', [], claims), velero(['shop'])],
      'pass',
    ],
    [
      'storage/backup-covers-claims',
      'one that no schedule takes in fails',
      [...workload('StatefulSet', 'db', [], claims), velero(['other'])],
      'fail',
    ],
    [
      'storage/backup-covers-claims',
      'manifests without a backup tool leave it open',
      workload('StatefulSet', 'db', [], claims),
      'unknown',
      { live: false },
    ],
    ['disaster-recovery/restore-tested', 'a restore of this month passes', [velero(['*']), restore('2026-10-10T00:00:00Z')], 'pass'],
    ['disaster-recovery/restore-tested', 'one of last year fails', [velero(['*']), restore('2025-10-10T00:00:00Z')], 'fail'],
    [
      'disaster-recovery/lose-a-node',
      'pods on one node fail',
      [node('a', 'a'), node('b', 'b'), ...workload('Deployment', 'web', ['a', 'a'])],
      'fail',
    ],
    [
      'disaster-recovery/lose-a-node',
      'pods on two nodes pass',
      [node('a', 'a'), node('b', 'b'), ...workload('Deployment', 'web', ['a', 'b'])],
      'pass',
    ],
    [
      'disaster-recovery/lose-a-zone',
      'a volume in one zone fails',
      [node('a', 'a'), node('b', 'b'), ...workload('StatefulSet', 'db', ['a'], claims), ...claim('data-db-0', { zone: 'a' })],
      'fail',
    ],
    [
      'ci-cd/actions-pinned',
      'a commit passes',
      [node('a', 'a')],
      'pass',
      { repository: [workflow(`jobs: {a: {steps: [{uses: actions/checkout@${sha}}]}}`)] },
    ],
    [
      'ci-cd/actions-pinned',
      'a tag fails',
      [node('a', 'a')],
      'fail',
      { repository: [workflow('jobs: {a: {steps: [{uses: actions/checkout@v4}]}}')] },
    ],
    ['ci-cd/actions-pinned', 'without a repository it is not known', [node('a', 'a')], 'unknown'],
    ['ci-cd/actions-pinned', 'a repository without workflows has none to judge', [node('a', 'a')], 'not-applicable', { repository: [] }],
    [
      'ci-cd/workflow-permissions',
      'write-all fails',
      [node('a', 'a')],
      'fail',
      { repository: [workflow('permissions: write-all\njobs: {a: {}}')] },
    ],
    [
      'ci-cd/pipeline-secrets',
      'a token in a workflow fails',
      [node('a', 'a')],
      'fail',
      { repository: [workflow(`env: {T: ghp_${'a'.repeat(36)}}\njobs: {a: {}}`)] },
    ],
    [
      'ci-cd/images-without-root',
      'a Dockerfile without USER fails',
      [node('a', 'a')],
      'fail',
      { repository: [{ kind: 'dockerfile', path: 'Dockerfile', text: 'FROM a AS b\nUSER 1\nFROM b\n' }] },
    ],
    ['monitoring/scraped', 'a ServiceMonitor that leads to the pods passes', [...serving(), monitor('web')], 'pass', { live: false }],
    ['monitoring/scraped', 'one that selects another Service fails', [...serving(), monitor('other')], 'fail', { live: false }],
    ['monitoring/scraped', 'without the operator nothing is judged', serving(), 'not-applicable', { live: false }],
    [
      'monitoring/alert-crash-loops',
      'a rule about restarts passes',
      [rule('kube_pod_container_status_restarts_total > 5')],
      'pass',
      { live: false },
    ],
    ['monitoring/alert-crash-loops', 'rules about something else fail', [rule('up == 0')], 'fail', { live: false }],
    [
      'monitoring/liveness-own',
      'a probe that asks another host fails',
      probed({ httpGet: { path: '/', port: 80, host: 'db' } }),
      'fail',
      { live: false },
    ],
    [
      'monitoring/liveness-own',
      'one that asks the container passes',
      probed({ httpGet: { path: '/livez', port: 80 } }),
      'pass',
      { live: false },
    ],
    ['scalability/autoscaled-requests', 'requests pass', [...workload('Deployment', 'web', []), autoscaler()], 'pass', { live: false }],
    ['scalability/autoscaled-requests', 'a container without requests fails', [...probed({}), autoscaler()], 'fail', { live: false }],
    ['scalability/quota-use', 'a quota that is used up fails', [quota('4', '4')], 'fail'],
    ['scalability/quota-use', 'one with room passes', [quota('4', '1')], 'pass'],
    ['scalability/quota-use', 'one that does not tell its use leaves it open', [quota('4', undefined)], 'unknown'],
    [
      'scalability/node-pool-limits',
      'a pool without limits fails',
      [object('karpenter.sh/v1', 'NodePool', 'x', { spec: {} })],
      'fail',
      { live: false },
    ],
    [
      'scalability/pods-per-node',
      'a full node fails',
      [node('a', 'a', { status: { allocatable: { pods: '2' } } }), ...workload('Deployment', 'web', ['a', 'a'])],
      'fail',
    ],
    [
      'architecture/webhooks-bounded',
      'one that fails closed on everything fails',
      [webhook({ rules: [{ apiGroups: ['*'], resources: ['*'] }] })],
      'fail',
      { live: false },
    ],
    [
      'architecture/webhooks-bounded',
      'one that leaves namespaces out passes',
      [webhook({ rules: [{ apiGroups: ['*'], resources: ['*'] }], namespaceSelector: { matchLabels: { a: 'b' } } })],
      'pass',
      { live: false },
    ],
    [
      'architecture/webhooks-bounded',
      'one that waits for half a minute fails',
      [webhook({ timeoutSeconds: 30, rules: [] })],
      'fail',
      { live: false },
    ],
    [
      'storage/reclaim-policy',
      'volumes that go with their claim fail',
      [object('storage.k8s.io/v1', 'StorageClass', 'fast', { provisioner: 'x' })],
      'fail',
      { live: false },
    ],
    [
      'storage/reclaim-policy',
      'volumes that stay pass',
      [object('storage.k8s.io/v1', 'StorageClass', 'fast', { provisioner: 'x', reclaimPolicy: 'Retain' })],
      'pass',
      { live: false },
    ],
    [
      'ci-cd/deployer-rights',
      'a pod that runs as cluster-admin fails, though the role is not among the manifests',
      [...workload('Deployment', 'web', []), adminOf('default')],
      'fail',
      { live: false },
    ],
    ['ci-cd/deployer-rights', 'one beside it passes', [...workload('Deployment', 'web', []), adminOf('other')], 'pass', { live: false }],
    [
      'security/admission',
      'manifests without Namespaces and policies do not show it',
      workload('Deployment', 'web', []),
      'unknown',
      { live: false },
    ],
    [
      'security/admission',
      'a namespace that enforces baseline passes',
      [namespace({ 'pod-security.kubernetes.io/enforce': 'baseline' }), ...workload('Deployment', 'web', [])],
      'pass',
      { live: false },
    ],
    [
      'security/admission',
      'one that enforces nothing fails',
      [namespace({}), ...workload('Deployment', 'web', [])],
      'fail',
      { live: false },
    ],
    [
      'disaster-recovery/certificates',
      'one that ends within a month fails',
      [object('cert-manager.io/v1', 'Certificate', 'web', { status: { notAfter: '2026-11-20T00:00:00Z' } }, 'shop')],
      'fail',
    ],
    [
      'disaster-recovery/budgets-allow',
      'a budget that lets nobody go fails',
      [
        ...workload('Deployment', 'web', []),
        object(
          'policy/v1',
          'PodDisruptionBudget',
          'web',
          { spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'web' } } } },
          'shop',
        ),
      ],
      'fail',
      { live: false },
    ],
    [
      'monitoring/nodes-healthy',
      'pressure fails',
      [
        node('a', 'a', {
          status: {
            conditions: [
              { type: 'Ready', status: 'True' },
              { type: 'DiskPressure', status: 'True', message: 'full' },
            ],
          },
        }),
      ],
      'fail',
    ],
    ['scalability/throttling', 'metrics are not read', [node('a', 'a')], 'unknown'],
    ['security/kubelets', 'flags that nobody showed are not known', [node('a', 'a')], 'unknown'],
  ];
  for (const [id, says, objects, verdict, options] of rows)
    test(`${id}: ${says}`, () => {
      const found = assessed(objects, options).checks.find((one) => one.id === id);
      assert.equal(found?.verdict, verdict, found?.reason);
    });

  test('have ids of their own, and rest on controls that exist', () => {
    const known = new Set(catalogue.map(({ id }) => id));
    assert.equal(new Set(checks.map(({ id }) => id)).size, checks.length);
    for (const { controls: own, id, dimension } of checks) {
      assert.ok(id.startsWith(`${dimension}/`), id);
      for (const one of own) assert.ok(known.has(one), `${id} rests on ${one}`);
    }
  });
});

describe('an assessment', () => {
  const objects = [node('a', 'a'), node('b', 'b'), ...workload('Deployment', 'web', ['a', 'b'])];

  test('of nothing has no score anywhere', () => {
    const { overall, dimensions, layers } = assessed([], { live: false });
    assert.deepEqual(
      [overall, ...dimensions, ...layers].filter(({ score }) => score !== undefined),
      [],
    );
    assert.equal(overall.judged, 0);
  });

  test('says of every figure what it was counted over', () => {
    for (const { inScope, counts, ratio, verdict, source, id } of assessed(objects).checks) {
      const judged = counts.pass + counts.fail + counts.unknown;
      assert.equal(ratio !== undefined, judged > 0, id);
      assert.ok(inScope || verdict === 'unknown', id);
      assert.notEqual(source, '', id);
    }
  });

  test('with fewer sources judges less and is in a wider range', () => {
    const [live, manifests] = [assessed(objects), assessed(objects, { live: false })];
    assert.ok(manifests.overall.judged < live.overall.judged);
    assert.ok(manifests.overall.range.high - manifests.overall.range.low >= 0);
  });

  test('gives equal bytes for equal input', () => assert.equal(JSON.stringify(assessed(objects)), JSON.stringify(assessed(objects))));

  test('says who answers for what', () => {
    const of = (distribution: string) => assessed(objects, { distribution }).responsibility.rows;
    assert.deepEqual(
      of('eks')
        .filter(({ alwaysYours }) => alwaysYours)
        .map(({ responsible }) => responsible),
      Array(6).fill('you'),
    );
    assert.equal(of('eks').find(({ id }) => id === 'control-plane')?.responsible, 'provider');
    assert.equal(of('self-managed').find(({ id }) => id === 'control-plane')?.responsible, 'you');
    assert.equal(of('unknown').find(({ id }) => id === 'control-plane')?.responsible, 'unknown');
  });

  test('shows which defences each workload has', () => {
    const [row] = assessed(objects).defence.rows;
    assert.equal(row?.subject.name, 'web');
    assert.deepEqual([row?.cells.sandbox, row?.cells.network, row?.cells.limits], ['pass', 'fail', 'fail']);
  });

  test('stands objects of any shape', () => {
    const odd = ['Node', 'Pod', 'PersistentVolumeClaim', 'Service', 'Namespace', 'PersistentVolume', 'ResourceQuota'].flatMap((kind) =>
      [null, 5, [], { a: null }].map(
        (value) => ({ apiVersion: 'v1', kind, metadata: value, spec: value, status: value }) as unknown as KubeObject,
      ),
    );
    const failed = assessed(odd).checks.flatMap(({ id, open }) =>
      open.filter(({ detail }) => detail.startsWith('the check failed')).map(({ detail }) => `${id}: ${detail}`),
    );
    assert.deepEqual(failed, []);
  });
});

describe('progress', () => {
  const earlier = (assessment: Assessment) => {
    const read = readEarlier(JSON.parse(JSON.stringify(assessment)), 'last.json');
    assert.ok(read.ok);
    return read.value;
  };
  const [weak, strong] = [
    [node('a', 'a'), node('b', 'b'), ...workload('Deployment', 'web', ['a', 'a'])],
    [node('a', 'a'), node('b', 'b'), ...workload('Deployment', 'web', ['a', 'b'])],
  ];
  const change = (before: readonly KubeObject[], after: readonly KubeObject[], id: string) =>
    assessed(after, { previous: earlier(assessed(before)) }).progress?.items.find(({ check }) => check === id)?.change;

  test('a check that failed and passes is closed', () => assert.equal(change(weak, strong, 'disaster-recovery/lose-a-node'), 'closed'));
  test('one that passed and fails is opened', () => assert.equal(change(strong, weak, 'disaster-recovery/lose-a-node'), 'opened'));
  test('nothing changed, nothing told', () => assert.deepEqual(assessed(weak, { previous: earlier(assessed(weak)) }).progress?.items, []));
  test('a source that is gone is no progress, and is said', () => {
    const { progress } = assessed(weak, { live: false, previous: earlier(assessed(weak)) });
    assert.equal(progress?.items.find(({ check }) => check === 'disaster-recovery/lose-a-node')?.change, 'no-longer-seen');
    assert.match(progress?.caution ?? '', /live/);
  });
  for (const [title, value] of [
    ['a list', []],
    ['another kind', { kind: 'ScanResult' }],
    ['nothing', null],
    ['no checks', { kind: 'Assessment' }],
  ] as const)
    test(`${title} is no assessment`, () => assert.equal(readEarlier(value, 'last.json').ok, false));
  test('odd members are passed over', () =>
    assert.equal(
      readEarlier({ kind: 'Assessment', checks: [null, 5, { id: 'a' }, { id: 'b', verdict: 'fail', ratio: 'x' }] }, 'x').ok,
      true,
    ));
});
