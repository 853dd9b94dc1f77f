// Reads the settings in force: the file, then the environment, then flags, each value with where it came from. A mistake in the file is
// told with its line; nothing in it is ignored in silence.

import { existsSync } from 'node:fs';
import { field, isObject, type Json } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { type ControlSettings, controlSettings } from './controls.ts';
import { at, oneLine, open, type Source } from './file.ts';
import { withKubescapeInputs } from './kubescape.ts';
import { type Setting, settings } from './settings.ts';

export interface SettingValue {
  readonly setting: Setting;
  readonly value: Json | undefined;
  /** `flag`, `environment variable X`, `FILE:LINE`, `default`. */
  readonly from: string;
}

export interface Config extends ControlSettings {
  /** The file read, if any. */
  readonly file: string | undefined;
  readonly values: readonly SettingValue[];
  /** Flags as a command would have got them from the command line alone, with file and environment filled in. */
  readonly flags: Flags;
  readonly text: string | undefined;
}

const defaultFiles = ['cofferdam.yaml', '.cofferdam.yaml'];

/** Reads the configuration; ends the command with every mistake found where there is one. */
export function readConfig(flags: Flags, environment: Readonly<Record<string, string | undefined>>): Config {
  const named = typeof flags.config === 'string' ? flags.config : environment.COFFERDAM_CONFIG;
  const file = named ?? defaultFiles.find((candidate) => existsSync(candidate));
  const problems: Problem[] = [];
  const source = file === undefined ? undefined : open(file);
  const document = source === undefined ? {} : source.value;
  for (const key of Object.keys(document))
    if (!settings.some((setting) => setting.key === key))
      problems.push(at(source, pointer(key), `unknown setting "${key}"; there are ${settings.map((setting) => setting.key).join(', ')}`));
  const values = settings.map((setting) => inForce(setting, flags, environment, source, problems));
  const perControl = withKubescapeInputs(controlSettings(source, problems), values);
  if (problems.length > 0) throw new Stop(problem('config/invalid', problems.map(oneLine).join('\n')));
  const filled: Record<string, string | boolean | readonly string[] | undefined> = { ...flags };
  for (const { setting, value } of values) {
    if (setting.flag === undefined || filled[setting.flag] !== undefined || value === undefined || value === null || value === false)
      continue;
    filled[setting.flag] = Array.isArray(value) ? value.map(String) : value === true ? true : String(value);
  }
  return { file, values, ...perControl, flags: filled, text: source?.text };
}

function inForce(
  setting: Setting,
  flags: Flags,
  environment: Readonly<Record<string, string | undefined>>,
  source: Source | undefined,
  problems: Problem[],
): SettingValue {
  const flag = setting.flag === undefined ? undefined : flags[setting.flag];
  if (flag !== undefined) return { setting, value: typeof flag === 'object' ? [...flag] : flag, from: 'flag' };
  const variable = setting.variable === undefined ? undefined : environment[setting.variable];
  if (variable !== undefined && variable !== '') {
    const value = fromText(setting, variable);
    if (value === undefined || !allowed(setting, value))
      problems.push(problem('config/invalid', `${setting.variable}: "${variable}" is not ${expected(setting)}`));
    return { setting, value, from: `environment variable ${setting.variable}` };
  }
  const written = source === undefined ? undefined : field(source.value, setting.key);
  if (written !== undefined && source !== undefined) {
    const position = at(source, pointer(setting.key), '');
    if (!hasType(setting, written) || !allowed(setting, written))
      problems.push(at(source, pointer(setting.key), `${setting.key} is not ${expected(setting)}`));
    return { setting, value: written, from: `${source.file}:${position.source?.line ?? 1}` };
  }
  return { setting, value: setting.default, from: 'default' };
}

function fromText(setting: Setting, text: string): Json | undefined {
  if (setting.type === 'strings')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  if (setting.type === 'boolean') return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;
  return text;
}

function hasType(setting: Setting, value: Json): boolean {
  switch (setting.type) {
    case 'string':
      return typeof value === 'string' || typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'map':
      return isObject(value);
    case 'list':
      return Array.isArray(value);
  }
}

function allowed(setting: Setting, value: Json): boolean {
  return setting.choices === undefined || (typeof value === 'string' && setting.choices.includes(value));
}

function expected(setting: Setting): string {
  if (setting.choices !== undefined) return `one of ${setting.choices.join(', ')}`;
  return { string: 'a word', boolean: 'true or false', strings: 'a list of words', map: 'a mapping', list: 'a list' }[setting.type];
}
