// Registries that are frozen or gone. k8s.gcr.io gets nothing new since April 2023 and may vanish; its images live on under the same path at
// registry.k8s.io, so that one can be repaired. Bitnami's free images moved to an archive without updates in August 2025.

import { imageName, isWithin, parseReference } from '../../images/reference.ts';
import { asString } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { fieldAt, setField } from '../repair.ts';
import { blame, judgeImages } from './images.ts';

const retired: readonly { readonly place: string; readonly instead: string }[] = [
  { place: 'k8s.gcr.io', instead: 'registry.k8s.io has the same path' },
  { place: 'gcr.io/google_containers', instead: 'look for it at registry.k8s.io' },
  { place: 'gcr.io/google-containers', instead: 'look for it at registry.k8s.io' },
  { place: 'us.gcr.io/k8s-artifacts-prod', instead: 'registry.k8s.io has the same path' },
  { place: 'eu.gcr.io/k8s-artifacts-prod', instead: 'registry.k8s.io has the same path' },
  { place: 'asia.gcr.io/k8s-artifacts-prod', instead: 'registry.k8s.io has the same path' },
  { place: 'quay.io/kubernetes-ingress-controller', instead: 'the project moved to registry.k8s.io and is itself retired' },
  { place: 'docker.pkg.github.com', instead: 'ghcr.io replaced it' },
  { place: 'docker.io/bitnamilegacy', instead: 'the archive gets no security updates' },
];

const kubernetes = 'k8s.gcr.io';

export const legacyRegistry = control({
  id: 'supply-chain/legacy-registry',
  aliases: ['C-0253'],
  severity: 'medium',
  title: 'No image comes from a registry that is frozen or gone',
  why: 'A frozen registry gets no security fixes, and the day it is switched off every pod that is rescheduled fails to start.',
  fix: 'Take the image from the place that replaced it; for k8s.gcr.io that is registry.k8s.io with the same path.',
  frameworks: ['owasp:K10', 'owasp:K02'],
  on: pods,
  check: (subject) =>
    judgeImages(subject, (reference, image) => {
      const found = retired.find(({ place }) => isWithin(reference, place));
      if (found === undefined) return undefined;
      const reason = found.place === kubernetes ? 'frozen' : 'retired';
      return fail(image.path, reason, `${image.user} uses ${imageName(reference)} of ${found.place}: ${found.instead}`, blame(image));
    }),
  repair: ({ reason, path }, object) => {
    const text = asString(fieldAt(object, path));
    if (reason !== 'frozen' || text === undefined || !parseReference(text).ok) return undefined;
    return setField(object, path, `registry.k8s.io${text.slice(kubernetes.length)}`);
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(withContainer({ image: 'registry.k8s.io/pause:3.10' }))],
    fail: () => [cluster(withContainer({ image: 'k8s.gcr.io/pause:3.1' }))],
  },
});
