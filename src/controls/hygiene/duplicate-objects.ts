// One identity twice in one file: the later object silently overwrites the earlier when the file is applied. The same object in several files
// is not reported: overlays, environments and examples of a repository repeat names on purpose.

import type { Resource } from '../../snapshot/snapshot.ts';
import { control, fail, type Outcome, wholeSnapshot } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const duplicateObjects = control({
  id: 'hygiene/duplicate-objects',
  aliases: [],
  severity: 'low',
  title: 'A file describes each object once',
  why: 'Only the last description takes effect; what the first one asks for, such as a policy, is never there.',
  fix: 'Merge the two, or give one of them another name.',
  frameworks: [],
  on: wholeSnapshot,
  check: (snapshot): readonly Outcome[] => {
    const first = new Map<string, Resource>();
    const outcomes: Outcome[] = [];
    for (const resource of snapshot.resources) {
      if (resource.origin.kind === 'cluster' || resource.name === '' || resource.name.endsWith('*')) continue;
      const file = resource.origin.kind === 'file' ? resource.origin.file : '';
      const identity = [file, resource.group, resource.kind, resource.namespace, resource.name].join('\u0000');
      const earlier = first.get(identity);
      if (earlier === undefined) first.set(identity, resource);
      else
        outcomes.push(
          fail('/metadata/name', 'duplicate', `${resource.kind} "${resource.name}" is described a second time`, {
            resource,
            evidence: [{ resource: earlier, path: '/metadata/name', note: 'the first description' }],
          }),
        );
    }
    return outcomes;
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [[...cluster(deployment()), deployment({ spec: { replicas: 2 } })]],
  },
});
