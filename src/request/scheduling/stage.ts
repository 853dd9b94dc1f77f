// A place and the prepared plugins, between which pods come and go: what the scheduler tries out in its head.

import type { JsonObject } from '../../lib/json.ts';
import type { Objection, Place, Plugin } from './objection.ts';

export interface Stage {
  readonly plugins: readonly Plugin[];
  readonly place: Place;
}

export function withPod({ plugins, place }: Stage, pod: JsonObject): Stage {
  const next = { ...place, pods: [...place.pods, pod] };
  return { place: next, plugins: plugins.map((plugin) => plugin.moved?.(pod, next, 1) ?? plugin) };
}

export function withoutPod({ plugins, place }: Stage, pod: JsonObject): Stage {
  const next = { ...place, pods: place.pods.filter((other) => other !== pod) };
  return { place: next, plugins: plugins.map((plugin) => plugin.moved?.(pod, next, -1) ?? plugin) };
}

/** What speaks against the place: with the pods that are nominated to it, and where these do not matter, without them. */
export function objectionsOf(stage: Stage, nominated: readonly JsonObject[]): readonly Objection[] {
  const { plugins, place } = nominated.reduce(withPod, stage);
  const found = plugins.flatMap(({ filter }) => filter(place));
  return found.length > 0 || nominated.length === 0 ? found : stage.plugins.flatMap(({ filter }) => filter(stage.place));
}

/** The same, asked only whether there is anything. */
export function fits(stage: Stage, nominated: readonly JsonObject[]): boolean {
  const isFree = ({ plugins, place }: Stage) => plugins.every(({ filter }) => filter(place).length === 0);
  return isFree(nominated.reduce(withPod, stage)) && (nominated.length === 0 || isFree(stage));
}
