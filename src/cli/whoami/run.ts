// `cofferdam whoami`: whom a credential stands for, as the API server would say. Status 0 where it stands for somebody, 1 where it is refused.

import { errorText } from '../../identity/authentication/outcome.ts';
import { paint } from '../../lib/display.ts';
import { asNumber, field } from '../../lib/json.ts';
import { printable } from '../../lib/text.ts';
import { factsFor, snapshot } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import type { CommandInput } from '../command.ts';
import { checkCredential } from '../credential/check.ts';
import { type Presented, presented } from '../credential/presented.ts';
import { tokenOf, unknownIssuer } from '../credential/setup.ts';
import { exit } from '../exit.ts';
import { kubernetesVersion, verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags, console, now } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const made = presented(input);
  const paths = [...verbatim(flags, 'filename'), ...input.words];
  const objects = paths.length === 0 ? undefined : await load(paths, { now });
  const state = objects && snapshot({ ...objects, facts: factsFor(objects.facts, kubernetesVersion(flags)) });
  const { found, setup } = checkCredential(input, made, state);
  const expires = expiry(made);
  if (found.kind === 'refused') {
    const hint = unknownIssuer(setup, made);
    write(targets, console, (format) => {
      const why = hint ?? errorText(found.errors);
      if (format === 'json') return json({ authenticated: false, reason: why, source: made.source });
      return `${paint('refused', 'red', console.color)}: ${printable(made.source)} is nobody here\n  ${printable(why)}\n`;
    });
    return exit.findings;
  }
  const { user, authenticator, assumptions } = found;
  write(targets, console, (format, toTerminal) => {
    const impersonates = made.impersonates === undefined ? {} : { impersonates: made.impersonates };
    if (format === 'json')
      return json({
        authenticated: true,
        user,
        authenticator,
        source: made.source,
        ...(expires === undefined ? {} : { expires }),
        ...impersonates,
        assumptions,
      });
    const color = toTerminal && console.color;
    return [
      paint(printable(user.name), 'bold', color),
      `  by       ${authenticator}, ${made.source}${expires === undefined ? '' : `, until ${expires}`}`,
      `  groups   ${user.groups.join(', ')}`,
      ...(user.uid === '' ? [] : [`  uid      ${user.uid}`]),
      ...Object.entries(user.extra).map(([key, values]) => `  extra    ${key}: ${values.join(', ')}`),
      ...(made.impersonates === undefined
        ? []
        : [`  acts as  ${[made.impersonates.user, ...made.impersonates.groups].join(', ')}, if it may impersonate`]),
      ...(user.groups.includes('system:masters') ? ['  members of system:masters can do everything, and RBAC cannot take it away'] : []),
      ...assumptions.map((one) => `note: not checked: ${one}`),
      '',
    ]
      .map((line, index) => (index === 0 ? line : printable(line)))
      .join('\n');
  });
  return exit.clean;
}

function json(about: object): string {
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'WhoAmI', ...about }, undefined, 2)}\n`;
}

function expiry(made: Presented): string | undefined {
  const [certificate] = made.credential.certificates;
  const seconds = asNumber(field(tokenOf(made)?.claims, 'exp'));
  const time = certificate?.notAfter ?? (seconds === undefined ? undefined : seconds * 1000);
  return time === undefined || Math.abs(time) > 8e15 ? undefined : new Date(time).toISOString();
}
