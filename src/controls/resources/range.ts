// Comparing what was written with bounds, and requests with limits, by value: `1Gi` is `1024Mi`, `0.5` is `500m`.

import { compareQuantities, parseQuantity } from '../../kube/quantity.ts';
import { dig, type Json, textOf } from '../../lib/json.ts';
import { fail, type Outcome, type PodSubject } from '../control.ts';
import { type Setting, words } from './settings.ts';

/** A failure for every request or limit of a container outside the bounds, and for requests above their limit, which the API refuses. */
export function outside(subject: PodSubject, parameters: Readonly<Record<string, Json>>, name: 'cpu' | 'memory'): readonly Outcome[] {
  return subject.containers.flatMap((container) => {
    const outcomes: Outcome[] = [];
    const say = (setting: Setting, reason: string, text: string) =>
      outcomes.push(
        fail(container.at(`/resources/${setting}/${name}`), reason, `container "${container.name}": ${text}`, {
          container: container.name,
        }),
      );
    const value = (setting: Setting) => dig(container.spec, 'resources', setting, name);
    const word = words[name];
    for (const setting of ['requests', 'limits'] as const) {
      const [low, high] = setting === 'requests' ? ['requestMin', 'requestMax'] : ['limitMin', 'limitMax'];
      const kind = setting === 'requests' ? 'request' : 'limit';
      if (exceeds(parameters[low ?? ''], value(setting)))
        say(setting, 'too-low', `the ${word} ${kind} ${textOf(value(setting))} is below ${textOf(parameters[low ?? ''])}`);
      if (exceeds(value(setting), parameters[high ?? '']))
        say(setting, 'too-high', `the ${word} ${kind} ${textOf(value(setting))} is above ${textOf(parameters[high ?? ''])}`);
    }
    if (exceeds(value('requests'), value('limits')))
      say('requests', 'over-limit', `the ${word} request ${textOf(value('requests'))} is above the limit ${textOf(value('limits'))}`);
    return outcomes;
  });
}

/** True where both are quantities and the first is the larger. */
function exceeds(a: Json | undefined, b: Json | undefined): boolean {
  const order = compared(a, b);
  return order !== undefined && order > 0;
}

/** Order of two written quantities; undefined where one of them is none. */
export function compared(a: Json | undefined, b: Json | undefined): number | undefined {
  if ((typeof a !== 'string' && typeof a !== 'number') || (typeof b !== 'string' && typeof b !== 'number') || a === '' || b === '')
    return undefined;
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return left.ok && right.ok ? compareQuantities(left.value, right.value) : undefined;
}
