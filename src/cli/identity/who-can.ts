// `cofferdam who-can`: every subject with a grant, and what is behind it.

import { principalsOf } from '../../identity/cloud/clouds.ts';
import type { CloudIdentities } from '../../identity/cloud/identities.ts';
import { subjectText } from '../../identity/subjects.ts';
import { type Holder, masters, mayBeInNamespace, whoCan } from '../../identity/who-can.ts';
import { paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { besideJson, besideLines, cloudOf, principalJson, principalLines } from './cloud.ts';
import { type Asked, ask } from './input.ts';
import { type Question, readQuestion } from './question.ts';
import { closing, requestText, subjectJson, unknownJson, viaJson, viaText } from './words.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const question = readQuestion(input);
  const asked = await ask(input, question.paths, flags.cloud !== undefined);
  const cloud = cloudOf(asked, flags);
  const answer = whoCan(asked.snapshot, question.wanted, question.wanted.namespace === '');
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? json(question, answer, asked, cloud) : table(question, answer, asked, cloud, toTerminal && console.color),
  );
  return exit.clean;
}

type Answer = ReturnType<typeof whoCan>;

function json({ wanted, notes }: Question, { holders, unknown }: Answer, asked: Asked, cloud: CloudIdentities | undefined): string {
  const { verb, apiGroup, resource, subresource, name, namespace, path } = wanted;
  const subjects = holders.map(({ subject, via }) => ({
    ...subjectJson(subject),
    via: via.map((one) => viaJson(one, asked)),
    ...(cloud === undefined ? {} : { principals: principalsOf(cloud, subject).map(principalJson) }),
  }));
  const always = [subjectJson(masters)];
  const about = { verb, apiGroup, resource, subresource, name, namespace, url: path };
  const beside = besideJson(cloud, wanted);
  const answer = { ...about, subjects, always, ...beside, unknown: unknownJson(unknown), notes, restsOn: asked.restsOn };
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'WhoCan', ...answer }, undefined, 2)}\n`;
}

function table(
  { wanted, notes }: Question,
  { holders, unknown }: Answer,
  asked: Asked,
  cloud: CloudIdentities | undefined,
  color: boolean,
): string {
  const anywhere = wanted.namespace === '' && mayBeInNamespace(asked.snapshot, wanted);
  const title = `${counted(holders.length, 'subject')} can ${requestText(wanted, anywhere)}`;
  return [
    paint(title, 'bold', color),
    ...holders.flatMap((holder) => [
      '',
      `${paint(printable(subjectText(holder.subject)), 'cyan', color)}  ${scopeText(holder)}`,
      ...principalLines(cloud, holder.subject),
      ...holder.via.map((via) => `  ${viaText(via, asked)}`),
    ]),
    '',
    `Group ${masters.name} always can, without a grant.`,
    ...principalLines(cloud, masters),
    ...besideLines(cloud, wanted),
    ...closing(asked, unknown, notes),
  ].join('\n');
}

function scopeText({ via }: Holder): string {
  const namespaces = [...new Set(via.map(({ binding }) => binding.namespace))];
  if (namespaces.includes('')) return 'in the whole cluster';
  const shown = namespaces.slice(0, 5).join(', ');
  return printable(`in ${shown}${namespaces.length > 5 ? ` and ${namespaces.length - 5} more namespaces` : ''}`);
}
