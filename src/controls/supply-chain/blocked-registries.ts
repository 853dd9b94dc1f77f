// Images from places the user forbids, compared part by part as in `trusted-registries`.

import { imageName, isWithin } from '../../images/reference.ts';
import { strings } from '../../lib/json.ts';
import { control, fail, notApplicable, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { blame, judgeImages } from './images.ts';

export const blockedRegistries = control({
  id: 'supply-chain/blocked-registries',
  aliases: ['C-0001', 'rule:rule-identify-blocklisted-image-registries', 'rule:rule-identify-blocklisted-image-registries-v1'],
  severity: 'high',
  title: 'No image comes from a forbidden registry',
  why: 'The registry was forbidden for a reason: its images are public and unchecked, or it is known to have served malware.',
  fix: 'Use the image of a registry that is not on the parameter `blocked`.',
  frameworks: ['owasp:K02', 'matrix:MS-TA9002', 'attack:T1525'],
  parameters: { blocked: [], public: [] },
  on: pods,
  check: (subject, { parameters }) => {
    const blocked = [...strings(parameters.blocked), ...strings(parameters.public)];
    if (blocked.length === 0) return [notApplicable('no-list', 'no forbidden registries are configured')];
    return judgeImages(subject, (reference, image) => {
      const place = blocked.find((candidate) => isWithin(reference, candidate));
      if (place === undefined) return undefined;
      return fail(image.path, 'blocked', `${image.user} uses ${imageName(reference)}, and ${place} is forbidden`, blame(image));
    });
  },
  examples: {
    parameters: { blocked: ['docker.io', 'quay.io/retired'] },
    pass: () => [cluster(deployment()), cluster(withContainer({ image: 'quay.io/retired-not/app:1.4.2' }))],
    fail: () => [
      cluster(withContainer({ image: 'nginx:1.27' })),
      cluster(withContainer({ image: 'index.docker.io/library/nginx:1.27' })),
      cluster(withContainer({ image: 'quay.io/retired/app:1.4.2' })),
    ],
  },
});
