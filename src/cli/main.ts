// The command line: words and flags to a command, its status to the caller. Contract: CLI.md of the project.

import { CommanderError, Command as Parser } from 'commander';
import { printable } from '../lib/text.ts';
import type { Command, Flag, Flags } from './command.ts';
import { commands, groupSummaries } from './commands.ts';
import type { Console } from './console.ts';
import { exit, Stop, statusOf } from './exit.ts';

/** Runs one command line and returns its exit status. */
export async function main(words: readonly string[]): Promise<number> {
  for (const stream of [process.stdout, process.stderr])
    if (!stream.listeners('error').includes(readerLeft)) stream.on('error', readerLeft);
  let status: number = exit.clean;
  const program = new Parser('cofferdam');
  program
    .description('Kubernetes security in one program: what is wrong, where, why it matters, and the patch that repairs it')
    .exitOverride()
    .showHelpAfterError('(cofferdam --help lists commands and flags)')
    .configureHelp({ showGlobalOptions: false });
  const groups = new Map<string, Parser>();
  for (const command of commands) {
    const parent = groupOf(program, groups, command);
    declare(parent, command, async (flags, given) => {
      status = await work(command, flags, given);
    });
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.clean : exit.usage;
    if (error instanceof Stop) {
      process.stderr.write(`cofferdam: ${error.message.split('\n').map(printable).join('\n')}\n`);
      return statusOf(error.problem.code);
    }
    throw error;
  }
}

function groupOf(program: Parser, groups: Map<string, Parser>, command: Command): Parser {
  const [first, second] = command.name.split(' ');
  if (second === undefined || first === undefined) return program;
  let group = groups.get(first);
  if (group === undefined) {
    group = program
      .command(first)
      .description(groupSummaries[first] ?? '')
      .exitOverride();
    groups.set(first, group);
  }
  return group;
}

function declare(parent: Parser, command: Command, action: (flags: Flags, words: readonly string[]) => Promise<void>): void {
  const name = command.name.split(' ').at(-1) ?? command.name;
  const parser = parent.command(`${name} ${command.words}`.trim()).description(command.summary).exitOverride();
  for (const flag of command.flags) option(parser, flag);
  if (command.examples.length > 0) parser.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`);
  parser.action(async (...given: readonly unknown[]) => {
    const positional = given
      .slice(0, -2)
      .flat()
      .filter((word) => typeof word === 'string');
    await action(parser.opts(), positional);
  });
}

function option(parser: Parser, flag: Flag): void {
  const made = parser.createOption(flag.flags, flag.description);
  if (flag.choices !== undefined) made.choices([...flag.choices]);
  if (flag.default !== undefined) made.default(flag.default);
  if (flag.repeatable === true) made.argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]);
  parser.addOption(made);
}

async function work(command: Command, flags: Flags, words: readonly string[]): Promise<number> {
  const { run } = await command.load();
  return run({ words, flags, console: terminal(flags), environment: process.env, now: present() });
}

/** Milliseconds since the epoch. SOURCE_DATE_EPOCH (reproducible-builds.org) stands for the present, where the same input is to give the same bytes. */
function present(): number {
  const given = process.env.SOURCE_DATE_EPOCH ?? '';
  return /^[0-9]{1,11}$/.test(given) ? Number(given) * 1000 : Date.now();
}

function terminal(flags: Flags): Console {
  const colorless = process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '';
  const forced = process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '0';
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    color: !colorless && (forced || process.stdout.isTTY === true),
    width: process.stdout.isTTY === true ? process.stdout.columns : undefined,
    quiet: flags.quiet === true,
  };
}

/** A reader that has seen enough, as `head` has, is no error of ours. */
function readerLeft(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
