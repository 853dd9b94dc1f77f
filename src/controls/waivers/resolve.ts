// Names of checks, ours or other tools', to ids of our controls. Asked for every waiver of every object, so answers are kept.

import { controlsNamed } from '../index.ts';

const known = new Map<string, ReadonlySet<string>>();
const keptAtMost = 10_000;

/** The ids of the controls that carry a name; empty where none does. */
export function controlIds(name: string): ReadonlySet<string> {
  const found = known.get(name);
  if (found !== undefined) return found;
  const ids = new Set(controlsNamed(name).map((control) => control.id));
  if (known.size >= keptAtMost) known.clear();
  known.set(name, ids);
  return ids;
}
