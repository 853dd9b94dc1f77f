// `cofferdam config view`: settings, values, origins.

import { pad } from '../../lib/display.ts';
import type { CommandInput } from '../command.ts';
import { exit } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { readConfig } from './read.ts';

export function run({ flags, console, environment }: CommandInput): number {
  const { output, ...rest } = flags;
  const config = readConfig(rest, environment);
  const rows = config.values.map(({ setting, value, from }) => ({ setting: setting.key, value: value ?? null, from }));
  write(outputs(verbatim({ output }, 'output'), ['table', 'json']), console, (format) => {
    if (format === 'json')
      return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'ConfigView', file: config.file ?? null, settings: rows }, null, 2)}\n`;
    const width = Math.max(...rows.map((row) => row.setting.length));
    const values = rows.map((row) => (row.value === null ? '-' : JSON.stringify(row.value)));
    const valueWidth = Math.min(60, Math.max(...values.map((text) => text.length)));
    return rows.map((row, index) => `${pad(row.setting, width)}  ${pad(values[index] ?? '', valueWidth)}  ${row.from}\n`).join('');
  });
  return exit.clean;
}
