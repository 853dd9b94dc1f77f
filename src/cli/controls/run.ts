// `cofferdam controls`: the catalogue as a table or as a ControlList.

import type { Control } from '../../controls/control.ts';
import { type FrameworkId, frameworkOf } from '../../controls/frameworks.ts';
import { catalogue, controlsNamed } from '../../controls/index.ts';
import { cut, pad, paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';

export function run({ words, flags, console }: CommandInput): number {
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const framework = word(flags, 'framework');
  const severity = word(flags, 'severity');
  const chosen = named(words[0])
    .filter((control) => framework === undefined || control.frameworks.some((id) => id.startsWith(`${framework}:`)))
    .filter((control) => severity === undefined || control.severity === severity);
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? list(chosen) : table(chosen, toTerminal ? console.width : undefined, toTerminal && console.color),
  );
  return exit.clean;
}

function named(id: string | undefined): readonly Control[] {
  if (id === undefined) return catalogue;
  const found = controlsNamed(id);
  if (found.length === 0) throw new Stop(problem('usage/unknown-control', `no control is named "${id}"; cofferdam controls lists them`));
  return found;
}

function list(controls: readonly Control[]): string {
  const entries = controls.map(({ id, title, severity, domain, aliases, frameworks, enabled }) => ({
    id,
    title,
    severity,
    domain,
    enabled: enabled !== false,
    aliases,
    frameworks: byFramework(frameworks),
  }));
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'ControlList', controls: entries }, null, 2)}\n`;
}

/** Requirement ids by framework: `{cis: ['5.2.2']}`. */
export function byFramework(ids: readonly FrameworkId[]): Readonly<Record<string, readonly string[]>> {
  const grouped: Record<string, string[]> = {};
  for (const id of ids) {
    const { framework, requirement } = frameworkOf(id);
    grouped[framework] ??= [];
    grouped[framework].push(requirement);
  }
  return grouped;
}

function table(controls: readonly Control[], width: number | undefined, color: boolean): string {
  const idWidth = controls.reduce((longest, { id }) => Math.max(longest, id.length), 0);
  const lines = controls.map(({ id, severity, title, enabled }) => {
    const text = `${pad(id, idWidth)}  ${pad(severity, 8)}  ${title}${enabled === false ? paint(' (off by default)', 'dim', color) : ''}`;
    return width === undefined ? text : cut(text, width);
  });
  return `${lines.join('\n')}\n`;
}
