// The two controls about waivers themselves. They have pages and ids like all others, but no check of their own: whether a waiver is used is
// known only after everything else was judged, so `apply.ts` makes their findings.

import type { Control } from '../control.ts';

const own = {
  domain: 'waivers',
  target: 'waivers',
  aliases: [],
  frameworks: [],
  evaluate: () => {},
  examples: { pass: () => [], fail: () => [] },
} as const;

export const expiredWaiver: Control = {
  ...own,
  id: 'waivers/expired',
  severity: 'medium',
  title: 'No waiver is past its day',
  why: 'A waiver whose day is over waives nothing any more: what it covered counts again, and somebody promised to have repaired it by now.',
  fix: 'Repair what it covers and remove the waiver, or decide again and give it a new day.',
};

export const unusedWaiver: Control = {
  ...own,
  id: 'waivers/unused',
  severity: 'low',
  title: 'Every waiver covers something',
  why: 'A waiver that covers nothing is either forgotten, and will hide the next finding of its kind unseen, or misspelt, and hides nothing at all.',
  fix: 'Remove the waiver, or correct the control or the object that it names.',
};

/** Both, in the order of reports. */
export const waiverControls: readonly Control[] = [expiredWaiver, unusedWaiver];
