// Makes a control of one row: a flag of a control-plane component and what is asked of it. CIS asks for some sixty such settings that differ
// in nothing but names and texts, so a component's rows stand in one file (`api-server.ts`) instead of one file a control; ids, aliases and
// frameworks are each row's own. Absent flags have the default of the component's version.

import type { JsonPatchOperation } from '../../kube/patch/json-patch.ts';
import { compareReleases } from '../../kube/version/version.ts';
import { dig } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { type Context, type Control, type ControlDefinition, control, fail, type Outcome } from '../control.ts';
import { cluster, withContainer } from '../examples.ts';
import { type Component, type ComponentName, running } from './component.ts';
import type { Flag } from './flags.ts';

export type Judge = (component: Component, context: Context) => readonly Outcome[];

export interface Row extends Omit<ControlDefinition<Component>, 'on' | 'check' | 'examples' | 'repair'> {
  readonly check: Judge;
  /** The flag a repair sets, where one value is right for everybody. */
  readonly repair?: readonly [flag: string, value: string];
  /** Command lines that fail this row alone, from the hardened one. */
  readonly fails: (hardened: readonly string[]) => readonly (readonly string[])[];
}

/** The controls of a component. `hardened` is a command line with nothing to complain about. */
export function flagControls(name: ComponentName, hardened: readonly string[], rows: readonly Row[]): readonly Control[] {
  return rows.map(({ check, repair, fails, ...data }) =>
    control<Component>({
      ...data,
      on: running(name),
      check,
      ...(repair === undefined ? {} : { repair: (outcome, object) => repairFlag(outcome, object, repair) }),
      examples: {
        pass: () => [commandLine(name, data.enabled === false ? undefined : hardened)],
        fail: () => fails(hardened).map((flags) => commandLine(name, flags)),
      },
    }),
  );
}

function commandLine(name: ComponentName, flags: readonly string[] | undefined) {
  return cluster(withContainer(flags === undefined ? {} : { command: [name, ...flags] }));
}

/** The flag that counts: the last of its name. */
export function flag(component: Component, name: string): Flag | undefined {
  return component.flags.findLast((candidate) => candidate.name === name);
}

/** The members of a list flag, of every occurrence. */
export function listed(component: Component, name: string): readonly string[] {
  return component.flags.filter((candidate) => candidate.name === name).flatMap(({ value }) => members(value));
}

/** The members of one comma-separated value. */
export function members(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** A switch as Go's strconv.ParseBool reads it; undefined where it is absent or no boolean. */
export function isOn(component: Component, name: string): boolean | undefined {
  const found = flag(component, name);
  if (found === undefined) return undefined;
  if (found.value === undefined || /^(?:1|t|T|TRUE|true|True)$/.test(found.value)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(found.value) ? false : undefined;
}

/** A failure at the flag, or at the command line where it is absent. */
export function failing(component: Component, name: string, detail: string): Outcome {
  const found = flag(component, name);
  return fail(found?.path ?? component.place, found === undefined ? 'missing' : 'value', detail, {
    ...(component.container === undefined ? {} : { container: component.container }),
  });
}

/** The switch must have this value; `otherwise` is its default. */
export function mustBe(name: string, wanted: boolean, otherwise: boolean): Judge {
  return (component) => {
    const value = isOn(component, name);
    if ((value ?? otherwise) === wanted && (value !== undefined || flag(component, name) === undefined)) return [];
    const state = flag(component, name) === undefined ? `is not set, and its default is ${otherwise}` : `is not ${wanted}`;
    return [failing(component, name, `--${name} of ${component.name} ${state}`)];
  };
}

/** Each flag must have a value. */
export function mustBeSet(...names: readonly string[]): Judge {
  return (component) =>
    names
      .filter((name) => (flag(component, name)?.value ?? '') === '')
      .map((name) => failing(component, name, `--${name} of ${component.name} is not set`));
}

/** The flag must not be there. */
export function mustNotBeSet(name: string): Judge {
  return (component) => (flag(component, name) === undefined ? [] : [failing(component, name, `--${name} of ${component.name} is set`)]);
}

/** The address must be the loopback one. */
export function mustBeLoopback(name: string): Judge {
  return (component) =>
    /^(?:127\.[0-9.]+|::1|localhost)$/.test(flag(component, name)?.value ?? '')
      ? []
      : [failing(component, name, `--${name} of ${component.name} is not the loopback address`)];
}

/** TLS 1.0 and 1.1 must not be accepted; 1.2 is the default. */
export const mustBeNewTls: Judge = (component) => {
  const found = flag(component, 'tls-min-version')?.value ?? '';
  return /^VersionTLS1[01]$/.test(found)
    ? [failing(component, 'tls-min-version', `--tls-min-version of ${component.name} is ${found}`)]
    : [];
};

/** True where the component is of this minor version or newer. */
export function since(component: Component, version: string): boolean {
  return compareReleases(component.version, version) >= 0;
}

/** The command line without a flag. */
export function without(flags: readonly string[], ...names: readonly string[]): readonly string[] {
  return flags.filter((text) => !names.some((name) => text === `--${name}` || text.startsWith(`--${name}=`)));
}

/** The command line with a flag set to another value. */
export function having(flags: readonly string[], name: string, value: string): readonly string[] {
  return [...without(flags, name), `--${name}=${value}`];
}

/** Replaces the item that holds the flag alone, or appends one; scripts and configurations are left to people. */
function repairFlag(
  outcome: Outcome,
  object: unknown,
  [name, value]: readonly [string, string],
): readonly JsonPatchOperation[] | undefined {
  const keys = tokens(outcome.path).map((key) => (/^[0-9]+$/.test(key) ? Number(key) : key));
  const found = dig(object, ...keys);
  if (Array.isArray(found)) return [{ op: 'add', path: `${outcome.path}/-`, value: `--${name}=${value}` }];
  if (typeof found !== 'string' || !found.startsWith(`--${name}=`) || /\s--/.test(found)) return undefined;
  return [{ op: 'replace', path: outcome.path, value: `--${name}=${value}` }];
}
