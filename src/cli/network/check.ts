// `cofferdam network check`: policies and rules that do nothing, contradictions, and policies that nothing enforces.

import { paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { type Idle, idle } from '../../network/checks.ts';
import { enforcement } from '../../network/enforcement.ts';
import { network } from '../../network/network.ts';
import { counted, placeText } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { objectJson, objectText } from './answers.ts';
import { enforcementLines } from './connectivity.ts';
import { located, type NetworkInput, readInput, tell } from './input.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const read = await readInput(input, words);
  const net = network(read.snapshot);
  const problems = located(net.complaints, read.locate);
  const { found, complete } = idle(net);
  const kinds = enforcement(read.snapshot, net.policies);
  write(targets, console, (format, toTerminal) => {
    if (format !== 'json') return table(found, complete, net, read, toTerminal && console.color);
    const result = {
      apiVersion: 'cofferdam.dev/v1',
      kind: 'NetworkCheck',
      policies: new Set(net.policies.map(({ resource }) => resource)).size,
      findings: found.map((one) => ({
        why: one.why,
        policy: objectJson(one.policy.resource),
        ...(one.direction === undefined ? {} : { direction: one.direction }),
        ...(one.rule === undefined ? {} : { path: one.rule.path }),
        ...placeOf(one, read),
      })),
      complete,
      enforcement: kinds,
      notEvaluated: net.unevaluated.map(objectJson),
      problems,
    };
    return `${JSON.stringify(result, null, 2)}\n`;
  });
  tell(input, problems);
  const idleKinds = kinds.some(({ state }) => state === 'not-enforced');
  return found.length > 0 || problems.length > 0 || idleKinds ? exit.findings : exit.clean;
}

function placeOf({ policy, rule }: Idle, { locate }: NetworkInput): object {
  const source = locate(policy.resource, rule?.path ?? '/spec');
  return source === undefined ? {} : { source };
}

const sentences: Readonly<Record<Idle['why'], string>> = {
  'selects-no-pod': 'selects no pod',
  'matches-nobody': 'has a rule whose peers are nobody',
  'redundant-policy': 'changes nothing: other policies decide the same',
  'redundant-rule': 'has a rule that changes nothing: others decide the same',
};

function table(found: readonly Idle[], complete: boolean, net: ReturnType<typeof network>, read: NetworkInput, color: boolean): string {
  const lines = found.map((one) => {
    const place = placeText(read.locate(one.policy.resource, one.rule?.path ?? '/spec'));
    const where = one.rule === undefined ? '' : `  ${one.direction} ${one.rule.path}`;
    return printable(`${objectText(one.policy.resource)} ${sentences[one.why]}${where}${place === '' ? '' : `  ${place}`}`);
  });
  const policies = new Set(net.policies.map(({ resource }) => resource)).size;
  lines.push(`${counted(policies, 'policy', 'policies')}, ${counted(found.length, 'finding')}`);
  if (!complete) lines.push(paint('too much to compare: not every rule was asked about', 'yellow', color));
  return `${[...lines, ...enforcementLines(net, color)].join('\n')}\n`;
}
