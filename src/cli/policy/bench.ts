// `cofferdam policy bench`: what each policy costs on these objects, in time here and in units of the API server's budget.

import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { admissionRequest } from '../../policy/admission-request.ts';
import type { CompiledPolicy } from '../../policy/compiled.ts';
import { judge } from '../../policy/judge.ts';
import { creation } from '../../policy/of-snapshot.ts';
import { policySet } from '../../policy/policy-set.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { type PolicyInput, policyInput } from './input.ts';

interface Figure {
  readonly policy: string;
  /** Requests that the policy had something to say about. */
  readonly matched: number;
  readonly microseconds: number;
}

interface Figures {
  readonly policies: readonly Figure[];
  readonly requests: number;
  /** All policies on one request. */
  readonly together: number;
}

export async function run(input: CommandInput): Promise<number> {
  const { flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const seconds = Number(word(flags, 'seconds') ?? '1');
  if (!(seconds > 0 && seconds <= 600)) throw new Stop(problem('usage/bad-flag', `--seconds ${word(flags, 'seconds')}: between 0 and 600`));
  const figures = measure(await policyInput(input), seconds);
  write(targets, console, (format, toTerminal) =>
    format === 'json'
      ? `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'PolicyBench', ...figures }, undefined, 2)}\n`
      : table(figures, toTerminal && console.color),
  );
  return exit.clean;
}

function measure({ policies, objects, kinds, user, context }: PolicyInput, seconds: number): Figures {
  const inputs = objects.map((resource) => creation(resource, kinds, user));
  const time = (list: readonly CompiledPolicy[]): { readonly microseconds: number; readonly matched: number } => {
    const set = policySet(list);
    let matched = 0;
    const round = () => {
      matched = 0;
      for (const each of inputs) if (judge(set, admissionRequest(each, context)).rows.length > 0) matched++;
    };
    round();
    const budget = (seconds * 1000) / (policies.policies.length + 1);
    const start = performance.now();
    let rounds = 0;
    do {
      round();
      rounds++;
    } while (performance.now() - start < budget);
    return { microseconds: ((performance.now() - start) * 1000) / rounds / inputs.length, matched };
  };
  return {
    policies: policies.policies.map((policy) => ({ policy: policy.name, ...time([policy]) })),
    requests: inputs.length,
    together: time(policies.policies).microseconds,
  };
}

function table({ policies, requests, together }: Figures, color: boolean): string {
  const slowest = [...policies].sort((a, b) => b.microseconds - a.microseconds);
  return [
    ...slowest.map(
      ({ policy, matched, microseconds }) =>
        `${microseconds.toFixed(2).padStart(10)} µs  ${paint(printable(policy), 'cyan', color)}  ${matched} of ${requests} matched`,
    ),
    '',
    `${counted(policies.length, 'policy', 'policies')} on ${counted(requests, 'request')}: ${together.toFixed(2)} µs a request, ${Math.round(1e6 / together)} requests a second on one core`,
    '',
  ].join('\n');
}
