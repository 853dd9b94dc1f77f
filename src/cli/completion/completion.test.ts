// The bash script is run in bash: what a person has typed, and what is offered.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { commandInput } from '../../../test/console.ts';
import { Stop } from '../exit.ts';
import { run } from './run.ts';

const hasBash = spawnSync('bash', ['-c', 'type complete']).status === 0;

function script(shell: string): string {
  const { input, told } = commandInput([shell]);
  run(input);
  return told.out;
}

function offered(typed: readonly string[]): readonly string[] {
  const set = `COMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length - 1}; _cofferdam; IFS=; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `${script('bash')}\n${set}`], { encoding: 'utf8', cwd: '/' });
  assert.equal(stderr, '');
  return stdout.trim().split('\n');
}

const rows: readonly (readonly [what: string, typed: readonly string[], expected: readonly string[]])[] = [
  ['a command', ['cofferdam', 'sca'], ['scan']],
  ['a flag of the command', ['cofferdam', 'scan', '--kubernetes-v'], ['--kubernetes-version']],
  ['the values of a flag', ['cofferdam', 'scan', '--fail-on', ''], ['critical', 'high', 'medium', 'low', 'never']],
  ['the values of the same flag after paths', ['cofferdam', 'diff', 'a', 'b', '--fail-on', 'cri'], ['critical']],
  ['a name that an expression begins with', ['cofferdam', 'cel', 'eval', 'oldS'], ['oldSelf']],
  ['a function inside an expression', ['cofferdam', 'cel', 'eval', 'has(object.x) && isSem'], ['has(object.x) && isSemver']],
  ['a method after a dot', ['cofferdam', 'cel', 'eval', 'object.name.matc'], ['object.name.matches']],
  ['a flag beside an expression', ['cofferdam', 'cel', 'eval', 'true', '--kubernetes-v'], ['--kubernetes-version']],
  ['the second word of a command', ['cofferdam', 'snapshot', 's'], ['save', 'show']],
];

describe('completion in bash offers', { skip: hasBash ? false : 'there is no bash' }, () => {
  for (const [what, typed, expected] of rows) test(what, () => assert.deepEqual(offered(typed), expected));
});

test('every shell has a script, and others are refused by name', () => {
  for (const shell of ['bash', 'zsh', 'fish']) assert.match(script(shell), /cofferdam/);
  for (const shell of ['tcsh', 'constructor']) assert.throws(() => script(shell), Stop);
});

test('descriptions for fish are words as they are', () => {
  assert.match(script('fish'), /'find what is wrong in manifests or a cluster: where/);
});
