// Credentials written out in the command line of a container (`--password=…`, `--db-token …`): besides everybody who reads the manifest, each
// process on the node with a view of the others sees them.

import type { Container } from '../../kube/pod/types.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, withContainer } from '../examples.ts';
import { looksLike, parameters, settingsOf } from './credentials.ts';

interface Argument {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

export const commandArguments = control({
  id: 'secrets/arguments',
  aliases: [],
  severity: 'high',
  title: 'The command line of containers holds no credentials',
  why: 'A credential in a command line is in version control and in every process listing of the node.',
  fix: 'Let the program read the value from a mounted Secret, and change the credential, which is known now.',
  frameworks: ['nsa:secrets', 'attack:T1552.001', 'matrix:MS-TA9027', 'owasp:K08', 'pci:6.1.a'],
  parameters: { ...parameters, names: ['password', 'passwd', 'passphrase', 'secret', 'token', 'api_key', 'access_key', 'secret_key'] },
  on: pods,
  check: ({ containers }, context) => {
    const settings = settingsOf(context.parameters);
    return containers.flatMap((container) =>
      [...flags(container, 'command'), ...flags(container, 'args')].flatMap(({ name, value, path }) => {
        const what = looksLike(name, value, settings);
        return what === undefined
          ? []
          : [fail(path, 'credential', `argument --${name} of container "${container.name}" holds ${what}`, { container: container.name })];
      }),
    );
  },
  examples: {
    pass: () => [cluster(withContainer({ args: ['--password-file=/run/secrets/db', '--token=$(TOKEN)'] }))],
    fail: () => [
      cluster(withContainer({ args: ['--db-password=correct-horse'] })),
      cluster(withContainer({ args: ['--api-key', 'b7f3a9'] })),
    ],
  },
});

function flags(container: Container, key: 'command' | 'args'): readonly Argument[] {
  const words = container[key];
  return words.flatMap((word, index) => {
    const match = /^--?([A-Za-z][A-Za-z0-9_.-]*)(?:=([\s\S]*))?$/.exec(word.slice(0, 4096));
    if (match === null) return [];
    const next = words[index + 1];
    const value = match[2] ?? (next?.startsWith('-') === false ? next : '');
    return [{ name: match[1] ?? '', value, path: container.at(`/${key}/${index}`) }];
  });
}
