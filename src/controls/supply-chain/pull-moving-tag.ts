// A tag that moves and a node that keeps what it has: every node runs the build that was current when it first pulled. core/v1 defaults the
// policy to Always for such tags, so only a written Never or IfNotPresent is a fault.

import { strings } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';
import { setField } from '../repair.ts';
import { blame, judgeImages } from './images.ts';

export const pullMovingTag = control({
  id: 'supply-chain/pull-moving-tag',
  aliases: ['C-0075'],
  severity: 'medium',
  title: 'Images whose tag moves are pulled at every start',
  why: 'With a moving tag and a cached image, replicas of one workload run different builds, and a patched build never reaches nodes that have the old one.',
  fix: 'Set `imagePullPolicy: Always`, or name a fixed version.',
  frameworks: ['owasp:K02'],
  parameters: { floatingTags: [] },
  on: pods,
  check: (subject, { parameters }) =>
    judgeImages(subject, ({ tag, digest }, image) => {
      const moves = digest === undefined && (tag === undefined || tag === 'latest' || strings(parameters.floatingTags).includes(tag));
      if (!moves || (image.policy !== 'Never' && image.policy !== 'IfNotPresent')) return undefined;
      const detail = `${image.user} uses "${image.text}", a tag that moves, with pull policy ${image.policy}`;
      return fail(image.policyPath, 'cached-moving-tag', detail, blame(image));
    }),
  repair: ({ path }, object) => setField(object, path, 'Always'),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withContainer({ image: 'nginx:latest', imagePullPolicy: 'IfNotPresent' })),
      cluster(withContainer({ image: 'nginx', imagePullPolicy: 'Never' })),
    ],
  },
  overlaps: ['supply-chain/image-tag', 'supply-chain/pull-always'],
});
