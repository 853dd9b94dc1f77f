// `cofferdam identities`: who of a cloud is somebody in the cluster, and which service account is somebody in the cloud.

import { cloudIdentities } from '../../identity/cloud/clouds.ts';
import type { CloudIdentities } from '../../identity/cloud/identities.ts';
import { cells, pad, paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import type { CommandInput } from '../command.ts';
import { exit } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { readExports } from './cloud.ts';
import { type Asked, ask } from './input.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const asked = await ask(input, words, true);
  const found = cloudIdentities(asked.snapshot, readExports(flags) ?? []);
  write(targets, console, (format, toTerminal) => (format === 'json' ? json(found, asked) : table(found, toTerminal && console.color)));
  return exit.clean;
}

function json(found: CloudIdentities, { restsOn }: Asked): string {
  const outbound = found.outbound.map(({ trusted, ...rest }) => ({ ...rest, trusted: trusted ?? null }));
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'CloudIdentities', ...found, outbound, restsOn }, undefined, 2)}\n`;
}

function table({ inbound, outbound, unknown, problems }: CloudIdentities, color: boolean): string {
  const into = inbound.map(({ principal, user, groups, rights, source, note }) => [
    principal,
    [user, ...groups].filter((name) => name !== '').join(', ') || '-',
    rights.map(({ name, namespaces }) => `${name}${namespaces === undefined ? '' : ` in ${namespaces.join(', ')}`}`).join('; ') || '-',
    source,
    note,
  ]);
  const out = outbound.map(({ namespace, serviceAccount, role, source, trusted, note }) => [
    namespace === '*' ? 'every pod' : `${namespace}/${serviceAccount}`,
    role === '' ? '-' : role,
    trusted === undefined ? 'not known' : trusted ? 'yes' : 'no',
    source,
    note,
  ]);
  return [
    paint('into the cluster', 'bold', color),
    ...rows(['principal', 'user, groups', 'beside RBAC', 'source', ''], into),
    '',
    paint('out of the cluster', 'bold', color),
    ...rows(['service account', 'role', 'trusted', 'source', ''], out),
    ...(problems.length === 0 ? [] : ['', ...problems.map(({ message }) => printable(`problem: ${message}`))]),
    ...(unknown.length === 0 ? [] : ['', 'unknown:', ...unknown.map((one) => printable(`  ${one}`))]),
    '',
  ].join('\n');
}

function rows(head: readonly string[], lines: readonly (readonly string[])[]): readonly string[] {
  if (lines.length === 0) return ['  none in what was given'];
  const all = [head, ...lines].map((line) => line.map(printable));
  const widths = head.map((_, column) => Math.max(...all.map((line) => cells(line[column] ?? ''))));
  return all.map((line) => `  ${line.map((text, column) => pad(text, widths[column] ?? 0)).join('  ')}`.trimEnd());
}
