// An image without a tag, or tagged latest, is whatever the registry holds at the moment of the pull. A digest fixes the content whatever the
// tag says. distribution/reference 0.6: no tag and no digest means `latest`.

import { strings } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer, withInitContainer } from '../examples.ts';
import { blame, judgeImages } from './images.ts';

export const imageTag = control({
  id: 'supply-chain/image-tag',
  aliases: [
    'C-0304',
    'KSV-0013',
    'CKV_K8S_14',
    'latest-tag',
    'tagNotSpecified',
    'container-image-tag',
    'ImageTagMissing',
    'POP-100',
    'POP-101',
    'rule:agent-sandbox-image-tag-provenance',
  ],
  severity: 'medium',
  title: 'Images are named by a fixed tag or a digest',
  why: 'A moving tag runs different code on different nodes and days: a bad push is live at the next restart, and a rollback has nothing to go back to.',
  fix: 'Name the version, such as `app:1.4.2`, or the digest, `app@sha256:…`.',
  frameworks: ['owasp:K02', 'pci:3.2.a', 'matrix:MS-TA9002'],
  parameters: { floatingTags: [] },
  on: pods,
  check: (subject, { parameters }) =>
    judgeImages(subject, ({ tag, digest }, image) => {
      if (digest !== undefined) return undefined;
      if (tag === undefined) return fail(image.path, 'no-tag', `${image.user} uses "${image.text}" without a tag, so latest`, blame(image));
      if (tag !== 'latest' && !strings(parameters.floatingTags).includes(tag)) return undefined;
      return fail(image.path, 'moving-tag', `${image.user} uses "${image.text}", a tag that moves`, blame(image));
    }),
  examples: {
    pass: () => [
      cluster(deployment()),
      cluster(withContainer({ image: `registry.example.com/shop/app@sha256:${'a'.repeat(64)}` })),
      cluster(withContainer({ image: 'registry.example.com:5000/shop/app:1.4.2' })),
    ],
    fail: () => [
      cluster(withContainer({ image: 'nginx' })),
      cluster(withContainer({ image: 'registry.example.com:5000/shop/app' })),
      cluster(withInitContainer({ image: 'nginx:latest' })),
    ],
  },
});
