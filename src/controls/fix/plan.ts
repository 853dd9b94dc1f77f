// Repairs one after another, until nothing is left that can be repaired: each is made for the object as the ones before it left it, because
// several controls may want the same field, or each other's parents. Controls go in the order of the catalogue. A repair that changes
// nothing, or leads back to where the control began, is not made.

import type { KubeObject } from '../../kube/object.ts';
import { applyJsonPatch, type JsonPatch } from '../../kube/patch/json-patch.ts';
import { canonicalJson, type Json, sameJson } from '../../lib/json.ts';
import { type Resource, resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import type { Control } from '../control.ts';
import { finish, proposed } from '../findings.ts';
import type { Finding } from '../result.ts';
import { type RunOptions, runControls } from '../run.ts';

export interface Repair {
  readonly control: Control;
  /** The finding that it closes. */
  readonly finding: Finding;
  /** The object as it was read. */
  readonly resource: Resource;
  /** For the object as the repairs before this one left it. */
  readonly patch: JsonPatch;
}

export interface RepairPlan {
  readonly repairs: readonly Repair[];
  /** The snapshot with every repair made. */
  readonly after: Snapshot;
}

export interface RepairOptions extends Omit<RunOptions, 'controls'> {
  readonly controls: readonly Control[];
  /** True for findings that are to stay, such as waived ones. */
  readonly skip?: (finding: Finding) => boolean;
}

/** Rounds of one control; a pod of a hundred containers needs a few. */
const maxRounds = 200;

/** Plans every repair that the controls propose. */
export function planRepairs(before: Snapshot, options: RepairOptions): RepairPlan {
  const repairs: Repair[] = [];
  const originals = new Map<Resource, Resource>();
  let state = before;
  for (const control of options.controls) {
    if (control.repair === undefined) continue;
    const made: Made = new Map();
    for (let round = 0; round < maxRounds; round++) {
      const changed = repairRound(state, control, options, round === 0 ? undefined : made, originals, repairs);
      if (changed.size === 0) break;
      state = snapshot({ ...state, resources: state.resources.map((item) => changed.get(item) ?? item) });
    }
  }
  return { repairs, after: state };
}

/** The states that one control's repairs gave each object after the first round. */
type Made = Map<Resource, Set<string>>;

/** True where a repair leads to a state that was there before: two of its answers undo each other. */
function comesBack(original: Resource, current: Resource, next: Resource, made: Made): boolean {
  const states = made.get(original) ?? new Set([canonicalJson(current.object)]);
  made.set(original, states);
  const state = canonicalJson(next.object);
  if (states.has(state)) return true;
  states.add(state);
  return false;
}

/** Repairs each object as far as outcomes that were found together can be trusted; gives the changed objects. */
function repairRound(
  state: Snapshot,
  control: Control,
  options: RepairOptions,
  made: Made | undefined,
  originals: Map<Resource, Resource>,
  repairs: Repair[],
): ReadonlyMap<Resource, Resource> {
  const changed = new Map<Resource, Resource>();
  const shifted = new Set<Resource>();
  for (const raw of runControls(state, { ...options, controls: [control] }).findings) {
    const { outcome, resource: subject } = raw;
    if (subject === undefined || outcome.verdict !== 'fail' || shifted.has(subject)) continue;
    const current = changed.get(subject) ?? subject;
    const original = originals.get(subject) ?? subject;
    const [finding] = finish([raw], state, () => undefined);
    const patch = proposed(control, outcome, current.object);
    const next = patch === undefined || patch.length === 0 ? undefined : patched(current, patch);
    if (finding === undefined || patch === undefined || next === undefined || options.skip?.({ ...finding, ...placeOf(original) }) === true)
      continue;
    if (made !== undefined && comesBack(original, current, next, made)) continue;
    changed.set(subject, next);
    originals.set(next, original);
    repairs.push({ control, finding, resource: original, patch });
    if (movesItems(patch)) shifted.add(subject);
  }
  return changed;
}

/** The resource with a patch applied; undefined where it does not apply or changes nothing. */
function patched({ object, origin, namespace }: Resource, patch: JsonPatch): Resource | undefined {
  const result = applyJsonPatch(object as Json, patch);
  if (!result.ok || sameJson(result.value, object)) return undefined;
  return resource(result.value as KubeObject, origin, namespace, namespace !== '');
}

/** True where pointers found before may name other items after. */
function movesItems(patch: JsonPatch): boolean {
  return patch.some(({ op, path }) => op !== 'replace' && op !== 'test' && /\/(?:[0-9]+|-)$/.test(path));
}

function placeOf({ origin }: Resource): Pick<Finding, 'source'> | Record<string, never> {
  return origin.kind === 'file' ? { source: { file: origin.file, line: 1, column: 1 } } : {};
}
