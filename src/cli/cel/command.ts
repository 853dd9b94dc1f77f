// `cofferdam cel eval` and `cel names`: their words and flags.

import type { Command } from '../command.ts';
import { common } from '../flags.ts';

export const celEval: Command = {
  name: 'cel eval',
  summary: 'evaluate a CEL expression as the API server would, with its cost; exit status 1 where it is false, and why',
  words: '<expression>',
  flags: [
    { flags: '--var <name=json>', description: 'a variable and its value', repeatable: true },
    { flags: '-f, --filename <path>', description: 'a manifest as the variables object and self; - for stdin' },
    { flags: '--kubernetes-version <version>', description: 'the version whose functions and rules apply (default: the newest known)' },
    { flags: '--cost', description: 'say what the evaluation cost of its limit of 1,000,000' },
    { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
    ...common,
  ],
  examples: [
    `cofferdam cel eval "object.spec.containers.all(c, c.image.contains('@'))" -f pod.yaml`,
    `cofferdam cel eval "quantity('1.5Gi').isGreaterThan(quantity('1G'))"`,
    `cofferdam cel eval 'x.map(n, n * 2)' --var x=[1,2,3] --cost -o json`,
  ],
  load: () => import('./run.ts'),
};

export const celNames: Command = {
  name: 'cel names',
  summary: 'what a CEL expression may name: variables, functions and methods with their signatures, macros',
  words: '[prefix]',
  flags: [
    { flags: '--kubernetes-version <version>', description: 'the version whose names are listed (default: the newest known)' },
    { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true },
    ...common,
  ],
  examples: ['cofferdam cel names', 'cofferdam cel names is --kubernetes-version 1.30'],
  load: () => import('./names.ts'),
};
