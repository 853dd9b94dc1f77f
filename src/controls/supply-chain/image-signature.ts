// Whether a signature was verified is known only to what verified it. Kyverno writes its answer on the pod (`kyverno.io/verify-images`); where
// no such record exists this control says so and decides nothing. Off by default: it has an answer only in clusters that verify.

import { isObject, type Json } from '../../lib/json.ts';
import { control, fail, pods, unknown } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { blame, imagesOf, type PulledImage } from './images.ts';

const record = 'kyverno.io/verify-images';

export const imageSignature = control({
  id: 'supply-chain/image-signature',
  aliases: ['C-0236', 'C-0237'],
  severity: 'high',
  title: 'Image signatures are verified before the image runs',
  why: 'Without a verified signature nothing ties the running image to the pipeline that was meant to build it.',
  fix: 'Sign images in the pipeline and verify them at admission; look into any image whose verification failed.',
  frameworks: ['cis:5.5.1', 'owasp:K02', 'attack:T1525', 'matrix:MS-TA9002'],
  enabled: false,
  on: pods,
  check: (subject) => {
    const answers = verified(subject.pod.annotations[record]);
    return imagesOf(subject).flatMap((image) => {
      const answer = answerFor(image, answers);
      if (answer === true) return [];
      if (answer === false)
        return [fail(image.path, 'not-verified', `${image.user}: the signature of "${image.text}" did not verify`, blame(image))];
      return [unknown(image.path, 'no-evidence', `${image.user}: nothing recorded whether "${image.text}" was verified`, blame(image))];
    });
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment({ podMetadata: { annotations: { [record]: '{"registry.example.com/shop/app":"fail"}' } } }))],
  },
});

/** Images by name with the recorded answer: `pass` or true, `fail` or false. */
function verified(text: string | undefined): ReadonlyMap<string, boolean> {
  const answers = new Map<string, boolean>();
  if (text === undefined || text.length > 1_000_000) return answers;
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    return answers;
  }
  for (const [name, answer] of Object.entries(isObject(parsed) ? parsed : {}))
    if (answer === true || answer === 'pass') answers.set(name, true);
    else if (answer === false || answer === 'fail') answers.set(name, false);
  return answers;
}

function answerFor(image: PulledImage, answers: ReadonlyMap<string, boolean>): boolean | undefined {
  const exact = answers.get(image.text);
  if (exact !== undefined || image.name.kind !== 'reference') return exact;
  const { registry, repository } = image.name.reference;
  return answers.get(`${registry}/${repository}`);
}
