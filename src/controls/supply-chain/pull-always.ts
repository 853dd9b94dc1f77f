// Pulling at every start asks the registry whether this pod may have the image; a cached copy is given to anyone. core/v1 defaults: Always
// without a tag or with latest, else IfNotPresent. A digest with no policy written passes: the content cannot differ, and nobody chose to
// skip the question.

import { control, fail, pods } from '../control.ts';
import { cluster, container, deployment, withContainer } from '../examples.ts';
import { setField } from '../repair.ts';
import { blame, judgeImages } from './images.ts';

export const pullAlways = control({
  id: 'supply-chain/pull-always',
  aliases: ['CKV_K8S_15', 'pullPolicyNotAlways', 'container-image-pull-policy'],
  severity: 'low',
  title: 'Images are pulled, and the right to them checked, at every start',
  why: 'A cached private image is given to every pod of the node without asking for credentials, and a tag that was pushed again is not noticed.',
  fix: 'Set `imagePullPolicy: Always`; unchanged layers are not downloaded again.',
  frameworks: ['owasp:K02', 'matrix:MS-TA9037'],
  on: pods,
  check: (subject) =>
    judgeImages(subject, ({ tag, digest }, image) => {
      if (image.policy === 'Always') return undefined;
      const written = typeof image.policy === 'string' && image.policy !== '';
      if (!written && (digest !== undefined || tag === undefined || tag === 'latest')) return undefined;
      const detail = written ? `has pull policy ${image.policy}` : 'has no pull policy, which means IfNotPresent for a fixed tag';
      return fail(image.policyPath, written ? 'not-always' : 'default', `${image.user} ${detail}`, blame(image));
    }),
  repair: ({ path }, object) => setField(object, path, 'Always'),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(withContainer({ imagePullPolicy: 'IfNotPresent' })),
      cluster(deployment({ pod: { containers: [withoutPolicy('registry.example.com/shop/app:1.4.2')] } })),
    ],
  },
});

function withoutPolicy(image: string) {
  const { imagePullPolicy: _policy, ...rest } = container({ image });
  return rest;
}
