// Dashboards, build servers and model servers that give power over the cluster or its data, reachable from outside. Told by the name of the
// workload or of its image, whole words of it; the list is a setting.

import { strings } from '../../lib/json.ts';
import type { PodSubject } from '../control.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { service } from './examples.ts';
import { exposuresOf } from './exposures.ts';

export const sensitiveInterface = control({
  id: 'exposure/sensitive-interface',
  aliases: ['C-0021'],
  severity: 'high',
  title: 'Administrative interfaces cannot be reached from outside the cluster',
  why: 'Many of these run whatever they are told, and many are shipped without a login: they are scanned for all day.',
  fix: 'Make the Service ClusterIP and reach it by port-forward or through a proxy that authenticates.',
  frameworks: ['attack:T1133', 'attack:T1190', 'matrix:MS-TA9005', 'owasp:K06', 'owasp:K07'],
  parameters: {
    names: [
      'argo-server',
      'bentoml',
      'dask-scheduler',
      'jenkins',
      'jupyter',
      'jupyterhub',
      'kibana',
      'kserve',
      'kubeflow',
      'kubernetes-dashboard',
      'mlflow',
      'nifi',
      'ollama',
      'phpmyadmin',
      'portainer',
      'prometheus-deployment',
      'ray-dashboard',
      'ray-head',
      'seldon',
      'spark-master',
      'triton-inference-server',
      'vllm',
      'weave-scope-app',
    ],
  },
  on: pods,
  check: (subject, { snapshot, parameters }) => {
    const { pod } = subject;
    const names = namesOf(subject);
    const name = strings(parameters.names).find((candidate) =>
      names.some((own) => own.includes(candidate) && own.includes(`-${candidate}-`)),
    );
    if (name === undefined) return [];
    const [exposure] = exposuresOf(snapshot, pod);
    if (exposure === undefined) return [];
    return [
      fail(pod.metadataPath, 'reachable', `this looks like ${name} and can be reached through ${exposure.words}`, {
        evidence: [{ resource: exposure.by, path: exposure.path, note: exposure.words }],
      }),
    ];
  },
  examples: {
    pass: () => [cluster(withContainer({ image: dashboard }), service())],
    fail: () => [
      cluster(withContainer({ image: dashboard }), service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false })),
      cluster(deployment({ metadata: { name: 'jenkins-main' } }), service({ type: 'NodePort' })),
    ],
  },
  overlaps: ['exposure/service-type'],
});

const dashboard = 'registry.example.com/tools/mlflow:2.9.2@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1';

/** The names of the workload and of its images, between dashes. */
function namesOf({ resource, containers }: PodSubject): readonly string[] {
  const images = containers.map(({ image = '' }) => (image.split('/').at(-1) ?? '').replace(/[:@].*$/, ''));
  return [resource.name, ...images].map((name) => `-${name}-`);
}
