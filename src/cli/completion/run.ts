// Completion scripts made of the table of commands: words, flags and the values flags may have. Nothing is run while completing.

import { problem } from '../../lib/problem.ts';
import type { Command, CommandInput } from '../command.ts';
import { commands } from '../commands.ts';
import { exit, Stop } from '../exit.ts';

export function run({ words, console }: CommandInput): number {
  const shells: Readonly<Record<string, () => string>> = { bash, zsh, fish };
  const shell = words[0] ?? '';
  const make = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (make === undefined) throw new Stop(problem('usage/bad-flag', `completion: no script for "${shell}"; there are bash, zsh, fish`));
  console.out(make());
  return exit.clean;
}

function longFlags(command: Command): readonly string[] {
  return [...command.flags.flatMap((flag) => flag.flags.match(/--[a-z-]+/g) ?? []), '--help'];
}

function firstWords(): readonly string[] {
  return [...new Set(commands.map((command) => command.name.split(' ')[0] ?? ''))];
}

/** Second words of commands in two words, by the first. */
function secondWords(): ReadonlyMap<string, readonly string[]> {
  const pairs = commands.map((command) => command.name.split(' ')).filter(([, second]) => second !== undefined);
  return new Map([...Map.groupBy(pairs, ([first]) => first ?? '')].map(([first, list]) => [first, list.map(([, second]) => second ?? '')]));
}

function bash(): string {
  const groups = [...secondWords()].map(([first, words]) => `      ${first}) words="${words.join(' ')}";;`);
  const perCommand = commands.map((command) => {
    const values = command.flags.flatMap(({ flags, choices }) =>
      choices === undefined ? [] : [`${/--[a-z-]+/.exec(flags)?.[0] ?? ''}) words="${choices.join(' ')}";;`],
    );
    const choose = values.length === 0 ? '' : ` case "$prev" in ${values.join(' ')} esac;`;
    return `    "${command.name}"|"${command.name} "*) flags="${longFlags(command).join(' ')}";${choose};`;
  });
  return `# bash completion for cofferdam
_cofferdam() {
  local cur prev line flags="" words=""
  cur="\${COMP_WORDS[COMP_CWORD]}"; prev="\${COMP_WORDS[COMP_CWORD-1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${firstWords().join(' ')}" -- "$cur")); return; fi
  if [ "$COMP_CWORD" -eq 2 ]; then
    case "$prev" in
${groups.join('\n')}
    esac
  fi
  line="\${COMP_WORDS[*]:1}"
  case "$line" in
${perCommand.join('\n')}
  esac
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); return; fi
  case "$cur" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur"));;
    *) COMPREPLY=($(compgen -f -- "$cur"));;
  esac
}
complete -o filenames -F _cofferdam cofferdam kubectl-cofferdam
`;
}

function zsh(): string {
  const cases = commands.map((command) => {
    const flags = command.flags.map((flag) => {
      const name = /--[a-z-]+/.exec(flag.flags)?.[0] ?? '';
      const value = flag.flags.includes('<') ? `:value:${flag.choices === undefined ? '_files' : `(${flag.choices.join(' ')})`}` : '';
      return `      '${flag.repeatable === true ? '*' : ''}${name}[${quote(flag.description)}]${value}'`;
    });
    return `    "${command.name}"*) _arguments \\\n${[...flags, "      '*:file:_files'"].join(' \\\n')};;`;
  });
  const words = [...new Map(commands.map((command) => [command.name.split(' ')[0] ?? '', command.summary]))].map(
    ([name, summary]) => `    '${name}:${quote(summary)}'`,
  );
  return `#compdef cofferdam kubectl-cofferdam
_cofferdam() {
  local -a names=(
${words.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command names; return; fi
  case "\${words[2,-1]}" in
${cases.join('\n')}
  esac
}
_cofferdam "$@"
`;
}

function fish(): string {
  const lines = commands.flatMap((command) => {
    const [first = '', second] = command.name.split(' ');
    const own = `complete -c cofferdam -n '__fish_use_subcommand' -a '${first}' -d '${plain(command.summary)}'`;
    const inner = second === undefined ? [] : [`complete -c cofferdam -n '__fish_seen_subcommand_from ${first}' -a '${second}'`];
    const flags = command.flags.map((flag) => {
      const name = /--([a-z-]+)/.exec(flag.flags)?.[1] ?? '';
      const value = flag.choices === undefined ? (flag.flags.includes('<') ? ' -r' : '') : ` -x -a '${flag.choices.join(' ')}'`;
      return `complete -c cofferdam -n '__fish_seen_subcommand_from ${first}' -l ${name}${value} -d '${plain(flag.description)}'`;
    });
    return [own, ...inner, ...flags];
  });
  return `# fish completion for cofferdam\n${[...new Set(lines)].join('\n')}\n`;
}

/** Text inside single quotes and zsh's brackets. */
function quote(text: string): string {
  return text.replace(/['\\[\]:]/g, (character) => (character === "'" ? '’' : `\\${character}`));
}

/** Text inside single quotes of fish, where nothing else is special. */
function plain(text: string): string {
  return text.replace(/['\\]/g, (character) => (character === "'" ? '’' : '\\\\'));
}
