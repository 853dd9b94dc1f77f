// Components whose version stands in the image's tag, where one flaw is known to hand over the cluster. A short list by name, no vulnerability
// database: what else is inside an image is the image scan's to say. A digest or a tag that is no version says nothing.

import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { references } from './products.ts';
import { type Affected, isAffected, versionIn } from './versions.ts';

interface Flaw {
  /** Last part of the image's repository. */
  readonly image: string;
  readonly cve: string;
  readonly effect: string;
  readonly affected: readonly Affected[];
}

const flaws: readonly Flaw[] = [
  {
    image: 'argocd',
    cve: 'CVE-2022-24348',
    effect: 'a crafted chart reads files of other applications',
    affected: [
      { from: '0.0.0', fixed: '2.1.9' },
      { from: '2.2.0', fixed: '2.2.4' },
    ],
  },
  {
    image: 'grafana',
    cve: 'CVE-2022-39328',
    effect: 'a race lets a request skip authentication',
    affected: [{ from: '9.2.0', fixed: '9.2.4' }],
  },
  {
    image: 'kyverno',
    cve: 'CVE-2022-47633',
    effect: 'a hostile registry passes image verification',
    affected: [{ from: '1.8.3', fixed: '1.8.5' }],
  },
];

export const componentCve = control({
  id: 'supply-chain/component-cve',
  aliases: ['C-0081', 'C-0090', 'C-0091'],
  severity: 'high',
  title: 'Cluster components run without their known takeover flaws',
  why: 'The flaw is public and its exploit simple; these components hold credentials for much of the cluster.',
  fix: 'Update the component to a version in which the flaw is fixed.',
  frameworks: ['owasp:K10', 'attack:T1190', 'matrix:MS-TA9004'],
  on: pods,
  check: (subject) =>
    references(subject).flatMap(({ path, container, reference }) => {
      const version = versionIn(reference.tag ?? '');
      const last = reference.repository.slice(reference.repository.lastIndexOf('/') + 1);
      if (version === undefined) return [];
      return flaws
        .filter(({ image, affected }) => image === last && isAffected(version, affected))
        .map(({ image, cve, effect }) =>
          fail(path, cve, `container "${container}" runs ${image} ${version}, open to ${cve}: ${effect}`, { container }),
        );
    }),
  examples: {
    pass: () => [
      cluster(deployment()),
      cluster(withContainer({ image: 'quay.io/argoproj/argocd:v2.14.2' })),
      cluster(withContainer({ image: 'docker.io/grafana/grafana:9.2.4' })),
    ],
    fail: () => [
      cluster(withContainer({ image: 'quay.io/argoproj/argocd:v2.1.8' })),
      cluster(withContainer({ image: 'docker.io/grafana/grafana:9.2.3-ubuntu' })),
      cluster(withContainer({ image: 'ghcr.io/kyverno/kyverno:v1.8.4' })),
    ],
  },
});
