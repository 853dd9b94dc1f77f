// The `controls` part of the settings: what a user says about single controls, by any of their names.

import { type Severity, severities } from '../../controls/control.ts';
import { controlsNamed } from '../../controls/index.ts';
import { asObject, isObject, type Json } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import type { Problem } from '../../lib/problem.ts';
import { at, type Source } from './file.ts';

/** Severity, parameters and switch by our control id. */
export interface ControlSettings {
  readonly severities: Readonly<Record<string, Severity>>;
  readonly parameters: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly enabled: Readonly<Record<string, boolean>>;
}

/** Reads them; mistakes go to `problems`. */
export function controlSettings(source: Source | undefined, problems: Problem[]): ControlSettings {
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
