// Only images from places the user names. Registry and path are compared part by part, after the implicit docker.io/library was added:
// a name that merely starts like a trusted one is another registry.

import { imageName, isWithin } from '../../images/reference.ts';
import { strings } from '../../lib/json.ts';
import { control, fail, notApplicable, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { blame, judgeImages } from './images.ts';

export const trustedRegistries = control({
  id: 'supply-chain/trusted-registries',
  aliases: [
    'C-0078',
    'C-0304',
    'KSV-0125',
    'POP-113',
    'rule:container-image-repository',
    'rule:container-image-repository-v1',
    'rule:agent-sandbox-image-registry-allowlist',
  ],
  severity: 'medium',
  title: 'Images come from the registries that are trusted',
  why: 'An image from elsewhere was built, checked and signed by nobody here, and its owner can replace it at any time.',
  fix: 'Copy the image to a trusted registry and name it there, or add its registry to the parameter `allowed`.',
  frameworks: ['owasp:K02', 'matrix:MS-TA9002', 'attack:T1525'],
  parameters: { allowed: [] },
  on: pods,
  check: (subject, { parameters }) => {
    const allowed = strings(parameters.allowed);
    if (allowed.length === 0) return [notApplicable('no-list', 'no trusted registries are configured')];
    return judgeImages(subject, (reference, image) =>
      allowed.some((place) => isWithin(reference, place))
        ? undefined
        : fail(image.path, 'untrusted', `${image.user} uses ${imageName(reference)}, which is not in a trusted registry`, blame(image)),
    );
  },
  examples: {
    parameters: { allowed: ['registry.example.com', '*.gcr.io', 'docker.io/shop'] },
    pass: () => [
      cluster(deployment()),
      cluster(withContainer({ image: 'shop/app:1.4.2' })),
      cluster(withContainer({ image: 'eu.gcr.io/shop/app:1.4.2' })),
    ],
    fail: () => [
      cluster(withContainer({ image: 'registry.example.com.evil.io/shop/app:1.4.2' })),
      cluster(withContainer({ image: 'registry.example.com:8443/shop/app:1.4.2' })),
      cluster(withContainer({ image: 'nginx:1.27' })),
    ],
  },
});
