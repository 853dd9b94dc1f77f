// The setting `kubescapeInputs`: what somebody has already told kubescape about registries, labels and limits, as parameters of our controls.

import { readFileSync } from 'node:fs';
import { kubescapeParameters } from '../../controls/foreign/kubescape-inputs.ts';
import type { Json } from '../../lib/json.ts';
import { problem, told } from '../../lib/problem.ts';
import { Stop } from '../exit.ts';
import type { ControlSettings } from './controls.ts';
import type { SettingValue } from './read.ts';

/** The settings of controls with those of the named file under them; ends the command where the file cannot be used. */
export function withKubescapeInputs(own: ControlSettings, values: readonly SettingValue[]): ControlSettings {
  const file = values.find(({ setting }) => setting.key === 'kubescapeInputs')?.value;
  if (typeof file !== 'string') return own;
  const { parameters: foreign, unknown } = kubescapeParameters(read(file));
  if (unknown.length > 0) throw new Stop(problem('config/invalid', `${file}: no control of ours has the inputs ${unknown.join(', ')}`));
  const parameters: Record<string, Readonly<Record<string, Json>>> = { ...own.parameters };
  for (const [control, given] of Object.entries(foreign)) parameters[control] = { ...given, ...own.parameters[control] };
  return { ...own, parameters };
}

function read(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (error) {
    throw new Stop(problem('config/invalid', `cannot read ${file}: ${told(error)}`));
  }
}
