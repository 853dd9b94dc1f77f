// Reads the settings in force: the file, then the environment, then flags, each value with where it came from. A mistake in the file is
// told with its line; nothing in it is ignored in silence.

import { existsSync, readFileSync } from 'node:fs';
import { type Severity, severities } from '../../controls/control.ts';
import { controlsNamed } from '../../controls/index.ts';
import { fieldLocator, fieldPosition, parseYaml } from '../../kube/yaml/parse.ts';
import { asList, asObject, field, isObject, type Json } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { lineStarts } from '../../lib/text.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { type Setting, settings } from './settings.ts';

export interface SettingValue {
  readonly setting: Setting;
  readonly value: Json | undefined;
  /** `flag`, `environment variable X`, `FILE:LINE`, `default`. */
  readonly from: string;
}

export interface Config {
  /** The file read, if any. */
  readonly file: string | undefined;
  readonly values: readonly SettingValue[];
  /** Severity and parameters by our control id; controls switched on or off. */
  readonly severities: Readonly<Record<string, Severity>>;
  readonly parameters: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly enabled: Readonly<Record<string, boolean>>;
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
  const values = settings.map((setting) => valueOf(setting, flags, environment, source, problems));
  const perControl = controlSettings(source, problems);
  if (problems.length > 0) throw new Stop(problem('config/invalid', problems.map(oneLine).join('\n')));
  const filled: Record<string, string | boolean | readonly string[] | undefined> = { ...flags };
  for (const { setting, value } of values) {
    if (setting.flag === undefined || filled[setting.flag] !== undefined || value === undefined || value === null || value === false)
      continue;
    filled[setting.flag] = Array.isArray(value) ? value.map(String) : value === true ? true : String(value);
  }
  return { file, values, ...perControl, flags: filled, text: source?.text };
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly value: { readonly [key: string]: Json | undefined };
}

function open(file: string): Source {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Stop(problem('config/invalid', `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`));
  }
  const { documents, problems } = parseYaml(text, file);
  if (problems.length > 0) throw new Stop(problem('config/invalid', problems.map(oneLine).join('\n')));
  const value = documents[0]?.value ?? {};
  if (!isObject(value) || documents.length > 1) throw new Stop(problem('config/invalid', `${file}: settings are one mapping`));
  return { file, text, value };
}

function valueOf(
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

function controlSettings(source: Source | undefined, problems: Problem[]): Pick<Config, 'severities' | 'parameters' | 'enabled'> {
  const chosen: Record<string, Severity> = {};
  const parameters: Record<string, Readonly<Record<string, Json>>> = {};
  const enabled: Record<string, boolean> = {};
  for (const [name, entry] of Object.entries(asObject(source?.value.controls))) {
    const where = pointer('controls', name);
    const controls = controlsNamed(name);
    if (controls.length === 0) problems.push(at(source, where, `no control is named "${name}"`));
    if (!isObject(entry)) {
      problems.push(at(source, where, `settings of ${name} are a mapping with enabled, severity and parameters`));
      continue;
    }
    for (const key of Object.keys(entry))
      if (!['enabled', 'severity', 'parameters'].includes(key))
        problems.push(at(source, where + pointer(key), `unknown setting "${key}" of a control; there are enabled, severity, parameters`));
    const severity = entry.severity;
    if (severity !== undefined && !severities.some((known) => known === severity))
      problems.push(at(source, `${where}/severity`, `severity is one of ${severities.join(', ')}`));
    if (entry.enabled !== undefined && typeof entry.enabled !== 'boolean')
      problems.push(at(source, `${where}/enabled`, 'enabled is true or false'));
    for (const control of controls) {
      const known = severities.find((candidate) => candidate === severity);
      if (known !== undefined) chosen[control.id] = known;
      if (typeof entry.enabled === 'boolean') enabled[control.id] = entry.enabled;
      const given = ownParameters(
        entry.parameters,
        Object.keys(control.parameters ?? {}),
        source,
        `${where}/parameters`,
        control.id,
        problems,
      );
      if (given !== undefined) parameters[control.id] = given;
    }
  }
  return { severities: chosen, parameters, enabled };
}

function ownParameters(
  value: Json | undefined,
  known: readonly string[],
  source: Source | undefined,
  where: string,
  id: string,
  problems: Problem[],
): Readonly<Record<string, Json>> | undefined {
  if (value === undefined) return undefined;
  const given: Record<string, Json> = {};
  for (const [name, item] of Object.entries(asObject(value))) {
    if (!known.includes(name))
      problems.push(
        at(
          source,
          where + pointer(name),
          `${id} has no parameter "${name}"; ${known.length === 0 ? 'it has none' : `there are ${known.join(', ')}`}`,
        ),
      );
    else if (item !== undefined) given[name] = item;
  }
  return given;
}

function at(source: Source | undefined, path: string, message: string): Problem {
  if (source === undefined) return problem('config/invalid', message);
  const range = fieldLocator(source.text)?.(path);
  return range === undefined
    ? problem('config/invalid', message)
    : problem('config/invalid', message, fieldPosition(source.file, lineStarts(source.text), 0, range));
}

function oneLine(found: Problem): string {
  return found.source === undefined ? found.message : `${found.source.file}:${found.source.line}:${found.source.column}: ${found.message}`;
}

/** The waivers written in the configuration itself. */
export function configuredWaivers(config: Config): readonly Json[] {
  return asList(config.values.find(({ setting }) => setting.key === 'waivers')?.value);
}
