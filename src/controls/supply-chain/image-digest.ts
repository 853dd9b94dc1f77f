// A tag can be pushed again; a digest is the content. Off by default: many teams accept fixed tags and rely on signatures or an immutable
// registry. Algorithms that only some runtimes know count as pinned when their value is long enough to be one.

import { isWithin } from '../../images/reference.ts';
import { strings } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer, withInitContainer } from '../examples.ts';
import { blame, imagesOf, type PulledImage } from './images.ts';

/** An OCI digest of an algorithm this program does not know; the specification leaves its form open. */
const otherDigest = /@(?!sha(?:256|384|512):)[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const shortKnown = /@(?:blake3):[a-zA-Z0-9=_-]{0,63}$/;

export const imageDigest = control({
  id: 'supply-chain/image-digest',
  aliases: ['C-0306', 'CKV_K8S_43'],
  severity: 'low',
  title: 'Images are pinned by digest',
  why: 'Whoever can push to the repository can put other code behind a tag that is already running; a digest cannot be moved.',
  fix: 'Add the digest to the name, `app:1.4.2@sha256:…`, and let a bot keep it current.',
  frameworks: ['owasp:K02', 'pci:3.2.a', 'matrix:MS-TA9002'],
  parameters: { exemptRepositories: [] },
  enabled: false,
  on: pods,
  check: (subject, { parameters }) =>
    imagesOf(subject)
      .filter((image) => image.name.kind !== 'placeholder' && !isPinned(image) && !isExempt(image, strings(parameters.exemptRepositories)))
      .map((image) => fail(image.path, 'no-digest', `${image.user} uses "${image.text}" without a digest`, blame(image))),
  examples: {
    pass: () => [cluster(deployment()), cluster(withContainer({ image: `nginx@sha512:${'b'.repeat(128)}` }))],
    fail: () => [
      cluster(withContainer({ image: 'registry.example.com:5000/shop/app:1.4.2' })),
      cluster(withInitContainer({ image: 'busybox:1.36' })),
    ],
  },
});

function isPinned(image: PulledImage): boolean {
  if (image.name.kind === 'reference') return image.name.reference.digest !== undefined;
  return otherDigest.test(image.text) && !shortKnown.test(image.text);
}

function isExempt(image: PulledImage, repositories: readonly string[]): boolean {
  const { name } = image;
  return name.kind === 'reference' && repositories.some((place) => isWithin(name.reference, place));
}
