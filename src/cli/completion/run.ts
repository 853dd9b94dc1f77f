// Completion scripts made of the table of commands: words, flags and the values flags may have, and the names of CEL for expressions.
// Nothing is run while completing.

import { newestMinor } from '../../languages/cel/kubernetes.ts';
import { namesOf } from '../../languages/cel/names.ts';
import { problem } from '../../lib/problem.ts';
import { expressionEnvironment } from '../cel/names.ts';
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

/** Names of the newest version: those an expression begins with, and those that follow a dot. */
function expressionWords(): { readonly first: string; readonly member: string } {
  const names = namesOf(expressionEnvironment(newestMinor));
  const words = (member: boolean) => [...new Set(names.filter((name) => name.member === member).map(({ name }) => name))].join(' ');
  return { first: words(false), member: words(true) };
}

/** Commands whose first word is an expression. */
const expressions = new Set(['cel eval']);

function bash(): string {
  const { first, member } = expressionWords();
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
  if [[ "$line" =~ ^(${[...expressions].join('|')})" " && "$cur" != -* && "$prev" != -* ]]; then
    # Inside an expression: what stands before the last name stays as it is.
    local quotes=$'[\\x22\\x27]'; cur="\${cur#$quotes}"; local last="\${cur##*[!A-Za-z0-9_]}"; local before="\${cur%"$last"}"
    compopt -o nospace 2>/dev/null
    if [[ "$before" == *. ]]; then words="${member}"; else words="${first}"; fi
    local IFS=$'\\n'; COMPREPLY=($(compgen -P "$before" -W "\${words// /$IFS}" -- "$last")); return
  fi
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
    if (expressions.has(command.name))
      return `    "${command.name}"*) if [[ $PREFIX != -* ]]; then _cofferdam_cel; else _arguments \\\n${flags.join(' \\\n')}; fi;;`;
    return `    "${command.name}"*) _arguments \\\n${[...flags, "      '*:file:_files'"].join(' \\\n')};;`;
  });
  const words = [...new Map(commands.map((command) => [command.name.split(' ')[0] ?? '', command.summary]))].map(
    ([name, summary]) => `    '${name}:${quote(summary)}'`,
  );
  const { first, member } = expressionWords();
  return `#compdef cofferdam kubectl-cofferdam
_cofferdam_cel() {
  compset -P '*[^A-Za-z0-9_]'
  if [[ $IPREFIX == *. ]]; then compadd -S '' -- ${member}; else compadd -S '' -- ${first}; fi
}
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
    const names = expressions.has(command.name)
      ? [
          `complete -c cofferdam -f -n '__fish_seen_subcommand_from ${second}; and __fish_seen_subcommand_from ${first}' -a '${expressionWords().first}'`,
        ]
      : [];
    return [own, ...inner, ...flags, ...names];
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
