// The API server takes any text as an image; the node then refuses what is no name (InvalidImageName) and the pod never starts.
// distribution/reference 0.6 and opencontainers/go-digest, as the kubelet of 1.36 uses them.

import type { ReferenceFault } from '../../images/reference.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { blame, imagesOf } from './images.ts';

const faults: Readonly<Record<ReferenceFault, string>> = {
  empty: 'it is empty',
  'hex-name': 'a name of 64 hexadecimal digits is taken for an id',
  'upper-case': 'repositories are written in lower case',
  'too-long': 'the repository has more than 255 characters',
  'bad-digest': 'the digest is cut short, or of an algorithm nodes do not know',
  malformed: 'it has characters or separators where none may stand',
};

export const imageReference = control({
  id: 'supply-chain/image-reference',
  aliases: [],
  severity: 'medium',
  title: 'Image names can be read by the node',
  why: 'The node refuses a malformed image name, so that the pod waits for ever and a rollout stops half-way.',
  fix: 'Write `registry/repository:tag` or `registry/repository@sha256:…`; repositories are lower case.',
  frameworks: [],
  on: pods,
  check: (subject) =>
    imagesOf(subject).flatMap((image) =>
      image.name.kind === 'invalid'
        ? [fail(image.path, image.name.fault, `${image.user}: "${image.text}" is no image name, ${faults[image.name.fault]}`, blame(image))]
        : [],
    ),
  examples: {
    pass: () => [cluster(deployment()), cluster(withContainer({ image: `nginx:1.27@sha256:${'c'.repeat(64)}` }))],
    fail: () => [
      cluster(withContainer({ image: 'registry.example.com/Shop/App:1.0' })),
      cluster(withContainer({ image: 'https://registry.example.com/shop/app:1.0' })),
      cluster(withContainer({ image: `nginx@sha256:${'c'.repeat(63)}` })),
    ],
  },
});
