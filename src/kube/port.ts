// Numbers or names of ports, and numbers or percentages: the two readings of Kubernetes' int-or-string.

import { isPortName } from './names.ts';

export type PortReference = { readonly kind: 'number'; readonly number: number } | { readonly kind: 'name'; readonly name: string };

/** A port as Services, probes and NetworkPolicies name it. A text that is all digits is a name there, and a bad one: undefined. */
export function portReference(value: unknown): PortReference | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 1 && value <= 65535 ? { kind: 'number', number: value } : undefined;
  return typeof value === 'string' && isPortName(value) ? { kind: 'name', name: value } : undefined;
}

/**
 * `maxUnavailable: 25%` of `total`, or the number itself; undefined for anything else. Rounded up or down as the caller says: Deployments
 * round surge up and unavailability down.
 */
export function scaledValue(value: unknown, total: number, rounding: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  if (typeof value !== 'string' || !/^[0-9]{1,9}%$/.test(value)) return undefined;
  const exact = (Number(value.slice(0, -1)) * total) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
