// What a MatchResources can match, for the index of policies: its operations, its resources, and a label that its namespaces must have.

import type { Target } from './compiled.ts';
import type { MatchResources } from './match.ts';

const anything: Pick<Target, 'operations' | 'resources'> = { operations: ['*'], resources: ['*'] };

/** The targets of a match; one that matches everything where it has no rules. */
export function targetsOf({ rules, namespaceSelector }: MatchResources): readonly Target[] {
  const label = requiredLabel(namespaceSelector);
  const places = label === undefined ? {} : { namespaceLabels: label };
  if (rules.length === 0) return [{ ...anything, ...places }];
  return rules.map(({ operations, resources }) => ({ operations, resources: [...new Set(resources.map(([name]) => name))], ...places }));
}

/** The label pairs of the requirement that few namespaces meet. */
function requiredLabel(selector: MatchResources['namespaceSelector']): Target['namespaceLabels'] {
  if (selector === undefined || typeof selector === 'string') return undefined;
  const found = selector.filter(({ operator }) => operator === 'In').sort((a, b) => a.values.length - b.values.length)[0];
  return found?.values.map((value) => [found.key, value] as const);
}
