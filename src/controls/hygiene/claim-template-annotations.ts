// Annotations that a team wants on the volume claims of its StatefulSets, such as the one its backup tool goes by. Asks nothing until the list
// is set.

import { members } from '../../kube/pod/lower.ts';
import { asObject, asString, dig, field, strings } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { headlessService, statefulSet } from '../reliability/examples.ts';

export const claimTemplateAnnotations = control({
  id: 'hygiene/claim-template-annotations',
  aliases: ['statefulset-volumeclaimtemplate-annotation'],
  severity: 'low',
  title: 'Volume claims of StatefulSets carry the annotations required here',
  why: 'The tool that goes by the annotation, often the backup, passes the volume by.',
  fix: 'Add the annotation to the claim template; existing claims need it too.',
  frameworks: [],
  parameters: { annotations: [] },
  on: objects('apps/StatefulSet'),
  check: ({ object }, { parameters }) => {
    const required = strings(parameters.annotations);
    if (required.length === 0) return [notApplicable('no-list', 'no annotations are required')];
    return members(dig(object, 'spec', 'volumeClaimTemplates'), '/spec/volumeClaimTemplates').flatMap(({ spec, path }) =>
      required
        .filter((key) => field(asObject(dig(spec, 'metadata', 'annotations')), key) === undefined)
        .map((key) =>
          fail(
            `${path}/metadata/annotations${pointer(key)}`,
            'missing',
            `claim template "${asString(dig(spec, 'metadata', 'name')) ?? ''}" lacks the annotation "${key}"`,
          ),
        ),
    );
  },
  examples: {
    parameters: { annotations: ['backup.example.com/policy'] },
    pass: () => [cluster(statefulSet(claims({ 'backup.example.com/policy': 'daily' })), headlessService())],
    fail: () => [cluster(statefulSet(claims({})), headlessService())],
  },
});

function claims(annotations: Readonly<Record<string, string>>) {
  return {
    volumeClaimTemplates: [
      {
        metadata: { name: 'data', annotations },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  };
}
