// Defaults of pods and what they are made of (pkg/apis/core/v1/defaults.go and conversion.go, Kubernetes 1.36). Requests of a pod as a whole
// follow KEP-2837: from its containers where they ask, else from its own limits.

import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../../quantity.ts';
import { impliedTag } from './image-tag.ts';
import type { DefaultRules } from './rules.ts';
import { ensured, fill, merged, type Struct, set, structAt, structsIn, textIn } from './struct.ts';

const modeOfFiles = { defaultMode: 0o644 };
const ofPodSpec = {
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
  schedulerName: 'default-scheduler',
};
const ofContainer = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
const ofProbe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const ofHttpGet = { path: '/', scheme: 'HTTP' };
const ofFieldRef = { apiVersion: 'v1' };

export const podDefaults: DefaultRules = {
  'core.Pod': (pod) => {
    const spec = ensured(pod, 'spec');
    const containers = [...structsIn(spec, 'containers'), ...structsIn(spec, 'initContainers')];
    for (const container of containers) {
      const resources = structAt(container, 'resources');
      if (resources.limits !== undefined)
        resources.requests = merged(structAt(resources, 'requests'), structAt(resources, 'limits')) as never;
    }
    podRequests(spec);
    dropInitAnnotations(pod);
    fill(spec, { enableServiceLinks: true });
    if (Number(spec.terminationGracePeriodSeconds) < 0) spec.terminationGracePeriodSeconds = 1;
    if (spec.hostNetwork === true)
      for (const container of containers)
        for (const port of structsIn(container, 'ports'))
          if (port.containerPort !== undefined) fill(port, { hostPort: port.containerPort });
  },
  'core.PodSpec': (spec) => {
    fill(spec, ofPodSpec);
    const account = textIn(spec, 'serviceAccountName') || textIn(spec, 'serviceAccount');
    if (account !== '') {
      spec.serviceAccountName = account;
      spec.serviceAccount = account;
    } else if (spec.serviceAccount !== undefined) delete spec.serviceAccount;
  },
  'core.PodTemplateSpec': dropInitAnnotations,
  'core.Container': containerDefaults,
  'core.EphemeralContainer': containerDefaults,
  'core.Probe': (probe) => fill(probe, ofProbe),
  'core.HTTPGetAction': (action) => fill(action, ofHttpGet),
  'core.ObjectFieldSelector': (selector) => fill(selector, ofFieldRef),
  'core.Volume': (volume) => {
    if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
    const image = structAt(volume, 'image');
    if (volume.image !== undefined)
      fill(image, { pullPolicy: impliedTag(textIn(image, 'reference')) === 'latest' ? 'Always' : 'IfNotPresent' });
  },
  'core.SecretVolumeSource': (source) => fill(source, modeOfFiles),
  'core.ConfigMapVolumeSource': (source) => fill(source, modeOfFiles),
  'core.DownwardAPIVolumeSource': (source) => fill(source, modeOfFiles),
  'core.ProjectedVolumeSource': (source) => fill(source, modeOfFiles),
  'core.ServiceAccountTokenProjection': (projection) => fill(projection, { expirationSeconds: 3600 }),
  'core.HostPathVolumeSource': (source) => fill(source, { type: '' }),
};

function containerDefaults(container: Struct): void {
  container.imagePullPolicy ??= impliedTag(textIn(container, 'image')) === 'latest' ? 'Always' : 'IfNotPresent';
  fill(container, ofContainer);
}

/** Before 1.8 init containers were written in annotations. */
function dropInitAnnotations(holder: Struct): void {
  const annotations = structAt(holder, 'metadata', 'annotations');
  for (const key of initAnnotations) if (Object.hasOwn(annotations, key)) delete annotations[key];
}

const initAnnotations = ['containers', 'container-statuses'].flatMap((kind) =>
  ['alpha', 'beta'].map((stage) => `pod.${stage}.kubernetes.io/init-${kind}`),
);

function isPodLevel(name: string): boolean {
  return name === 'cpu' || name === 'memory' || isHugePages(name);
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

/** Fills in the pod's own requests and limits where it states some of them. */
function podRequests(spec: Struct): void {
  const resources = structAt(spec, 'resources');
  if (spec.resources === undefined) return;
  const limits = structAt(resources, 'limits');
  const requests = structAt(resources, 'requests');
  if (Object.keys(limits).length + Object.keys(requests).length === 0) return;
  for (const [name, amount] of aggregated(spec, 'limits'))
    if (isHugePages(name) && requests[name] === undefined && limits[name] === undefined) {
      set(limits, name, formatQuantity(amount));
      resources.limits = limits as never;
    }
  if (Object.keys(limits).length === 0) return;
  for (const [name, amount] of aggregated(spec, 'requests'))
    if (isPodLevel(name) && !isHugePages(name) && requests[name] === undefined) set(requests, name, formatQuantity(amount));
  for (const [name, limit] of Object.entries(limits))
    if (isPodLevel(name) && requests[name] === undefined && limit !== undefined) set(requests, name, limit);
  if (Object.keys(requests).length > 0) resources.requests = requests as never;
}

/** What the containers of a pod ask for together: the sum of those that run, or the most that one init container needs. */
function aggregated(spec: Struct, part: 'limits' | 'requests'): ReadonlyMap<string, Quantity> {
  const running = new Map<string, Quantity>();
  for (const container of structsIn(spec, 'containers')) addAll(running, amounts(container, part));
  const sidecars = new Map<string, Quantity>();
  const starting = new Map<string, Quantity>();
  for (const container of structsIn(spec, 'initContainers')) {
    const own = amounts(container, part);
    if (textIn(container, 'restartPolicy') === 'Always') {
      addAll(running, own);
      addAll(sidecars, own);
      raise(starting, sidecars);
    } else {
      const together = new Map(sidecars);
      addAll(together, own);
      raise(starting, together);
    }
  }
  raise(running, starting);
  return running;
}

function amounts(container: Struct, part: string): ReadonlyMap<string, Quantity> {
  const found = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(structAt(container, 'resources', part))) {
    const read = typeof text === 'string' || typeof text === 'number' ? parseQuantity(text) : undefined;
    if (read?.ok === true) found.set(name, read.value);
  }
  return found;
}

function addAll(sum: Map<string, Quantity>, more: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of more) {
    const before = sum.get(name);
    sum.set(name, before === undefined ? amount : addQuantities(before, amount));
  }
}

function raise(most: Map<string, Quantity>, other: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of other) {
    const before = most.get(name);
    if (before === undefined || compareQuantities(amount, before) > 0) most.set(name, amount);
  }
}
