// The same variable twice in a container: the last one counts and the first misleads its reader; tools that merge such lists by name may keep
// either. The entries that do not count are the ones blamed. Other entries may refer to the first by `$(NAME)`, then nothing is repaired.

import type { Container } from '../../kube/pod/types.ts';
import { asList, asString, field } from '../../lib/json.ts';
import { control, fail, type Outcome, pods } from '../control.ts';
import { cluster, deployment, withContainer, withInitContainer } from '../examples.ts';
import { fieldAt, removeField } from '../repair.ts';

export const duplicateEnv = control({
  id: 'hygiene/duplicate-env',
  aliases: ['C-0295', 'duplicate-env-var', 'environment-variable-key-duplication'],
  severity: 'low',
  title: 'Environment variables are set once',
  why: 'The value that is read is not the one that counts, and tools that merge by name may drop the one that does.',
  fix: 'Keep the entry that is meant and remove the other.',
  frameworks: [],
  on: pods,
  check: ({ containers }) => containers.flatMap(overridden),
  repair: ({ path }, object) => {
    const list = path.slice(0, path.lastIndexOf('/', path.length - '/name'.length - 1));
    const entry = path.slice(0, -'/name'.length);
    const reference = `$(${asString(field(fieldAt(object, entry), 'name')) ?? ''})`;
    const isUsed = asList(fieldAt(object, list)).some((item) => (asString(field(item, 'value')) ?? '').includes(reference));
    return isUsed ? undefined : removeField(object, entry);
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(withContainer({ env: [variable('MODE', 'a'), variable('LEVEL', 'b')] }))],
    fail: () => [
      cluster(withContainer({ env: [variable('MODE', 'fast'), variable('LEVEL', 'info'), variable('MODE', 'slow')] })),
      cluster(withInitContainer({ env: [variable('MODE', 'fast'), variable('MODE', 'slow')] })),
    ],
  },
});

function overridden(container: Container): readonly Outcome[] {
  const last = new Map<string, number>();
  container.env.forEach(({ spec }, index) => {
    if (typeof spec.name === 'string') last.set(spec.name, index);
  });
  return container.env.flatMap(({ spec, path }, index) =>
    typeof spec.name === 'string' && last.get(spec.name) !== index
      ? [
          fail(`${path}/name`, 'overridden', `container "${container.name}" sets ${spec.name} again further down, and that one counts`, {
            container: container.name,
          }),
        ]
      : [],
  );
}

function variable(name: string, value: string) {
  return { name, value };
}
