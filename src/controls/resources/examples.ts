// Clusters of the controls of resources: the hardened Deployment with other numbers, in a namespace that fills nothing in.

import type { JsonObject } from '../../lib/json.ts';
import type { Example } from '../control.ts';
import { cluster, clusterWithout, withContainer, withInitContainer } from '../examples.ts';

type Numbers = Readonly<Record<string, string>>;

const whole: Numbers = { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' };

/** The numbers without one of them. */
export function without(name: string): Numbers {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name));
}

/** A cluster whose container has these numbers; the rest as hardened. */
export function sized(resources: { readonly requests?: Numbers; readonly limits?: Numbers }): Example {
  return cluster(withContainer({ resources: { requests: whole, limits: whole, ...resources } }));
}

/** The same where no LimitRange fills in what is missing. */
export function unfilled(resources: { readonly requests?: Numbers; readonly limits?: Numbers }): Example {
  return clusterWithout(['LimitRange'], withContainer({ resources: { requests: whole, limits: whole, ...resources } }));
}

/** The same for an init container. */
export function unfilledInit(resources: JsonObject): Example {
  return clusterWithout(['LimitRange'], withInitContainer({ resources: { requests: whole, limits: whole, ...resources } }));
}
