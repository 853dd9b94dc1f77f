// Stories of what controllers do, each told to a real control plane and to played controllers: `stories.ts` says how they are compared.

import type { JsonObject } from '../../src/lib/json.ts';
import type { Step, Story } from './stories.ts';

const core = (plural: string, name = '') => `/api/v1/namespaces/NS/${plural}${name === '' ? '' : `/${name}`}`;
const of = (group: string, plural: string, name = '') => `/apis/${group}/namespaces/NS/${plural}${name === '' ? '' : `/${name}`}`;
const [pods, services] = [core('pods'), core('services')];
const [jobs, cronJobs] = [of('batch/v1', 'jobs'), of('batch/v1', 'cronjobs')];

function object(apiVersion: string, kind: string, name: string, more: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name, ...metadata }, ...more };
}

const post = (path: string, body: JsonObject): Step => ['POST', path, body];
const patch = (path: string, body: JsonObject): Step => ['PATCH', path, body];
const remove = (path: string, body?: JsonObject): Step => (body === undefined ? ['DELETE', path] : ['DELETE', path, body]);

const large = { requests: { cpu: '900' } };
const container = (resources?: JsonObject): JsonObject => ({ name: 'c', image: 'i', ...(resources === undefined ? {} : { resources }) });
const ending = (resources?: JsonObject): JsonObject => ({
  template: { spec: { restartPolicy: 'Never', containers: [container(resources)] } },
});
const job = (spec: JsonObject, resources?: JsonObject) => object('batch/v1', 'Job', 'x', { spec: { ...ending(resources), ...spec } });
const cronJob = (spec: JsonObject, resources?: JsonObject) =>
  object('batch/v1', 'CronJob', 'x', { spec: { jobTemplate: { spec: ending(resources) }, ...spec } });

const jobStories: readonly Story[] = [
  {
    what: 'a suspended Job that is resumed',
    looks: [jobs, pods],
    events: true,
    steps: [post(jobs, job({ suspend: true })), patch(`${jobs}/x`, { spec: { suspend: false } })],
  },
  {
    what: 'a Job that waits, and is suspended, and resumed',
    looks: [jobs, pods],
    events: /Suspended|Resumed|Successful/,
    steps: [
      post(jobs, job({ parallelism: 2 }, large)),
      patch(`${jobs}/x`, { spec: { suspend: true } }),
      patch(`${jobs}/x`, { spec: { suspend: false } }),
    ],
  },
  {
    what: 'a Job that waits, with less and more at once',
    looks: [jobs, pods],
    events: /Successful/,
    steps: [
      post(jobs, job({ parallelism: 3, completions: 5 }, large)),
      patch(`${jobs}/x`, { spec: { parallelism: 1 } }),
      patch(`${jobs}/x`, { spec: { parallelism: 2 } }),
    ],
  },
  {
    what: 'a Job whose time is over',
    ends: /DeadlineExceeded/,
    looks: [jobs, pods],
    events: /Deadline|Success/,
    steps: [post(jobs, job({ activeDeadlineSeconds: 4 }, large))],
  },
  { what: 'a Job with a time to live', ends: /^$/, looks: [jobs, pods], steps: [post(jobs, job({ ttlSecondsAfterFinished: 3 }))] },
  {
    what: 'a Job of which one index is enough',
    looks: [jobs],
    events: /Completed/,
    steps: [post(jobs, job({ completions: 1, completionMode: 'Indexed', successPolicy: { rules: [{ succeededIndexes: '0' }] } }))],
  },
  {
    what: 'a Job without a number of completions',
    looks: [jobs, pods],
    events: true,
    steps: [post(jobs, object('batch/v1', 'Job', 'x', { spec: { ...ending(), parallelism: 2 } }))],
  },
  { what: 'a Job of another controller', looks: [jobs, pods], events: true, steps: [post(jobs, job({ managedBy: 'a.b/c' }))] },
  {
    what: 'a Job that waits and is deleted',
    looks: [jobs, pods],
    steps: [post(jobs, job({ parallelism: 2 }, large)), remove(`${jobs}/x`, { propagationPolicy: 'Background' })],
  },
  {
    what: 'a Job that waits and is deleted alone',
    looks: [jobs, pods],
    steps: [post(jobs, job({ parallelism: 2 }, large)), remove(`${jobs}/x`, { propagationPolicy: 'Orphan' })],
  },
];

const minutes = { what: '', patience: 150_000 };
const cronStories: readonly Story[] = [
  {
    ...minutes,
    what: 'a CronJob of every minute',
    looks: [cronJobs, jobs, pods],
    events: /^(?!MissingJob|Node|Taint)/,
    ends: /Deleted job/,
    steps: [post(cronJobs, cronJob({ schedule: '* * * * *', timeZone: 'Asia/Kolkata', successfulJobsHistoryLimit: 0 }))],
  },
  {
    what: 'a CronJob that is suspended',
    looks: [cronJobs, jobs],
    events: true,
    steps: [post(cronJobs, cronJob({ schedule: '* * * * *', suspend: true }))],
  },
  {
    what: 'a CronJob for which there is no day',
    looks: [cronJobs, jobs],
    events: true,
    steps: [post(cronJobs, cronJob({ schedule: '59 23 31 2 *' }))],
  },
  {
    what: 'a CronJob whose Job somebody made by hand',
    looks: [cronJobs, jobs],
    events: /Unexpected|SawCompleted/,
    steps: [
      post(cronJobs, cronJob({ schedule: '@yearly' })),
      post(
        jobs,
        object('batch/v1', 'Job', 'x-by-hand', { spec: ending() }, { annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' } }),
      ),
    ],
  },
];

const claims = core('persistentvolumeclaims');
const volumes = '/api/v1/persistentvolumes';
const classes = '/apis/storage.k8s.io/v1/storageclasses';
const storage = { looks: [claims, volumes], events: true };
const claim = (spec: JsonObject = {}, name = 'x', metadata: JsonObject = {}) =>
  object(
    'v1',
    'PersistentVolumeClaim',
    name,
    { spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'NS', resources: { requests: { storage: '1Gi' } }, ...spec } },
    metadata,
  );
const volume = (name: string, storageSize: string, spec: JsonObject = {}, metadata: JsonObject = {}) =>
  object(
    'v1',
    'PersistentVolume',
    `NS-${name}`,
    {
      spec: {
        capacity: { storage: storageSize },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'NS',
        persistentVolumeReclaimPolicy: 'Retain',
        nfs: { server: 'a', path: '/b' },
        ...spec,
      },
    },
    metadata,
  );
const storageClass = (more: JsonObject) => object('storage.k8s.io/v1', 'StorageClass', 'NS', more);
const waiting = { provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' };
const user = (name: string, claimName: string) =>
  object('v1', 'Pod', name, { spec: { containers: [container()], volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] } });
const onNode = (name: string) => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] }] },
  },
});

const claimStories: readonly Story[] = [
  {
    ...storage,
    what: 'a claim that gets the smallest volume that is large enough',
    steps: [
      [post(volumes, volume('a', '5Gi')), post(volumes, volume('b', '2Gi')), post(volumes, volume('c', '512Mi'))],
      post(claims, claim()),
    ],
  },
  {
    ...storage,
    what: 'a claim that selects its volume',
    steps: [
      [post(volumes, volume('a', '1Gi')), post(volumes, volume('b', '2Gi', {}, { labels: { a: 'b' } }))],
      post(claims, claim({ selector: { matchLabels: { a: 'b' } } })),
    ],
  },
  {
    ...storage,
    what: 'claims of blocks and of files',
    steps: [
      post(volumes, volume('a', '1Gi', { volumeMode: 'Block' })),
      post(claims, claim()),
      post(claims, claim({ volumeMode: 'Block' }, 'y')),
    ],
  },
  {
    ...storage,
    what: 'a claim of more modes than a volume has',
    steps: [
      [post(volumes, volume('a', '1Gi')), post(volumes, volume('b', '3Gi', { accessModes: ['ReadWriteMany', 'ReadOnlyMany'] }))],
      post(claims, claim({ accessModes: ['ReadWriteMany'] })),
    ],
  },
  { ...storage, what: 'a claim of no class', steps: [post(claims, claim({ storageClassName: '' }))] },
  { ...storage, what: 'a claim of a class that is not there', steps: [post(claims, claim())] },
  {
    ...storage,
    what: 'a claim of a class without a provisioner',
    steps: [post(classes, storageClass({ provisioner: 'kubernetes.io/no-provisioner' })), post(claims, claim())],
  },
  {
    ...storage,
    what: 'a claim of a driver that is not there',
    steps: [post(classes, storageClass({ provisioner: 'csi.example.com' })), post(claims, claim())],
  },
  {
    ...storage,
    what: 'a claim of a plugin that became a driver',
    steps: [post(classes, storageClass({ provisioner: 'kubernetes.io/aws-ebs' })), post(claims, claim())],
  },
  {
    ...storage,
    what: 'a claim that names a volume that comes later',
    steps: [post(claims, claim({ volumeName: 'NS-a' })), post(volumes, volume('a', '1Gi'))],
  },
  {
    ...storage,
    what: 'a claim that names a volume too small for it',
    steps: [post(volumes, volume('a', '512Mi')), post(claims, claim({ volumeName: 'NS-a' }))],
  },
  {
    ...storage,
    what: 'a claim that names a volume of another',
    steps: [post(volumes, volume('a', '1Gi')), post(claims, claim({}, 'y')), post(claims, claim({ volumeName: 'NS-a' }))],
  },
  {
    ...storage,
    what: 'a volume reserved for a claim',
    steps: [
      post(volumes, volume('a', '9Gi', { claimRef: { namespace: 'NS', name: 'x' } })),
      post(claims, claim({}, 'y')),
      post(claims, claim()),
    ],
  },
  {
    ...storage,
    what: 'a claim that is deleted, and its volume kept',
    steps: [
      post(volumes, volume('a', '1Gi')),
      post(claims, claim()),
      remove(`${claims}/x`),
      post(claims, claim()),
      patch(`${volumes}/NS-a`, { spec: { claimRef: null } }),
    ],
  },
  {
    ...storage,
    what: 'a claim that is deleted, and its volume cannot be',
    steps: [post(volumes, volume('a', '1Gi', { persistentVolumeReclaimPolicy: 'Delete' })), post(claims, claim()), remove(`${claims}/x`)],
  },
  {
    ...storage,
    what: 'a claim that is deleted, and its volume waits for a driver',
    steps: [
      post(
        volumes,
        volume('a', '1Gi', { persistentVolumeReclaimPolicy: 'Delete', nfs: null, csi: { driver: 'd.example', volumeHandle: 'h' } }),
      ),
      post(claims, claim()),
      remove(`${claims}/x`),
    ],
  },
  {
    ...storage,
    what: 'a claim whose volume is taken away',
    steps: [
      post(volumes, volume('a', '1Gi')),
      post(claims, claim()),
      patch(`${volumes}/NS-a`, { metadata: { finalizers: null } }),
      remove(`${volumes}/NS-a`),
      patch(`${volumes}/NS-a`, { metadata: { finalizers: null } }),
    ],
  },
  {
    ...storage,
    what: 'a volume that is deleted while it is bound',
    steps: [post(volumes, volume('a', '1Gi')), post(claims, claim()), remove(`${volumes}/NS-a`), remove(`${claims}/x`)],
  },
  {
    ...storage,
    what: 'a claim that waits for its first pod',
    looks: [claims, volumes, pods],
    events: /^(?!Scheduled|WaitForPod)/,
    steps: [
      post(classes, storageClass(waiting)),
      post(volumes, volume('a', '2Gi', onNode('node-2'))),
      post(claims, claim()),
      post(pods, user('x', 'x')),
    ],
  },
  {
    ...storage,
    what: 'a claim that waits for its first pod, and finds no volume',
    looks: [claims, volumes, pods],
    steps: [post(classes, storageClass(waiting)), post(claims, claim()), post(pods, user('x', 'x'))],
  },
  {
    ...storage,
    what: 'a claim that waits for its first pod, and for a driver',
    looks: [claims, volumes],
    events: /^(?!Scheduled|Failed|WaitForPod)/,
    steps: [post(classes, storageClass({ ...waiting, provisioner: 'csi.example.com' })), post(claims, claim()), post(pods, user('x', 'x'))],
    leaves: ['volume.kubernetes.io/selected-node'],
  },
  {
    ...storage,
    what: 'a claim that a pod uses is deleted',
    looks: [claims, volumes, pods],
    steps: [
      post(volumes, volume('a', '2Gi')),
      post(claims, claim()),
      post(pods, user('x', 'x')),
      remove(`${claims}/x`),
      remove(`${pods}/x`, { gracePeriodSeconds: 0 }),
    ],
  },
  {
    ...storage,
    what: 'a claim that asks for more than it has',
    steps: [
      post(classes, storageClass({ provisioner: 'csi.example.com', allowVolumeExpansion: true })),
      post(volumes, volume('a', '2Gi')),
      post(claims, claim()),
      patch(`${claims}/x`, { spec: { resources: { requests: { storage: '3Gi' } } } }),
    ],
  },
  {
    ...storage,
    what: 'a pod with a volume of its own',
    looks: [claims, pods],
    events: /^(?!FailedScheduling)/,
    steps: [
      post(
        pods,
        object('v1', 'Pod', 'x', {
          spec: {
            containers: [container()],
            volumes: [
              {
                name: 'v',
                ephemeral: {
                  volumeClaimTemplate: {
                    metadata: { labels: { a: 'b' } },
                    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'NS', resources: { requests: { storage: '1Gi' } } },
                  },
                },
              },
            ],
          },
        }),
      ),
      remove(`${pods}/x`),
    ],
  },
];

const nodes = '/api/v1/nodes';
const shut = { key: 'own', value: 'NS', effect: 'NoSchedule' };
const room = { cpu: '4', memory: '8Gi', pods: '20' };
/** A node for its story alone. */
const node = () =>
  object('v1', 'Node', 'NS', { spec: { taints: [shut] }, status: { capacity: room, allocatable: room } }, { labels: { own: 'NS' } });
const labels = { app: 'x' };
const pod = (name: string, spec: JsonObject = {}, metadata: JsonObject = { labels }, resources?: JsonObject) =>
  object('v1', 'Pod', name, { spec: { containers: [container(resources)], ...spec } }, metadata);
const evicting = { key: 'a', value: 'b', effect: 'NoExecute' };
const here = { nodeSelector: { own: 'NS' }, tolerations: [{ key: 'own', operator: 'Exists' }] };

const taintStories: readonly Story[] = [
  {
    what: 'pods on a node that is tainted to evict',
    looks: [pods],
    events: /TaintManager/,
    steps: [
      post(nodes, node()),
      [
        post(pods, pod('x', here)),
        post(pods, pod('y', { ...here, tolerations: [...here.tolerations, { key: 'a', operator: 'Exists' }] })),
        post(
          pods,
          pod('z', { ...here, tolerations: [...here.tolerations, { key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 5 }] }),
        ),
        post(pods, pod('u', { ...here, tolerations: [...here.tolerations, { key: 'a', value: 'c' }] })),
      ],
      patch(`${nodes}/NS`, { spec: { taints: [shut, evicting] } }),
    ],
    ends: /z by taint/,
  },
  {
    what: 'a taint that is taken away in time',
    looks: [pods],
    events: /TaintManager/,
    steps: [
      post(nodes, node()),
      post(
        pods,
        pod('z', { ...here, tolerations: [...here.tolerations, { key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 60 }] }),
      ),
      patch(`${nodes}/NS`, { spec: { taints: [shut, evicting] } }),
      patch(`${nodes}/NS`, { spec: { taints: [shut] } }),
    ],
    ends: /Cancelling/,
  },
  {
    what: 'a pod on a node that goes',
    looks: [pods],
    events: /Deleting/,
    steps: [post(nodes, node()), post(pods, pod('x', here)), remove(`${nodes}/NS`)],
    patience: 120_000,
    ends: /^$/,
  },
];

const apps = (plural: string, name = '') => of('apps/v1', plural, name);
const [sets, statefulSets, daemonSets, deployments] = [apps('replicasets'), apps('statefulsets'), apps('daemonsets'), apps('deployments')];
const template = (resources?: JsonObject, spec: JsonObject = {}) => ({
  metadata: { labels },
  spec: { containers: [container(resources)], ...spec },
});
const workload = (kind: string, spec: JsonObject, resources?: JsonObject, podSpec: JsonObject = {}) =>
  object('apps/v1', kind, 'x', { spec: { selector: { matchLabels: labels }, template: template(resources, podSpec), ...spec } });
const controllers = of('apps/v1', 'controllerrevisions');
const newImage = { spec: { template: { spec: { containers: [{ name: 'c', image: 'j' }] } } } };
const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  strategy: { rollingUpdate: { maxSurge, maxUnavailable } },
});
const claimTemplate = {
  metadata: { name: 'v', labels: { of: 'v' } },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'NS', resources: { requests: { storage: '1Gi' } } },
};
const owned = (more: JsonObject = {}) => ({ looks: [sets, pods, statefulSets, daemonSets, deployments, controllers], ...more });

const workloadStories: readonly Story[] = [
  {
    ...owned(),
    what: 'a ReplicaSet that takes a pod',
    events: /Successful/,
    steps: [post(pods, pod('x-own')), post(sets, workload('ReplicaSet', { replicas: 2 }))],
  },
  {
    ...owned(),
    what: 'a ReplicaSet that lets a pod go',
    steps: [
      post(pods, pod('x-own')),
      post(sets, workload('ReplicaSet', { replicas: 1 })),
      patch(`${pods}/x-own`, { metadata: { labels: { app: 'y' } } }),
    ],
  },
  {
    ...owned(),
    what: 'a ReplicaSet that takes its pods again',
    steps: [
      post(sets, workload('ReplicaSet', { replicas: 2 })),
      remove(`${sets}/x`, { propagationPolicy: 'Orphan' }),
      post(sets, workload('ReplicaSet', { replicas: 1 })),
    ],
  },
  {
    ...owned(),
    what: 'a ReplicaSet with its minimum of seconds',
    steps: [post(sets, workload('ReplicaSet', { replicas: 1, minReadySeconds: 4 }))],
    ends: /availableReplicas/,
  },
  {
    what: 'a ReplicationController',
    looks: [core('replicationcontrollers'), pods],
    events: /Successful/,
    steps: [
      post(
        core('replicationcontrollers'),
        object('v1', 'ReplicationController', 'x', { spec: { replicas: 2, selector: labels, template: template() } }),
      ),
      patch(core('replicationcontrollers', 'x'), { spec: { replicas: 1 } }),
    ],
  },
  {
    ...owned(),
    what: 'a StatefulSet with claims',
    looks: [statefulSets, pods, claims],
    events: /^(?!Failed|WaitFor|ProvisioningFailed|Scheduled)/,
    steps: [post(statefulSets, workload('StatefulSet', { replicas: 2, serviceName: 's', volumeClaimTemplates: [claimTemplate] }))],
  },
  {
    ...owned(),
    what: 'a StatefulSet that deletes its claims when it shrinks',
    looks: [statefulSets, pods, claims, volumes],
    steps: [
      [post(volumes, volume('a', '1Gi')), post(volumes, volume('b', '2Gi'))],
      post(
        statefulSets,
        workload('StatefulSet', {
          replicas: 2,
          serviceName: 's',
          volumeClaimTemplates: [claimTemplate],
          persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
        }),
      ),
      patch(`${statefulSets}/x`, { spec: { replicas: 1 } }),
    ],
    leaves: ['spec'],
  },
  {
    ...owned(),
    what: 'a StatefulSet that deletes its claims with itself',
    looks: [statefulSets, pods, claims],
    steps: [
      [post(volumes, volume('a', '1Gi')), post(volumes, volume('b', '2Gi'))],
      post(
        statefulSets,
        workload('StatefulSet', {
          replicas: 2,
          serviceName: 's',
          volumeClaimTemplates: [claimTemplate],
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
        }),
      ),
      remove(`${statefulSets}/x`, { propagationPolicy: 'Foreground' }),
    ],
    leaves: ['volumeName'],
  },
  {
    ...owned(),
    what: 'a StatefulSet that shrinks one after the other',
    steps: [
      post(statefulSets, workload('StatefulSet', { replicas: 3, serviceName: 's' })),
      patch(`${statefulSets}/x`, { spec: { replicas: 1 } }),
    ],
    events: /Successful/,
  },
  {
    ...owned(),
    what: 'a StatefulSet that begins at five',
    steps: [
      post(statefulSets, workload('StatefulSet', { replicas: 2, serviceName: 's', ordinals: { start: 5 } })),
      patch(`${statefulSets}/x`, newImage),
    ],
  },
  {
    ...owned(),
    what: 'a StatefulSet whose pods may be missing',
    steps: [
      post(
        statefulSets,
        workload('StatefulSet', {
          replicas: 3,
          serviceName: 's',
          podManagementPolicy: 'Parallel',
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } },
        }),
      ),
      patch(`${statefulSets}/x`, newImage),
    ],
  },
  {
    ...owned(),
    what: 'a DaemonSet that follows labels of nodes',
    steps: [
      post(daemonSets, workload('DaemonSet', {}, undefined, here)),
      post(nodes, node()),
      patch(`${nodes}/NS`, { metadata: { labels: { own: null } } }),
    ],
    events: /Successful/,
  },
  {
    ...owned(),
    what: 'a DaemonSet that surges',
    steps: [
      post(
        daemonSets,
        workload('DaemonSet', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
      ),
      patch(`${daemonSets}/x`, newImage),
    ],
  },
  {
    ...owned(),
    what: 'a DaemonSet that takes a pod',
    steps: [post(nodes, node()), post(pods, pod('x-own', here)), post(daemonSets, workload('DaemonSet', {}, undefined, here))],
  },
  {
    ...owned({ leaves: ['generation', 'observedGeneration'] }),
    what: 'a Deployment that surges by percents',
    steps: [
      post(deployments, workload('Deployment', { replicas: 3, ...rolling('34%', '34%') })),
      patch(`${deployments}/x`, { spec: { ...newImage.spec, replicas: 7 } }),
    ],
  },
  {
    ...owned(),
    what: 'a Deployment that is not in time',
    steps: [
      post(deployments, workload('Deployment', { replicas: 1, progressDeadlineSeconds: 4 }, large)),
      patch(`${deployments}/x`, {
        spec: { template: { spec: { containers: [{ name: 'c', image: 'j', resources: { requests: null } }] } } },
      }),
    ],
    ends: /NewReplicaSetAvailable/,
  },
  {
    ...owned(),
    what: 'a Deployment that is late',
    steps: [post(deployments, workload('Deployment', { replicas: 1, progressDeadlineSeconds: 4 }, large))],
    ends: /DeadlineExceeded/,
  },
  {
    ...owned(),
    what: 'a Deployment that takes a ReplicaSet',
    steps: [
      post(deployments, workload('Deployment', { replicas: 1 })),
      remove(`${deployments}/x`, { propagationPolicy: 'Orphan' }),
      post(deployments, workload('Deployment', { replicas: 2 })),
    ],
  },
  {
    ...owned(),
    what: 'a Deployment that grows in the middle of its way',
    steps: [
      post(deployments, workload('Deployment', { replicas: 4, ...rolling(2, 1) })),
      patch(`${deployments}/x`, { spec: { template: { spec: { containers: [{ name: 'c', image: 'j', resources: large }] } } } }),
      patch(`${deployments}/x`, { spec: { replicas: 10 } }),
    ],
  },
  {
    ...owned(),
    what: 'a Deployment with its minimum of seconds',
    steps: [post(deployments, workload('Deployment', { replicas: 2, minReadySeconds: 3 })), patch(`${deployments}/x`, newImage)],
  },
  {
    ...owned(),
    what: 'a Deployment that keeps no history',
    steps: [post(deployments, workload('Deployment', { replicas: 1, revisionHistoryLimit: 0 })), patch(`${deployments}/x`, newImage)],
  },
];

const scaling = of('autoscaling/v2', 'horizontalpodautoscalers');
const scaler = (spec: JsonObject = {}) =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'x', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' }, minReplicas: 2, maxReplicas: 4, ...spec },
  });
const budgets = of('policy/v1', 'poddisruptionbudgets');
const budget = (spec: JsonObject) =>
  object('policy/v1', 'PodDisruptionBudget', 'x', { spec: { selector: { matchLabels: labels }, ...spec } });
const nobody = (apiVersion: string, kind: string) => ({ apiVersion, kind, name: 'gone', uid: '00000000-0000-0000-0000-000000000001' });

const quotas = core('resourcequotas');
const quota = (hard: JsonObject, more: JsonObject = {}) => object('v1', 'ResourceQuota', 'x', { spec: { hard, ...more } });
const slices = of('discovery.k8s.io/v1', 'endpointslices');
const service = (spec: JsonObject, metadata: JsonObject = {}) =>
  object('v1', 'Service', 'x', { spec: { selector: labels, ports: [{ port: 80 }], ...spec } }, metadata);
const endpoints = core('endpoints');
const behind = { looks: [services, slices, endpoints], leaves: ['clusterIP', 'clusterIPs', 'nodePort', 'status', 'generation'] };
const requested = { requests: { cpu: '100m', memory: '64Mi' } };

const otherStories: readonly Story[] = [
  { what: 'an autoscaler whose target is not there', looks: [scaling], events: true, steps: [post(scaling, scaler())] },
  {
    what: 'an autoscaler without metrics',
    looks: [scaling, deployments],
    events: /^(?:Failed(?:Get|Compute)|SuccessfulRescale)/,
    steps: [post(deployments, workload('Deployment', { replicas: 3 }, requested)), post(scaling, scaler())],
    patience: 150_000,
    ends: /FailedGetResourceMetric/,
  },
  ...(
    [
      { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } },
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 50 } },
      },
      { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1' } } },
      {
        type: 'Object',
        object: {
          metric: { name: 'm' },
          describedObject: { kind: 'Service', name: 's', apiVersion: 'v1' },
          target: { type: 'Value', value: '1' },
        },
      },
      {
        type: 'Object',
        object: {
          metric: { name: 'm' },
          describedObject: { kind: 'Service', name: 's', apiVersion: 'v1' },
          target: { type: 'AverageValue', averageValue: '1' },
        },
      },
      {
        type: 'External',
        external: { metric: { name: 'm', selector: { matchLabels: { a: 'b' } } }, target: { type: 'Value', value: '1' } },
      },
      { type: 'External', external: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1' } } },
    ] as const
  ).map(
    (metric, index): Story => ({
      what: `an autoscaler by a metric of the type ${metric.type}, ${index}`,
      looks: [scaling],
      events: /Failed(?:Get|Compute)/,
      steps: [post(deployments, workload('Deployment', { replicas: 3 })), post(scaling, scaler({ metrics: [metric] }))],
      patience: 120_000,
      ends: /ScalingActive/,
    }),
  ),
  {
    what: 'an autoscaler of too few',
    looks: [scaling, deployments],
    events: /SuccessfulRescale/,
    steps: [post(deployments, workload('Deployment', { replicas: 1 })), post(scaling, scaler())],
    patience: 90_000,
    ends: /SuccessfulRescale/,
  },
  {
    what: 'an autoscaler of too many',
    looks: [scaling, deployments],
    events: /SuccessfulRescale/,
    steps: [post(deployments, workload('Deployment', { replicas: 6 })), post(scaling, scaler())],
    patience: 90_000,
    ends: /SuccessfulRescale/,
  },
  {
    what: 'an autoscaler that is switched off',
    looks: [scaling],
    events: true,
    steps: [post(deployments, workload('Deployment', { replicas: 0 })), post(scaling, scaler())],
    patience: 90_000,
    ends: /ScalingDisabled/,
  },
  {
    what: 'a budget of a share',
    looks: [budgets],
    events: true,
    steps: [
      post(deployments, workload('Deployment', { replicas: 5 })),
      post(budgets, budget({ minAvailable: '50%' })),
      patch(`${budgets}/x`, { spec: { minAvailable: null, maxUnavailable: 1 } }),
    ],
  },
  {
    what: 'a budget of pods that nobody owns',
    looks: [budgets],
    events: true,
    steps: [post(pods, pod('x')), post(budgets, budget({ minAvailable: 1 }))],
  },
  {
    what: 'a budget of a share of pods that nobody owns',
    looks: [budgets],
    events: true,
    steps: [post(pods, pod('x')), post(budgets, budget({ maxUnavailable: 1 }))],
  },
  { what: 'a budget of nothing', looks: [budgets], events: true, steps: [post(budgets, budget({ minAvailable: 1 }))] },
  {
    what: 'a budget of pods that wait',
    looks: [budgets],
    steps: [post(sets, workload('ReplicaSet', { replicas: 3 }, large)), post(budgets, budget({ minAvailable: 1 }))],
  },
  {
    what: 'a budget of a Job',
    looks: [budgets],
    events: true,
    steps: [
      post(
        jobs,
        object('batch/v1', 'Job', 'x', {
          spec: { template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container(large)] } } },
        }),
      ),
      post(budgets, budget({ maxUnavailable: 1 })),
    ],
  },
  {
    what: 'a quota that names what nothing counts',
    looks: [quotas],
    steps: [
      post(
        quotas,
        quota({
          secrets: '2',
          'count/deployments': '1',
          'count/events': '1',
          'count/nodes': '1',
          'requests.nvidia.com/gpu': '4',
          'limits.nvidia.com/gpu': '4',
        }),
      ),
    ],
  },
  {
    what: 'owners that are not there',
    looks: [core('secrets')],
    events: /OwnerRef/,
    steps: [
      post(core('secrets'), object('v1', 'Secret', 'solid', {}, { ownerReferences: [nobody('a.b/v1', 'Foo')] })),
      post(core('secrets'), object('v1', 'Secret', 'absent', {}, { ownerReferences: [nobody('v1', 'ConfigMap')] })),
      post(core('secrets'), object('v1', 'Secret', 'of-a-node', {}, { ownerReferences: [nobody('v1', 'Node')] })),
    ],
  },
  {
    what: 'a quota of much',
    looks: [quotas],
    steps: [
      post(pods, pod('x', {}, { labels }, { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '64Mi' } })),
      post(
        quotas,
        quota({
          pods: '9',
          'requests.cpu': '2',
          'limits.memory': '1Gi',
          'count/configmaps': '9',
          services: '4',
          'services.loadbalancers': '1',
          'services.nodeports': '2',
          'requests.storage': '10Gi',
          'NS.storageclass.storage.k8s.io/requests.storage': '5Gi',
          'NS.storageclass.storage.k8s.io/persistentvolumeclaims': '2',
          persistentvolumeclaims: '3',
          secrets: '9',
          'count/deployments.apps': '3',
          'requests.ephemeral-storage': '1Gi',
        }),
      ),
      post(claims, claim()),
      post(
        services,
        service({ type: 'LoadBalancer', ports: [{ port: 80 }, { port: 81, name: 'b' }].map((each, at) => ({ name: `p${at}`, ...each })) }),
      ),
    ],
  },
  ...(['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'] as const).map(
    (scope): Story => ({
      what: `a quota of the scope ${scope}`,
      looks: [quotas],
      steps: [
        [
          post(pods, pod('x', { nodeSelector: { no: 'node' } })),
          post(pods, pod('y', { nodeSelector: { no: 'node' } }, { labels }, requested)),
          post(pods, pod('z', { nodeSelector: { no: 'node' }, activeDeadlineSeconds: 500 })),
        ],
        post(quotas, quota({ pods: '5' }, { scopes: [scope] })),
      ],
    }),
  ),
  {
    what: 'a quota of a priority class',
    looks: [quotas],
    steps: [
      post('/apis/scheduling.k8s.io/v1/priorityclasses', object('scheduling.k8s.io/v1', 'PriorityClass', 'NS', { value: 5 })),
      [post(pods, pod('x')), post(pods, pod('y', { priorityClassName: 'NS' }, { labels }, requested))],
      post(
        quotas,
        quota(
          { pods: '5', 'requests.cpu': '4' },
          { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['NS'] }] } },
        ),
      ),
    ],
  },
  {
    ...behind,
    what: 'a Service of pods that run',
    steps: [
      post(deployments, workload('Deployment', { replicas: 2 })),
      post(services, service({})),
      patch(`${deployments}/x`, { spec: { replicas: 1 } }),
      remove(`${services}/x`),
    ],
  },
  { ...behind, what: 'a Service without pods', steps: [post(services, service({}))] },
  {
    ...behind,
    what: 'a Service without ports',
    steps: [post(pods, pod('x')), post(services, service({ clusterIP: 'None', ports: null }))],
  },
  {
    ...behind,
    what: 'a headless Service',
    steps: [
      post(pods, pod('x', { hostname: 'h', subdomain: 'x' })),
      post(services, service({ clusterIP: 'None', ports: [{ port: 80, name: 'web', appProtocol: 'http' }] }, { labels: { of: 'us' } })),
    ],
  },
  {
    ...behind,
    what: 'a Service of named ports',
    steps: [
      [
        post(
          pods,
          object(
            'v1',
            'Pod',
            'x',
            { spec: { containers: [{ ...container(), ports: [{ name: 'web', containerPort: 8080 }] }] } },
            { labels },
          ),
        ),
        post(
          pods,
          object(
            'v1',
            'Pod',
            'y',
            { spec: { containers: [{ ...container(), ports: [{ name: 'web', containerPort: 9090 }] }] } },
            { labels },
          ),
        ),
      ],
      post(
        services,
        service({
          ports: [
            { port: 80, targetPort: 'web' },
            { port: 81, targetPort: 7, name: 'b' },
          ].map((each, at) => ({ name: `p${at}`, ...each })),
        }),
      ),
    ],
  },
  {
    ...behind,
    what: 'a Service of pods that are not ready',
    steps: [
      post(pods, pod('x', { readinessGates: [{ conditionType: 'a.b/c' }] })),
      post(services, service({})),
      ['PATCH', `${pods}/x/status`, { status: { conditions: [{ type: 'Ready', status: 'False' }] } }],
    ],
  },
  {
    ...behind,
    what: 'a Service that publishes all addresses',
    steps: [
      post(pods, pod('x', { finalizers: [] })),
      ['PATCH', `${pods}/x/status`, { status: { conditions: [{ type: 'Ready', status: 'False' }] } }],
      post(services, service({ publishNotReadyAddresses: true })),
    ],
  },
  {
    ...behind,
    what: 'a Service that selects nothing, and Endpoints by hand',
    steps: [
      post(services, service({ selector: null })),
      post(
        endpoints,
        object('v1', 'Endpoints', 'x', {
          subsets: [
            {
              addresses: [{ ip: '192.0.2.1' }, { ip: '192.0.2.2', hostname: 'h' }],
              notReadyAddresses: [{ ip: '192.0.2.3' }],
              ports: [{ port: 80, name: 'web' }],
            },
          ],
        }),
      ),
      patch(`${endpoints}/x`, { subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 81, name: 'web' }] }] }),
      remove(`${endpoints}/x`),
    ],
  },
  {
    ...behind,
    what: 'a Service that changes what it selects',
    steps: [
      post(pods, pod('x')),
      post(services, service({ selector: { app: 'y' } })),
      patch(`${services}/x`, { spec: { selector: labels }, metadata: { labels: { new: 'label' } } }),
    ],
  },
  {
    ...behind,
    what: 'a Service of a name elsewhere',
    steps: [post(services, service({ type: 'ExternalName', externalName: 'a.example', selector: null }))],
  },
];

const secrets = core('secrets');
const accounts = core('serviceaccounts');
const resources = (plural: string) => of('resource.k8s.io/v1', plural);

/** A kubelet's, of the node a; its key was thrown away. */
const kubeletRequest =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIck1JR1JBZ0VBTUM4eEZUQVRCZ05WQkFvTURITjVjM1JsYlRwdWIyUmxjekVXTUJRR0ExVUVBd3dOYzNsegpkR1Z0T201dlpHVTZZVEJaTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCTlNhYmFpNERCVGVrWVorCkdRdEFNeDZkeE1rOU1ZTEhzQmczMTRkSTV5eGNyNzBMNDJlamxrRDl2UWdzTUNDVnNJa2FMbXZiRmwyaDNTc1oKamFkT0p4T2dBREFLQmdncWhrak9QUVFEQWdOSkFEQkdBaUVBMGN6N01hME81S2oxaDZuZlhhWDdJT3BXWmZ5dApwZmdGcStHV2FDMUlweFVDSVFDam5WSUZsemlkeWVkc1JBcFVpckdWQmNoclRVbzBhNUNJZCtwUVJSM2xEdz09Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';
const certificateRequest = (signerName: string) =>
  object('certificates.k8s.io/v1', 'CertificateSigningRequest', 'NS', {
    spec: { signerName, request: kubeletRequest, usages: ['digital signature', 'client auth'] },
  });
const certificateRequests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const certified = { looks: [certificateRequests], leaves: ['certificate', 'extra'] };

const furnitureStories: readonly Story[] = [
  {
    ...certified,
    what: 'a request for the certificate of a kubelet',
    steps: [post(certificateRequests, certificateRequest('kubernetes.io/kube-apiserver-client-kubelet'))],
    ends: /AutoApproved/,
  },
  {
    ...certified,
    what: 'a request for the certificate of a client',
    steps: [post(certificateRequests, certificateRequest('kubernetes.io/kube-apiserver-client'))],
  },
  {
    what: 'a Secret for a token',
    looks: [secrets, accounts],
    leaves: ['data'],
    steps: [
      post(accounts, object('v1', 'ServiceAccount', 'x', {})),
      post(
        secrets,
        object(
          'v1',
          'Secret',
          'x',
          { type: 'kubernetes.io/service-account-token' },
          { annotations: { 'kubernetes.io/service-account.name': 'x' } },
        ),
      ),
      remove(`${accounts}/x`),
    ],
  },
  {
    what: 'a Secret for a token of nobody',
    looks: [secrets],
    steps: [
      post(
        secrets,
        object(
          'v1',
          'Secret',
          'x',
          { type: 'kubernetes.io/service-account-token' },
          { annotations: { 'kubernetes.io/service-account.name': 'nobody' } },
        ),
      ),
    ],
  },
  {
    what: 'the authority of a namespace, changed by hand',
    looks: [core('configmaps')],
    leaves: ['ca.crt'],
    steps: [patch(core('configmaps', 'kube-root-ca.crt'), { data: { 'ca.crt': 'x', more: 'y' } })],
  },
  { what: 'the account of a namespace, deleted', looks: [accounts], steps: [remove(`${accounts}/default`)] },
  {
    what: 'a namespace that finalizers hold',
    looks: ['/api/v1/namespaces', core('configmaps')],
    leaves: ['ca.crt'],
    steps: [post(core('configmaps'), object('v1', 'ConfigMap', 'x', {}, { finalizers: ['a.b/c'] })), remove('/api/v1/namespaces/NS')],
  },
  {
    what: 'roles that others are made of',
    looks: ['/apis/rbac.authorization.k8s.io/v1/clusterroles'],
    steps: [
      post(
        '/apis/rbac.authorization.k8s.io/v1/clusterroles',
        object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'NS', {
          aggregationRule: { clusterRoleSelectors: [{ matchLabels: { of: 'NS' } }] },
          rules: [],
        }),
      ),
      post(
        '/apis/rbac.authorization.k8s.io/v1/clusterroles',
        object(
          'rbac.authorization.k8s.io/v1',
          'ClusterRole',
          'NS-b',
          { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
          { labels: { of: 'NS' } },
        ),
      ),
      remove('/apis/rbac.authorization.k8s.io/v1/clusterroles/NS-b'),
    ],
  },
  {
    what: 'a pod with claims of devices',
    looks: [resources('resourceclaims'), pods],
    events: /^(?!FailedSched)/,
    leaves: ['message'],
    steps: [
      post(
        resources('resourceclaimtemplates'),
        object('resource.k8s.io/v1', 'ResourceClaimTemplate', 'x', {
          spec: {
            metadata: { labels: { a: 'b' } },
            spec: { devices: { requests: [{ name: 'd', exactly: { deviceClassName: 'none.example' } }] } },
          },
        }),
      ),
      post(pods, pod('x', { resourceClaims: [{ name: 'd', resourceClaimTemplateName: 'x' }] })),
      remove(`${pods}/x`),
    ],
  },
];

export const stories: readonly Story[] = [
  ...jobStories,
  ...cronStories,
  ...claimStories,
  ...taintStories,
  ...workloadStories,
  ...otherStories,
  ...furnitureStories,
];
