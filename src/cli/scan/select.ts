// Which controls run: the catalogue, less those that are off, narrowed by flags.

import type { Control } from '../../controls/control.ts';
import { frameworks } from '../../controls/frameworks.ts';
import { catalogue, controlsNamed } from '../../controls/index.ts';
import { problem } from '../../lib/problem.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { list } from '../flags.ts';

/** Reads --control, --skip-control, --framework and --all-controls; `enabled` is what the configuration switches by id. Names may be anyone's. */
export function selectControls(flags: Flags, enabled: Readonly<Record<string, boolean>>): readonly Control[] {
  const only = list(flags, 'control').flatMap(known);
  const skipped = new Set(list(flags, 'skipControl').flatMap(known));
  const wanted = list(flags, 'framework');
  for (const name of wanted)
    if (!Object.hasOwn(frameworks, name))
      throw new Stop(problem('usage/bad-flag', `--framework ${name}: there are ${Object.keys(frameworks).join(', ')}`));
  const asked = flags.allControls === true || wanted.length > 0;
  const runs = (control: Control) => enabled[control.id] ?? (asked || control.enabled !== false);
  const chosen = only.length > 0 ? catalogue.filter((control) => only.includes(control)) : catalogue.filter(runs);
  return chosen
    .filter((control) => !skipped.has(control))
    .filter((control) => wanted.length === 0 || control.frameworks.some((id) => wanted.some((name) => id.startsWith(`${name}:`))));
}

function known(name: string): readonly Control[] {
  const found = controlsNamed(name);
  if (found.length === 0) throw new Stop(problem('usage/unknown-control', `no control is named "${name}"; cofferdam controls lists them`));
  return found;
}
