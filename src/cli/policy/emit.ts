// `cofferdam policy emit`: controls as ValidatingAdmissionPolicies with bindings, ready for kubectl apply.

import { dump } from 'js-yaml';
import type { Control } from '../../controls/control.ts';
import { type EmitAction, emitPolicies, isEmittable } from '../../controls/emit/emit.ts';
import { catalogue } from '../../controls/index.ts';
import { problem } from '../../lib/problem.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { list, verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';

const actions: Readonly<Record<string, EmitAction | undefined>> = { deny: 'Deny', warn: 'Warn', audit: 'Audit' };

export function run({ words, flags, console }: CommandInput): number {
  const targets = outputs(verbatim(flags, 'output').length === 0 ? ['yaml'] : verbatim(flags, 'output'), ['yaml', 'json', 'table']);
  const wanted = chosen(words);
  const given = list(flags, 'action');
  const named = (given.length === 0 ? ['warn'] : given).map((name) => {
    const action = Object.hasOwn(actions, name.toLowerCase()) ? actions[name.toLowerCase()] : undefined;
    if (action === undefined) throw new Stop(problem('usage/bad-flag', `--action ${name}: one of ${Object.keys(actions).join(', ')}`));
    return action;
  });
  if (named.includes('Deny') && named.includes('Warn'))
    throw new Stop(problem('usage/bad-flag', '--action deny,warn: the API server refuses bindings that do both'));
  const except = list(flags, 'exceptNamespace');
  const exceptNamespaces = except.length === 0 ? ['kube-system', 'kube-public', 'kube-node-lease'] : except;
  const { objects, left } = emitPolicies(wanted, {
    actions: named,
    exceptNamespaces,
    ...(flags.ignoreFailures === true && { failurePolicy: 'Ignore' }),
  });
  if (objects.length === 0) throw new Stop(problem('usage/unknown-control', `${left[0]?.control}: ${left[0]?.reason}`));
  write(targets, console, (format) => {
    if (format === 'yaml') return objects.map((object) => `---\n${dump(object, { lineWidth: -1, noRefs: true })}`).join('');
    if (format === 'json')
      return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects, metadata: {}, leftOut: left }, undefined, 2)}\n`;
    return [
      ...wanted.filter(isEmittable).map(({ id }) => `${id}\n`),
      ...left.map(({ control, reason }) => `${control}: left out, ${reason}\n`),
    ].join('');
  });
  if (!console.quiet && left.length > 0)
    console.err(
      `${counted(objects.length / 2, 'policy', 'policies')} with bindings; ${counted(left.length, 'control')} left out (-o table says why)\n`,
    );
  return exit.clean;
}

/** The controls named, by any of their names; without names all that are on. */
function chosen(words: readonly string[]): readonly Control[] {
  if (words.length === 0) return catalogue.filter(({ enabled }) => enabled !== false);
  return words.map((word) => {
    const found = catalogue.find(({ id, aliases }) => id === word || aliases.includes(word));
    if (found === undefined) throw new Stop(problem('usage/unknown-control', `there is no control "${word}"`));
    return found;
  });
}
