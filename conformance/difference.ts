// Where two JSON values part: what a failing case shows.

import { field, sameJson } from '../src/lib/json.ts';

/** The first place where two values differ. */
export function difference(found: unknown, wanted: unknown, at = ''): string {
  if (Array.isArray(found) && Array.isArray(wanted)) {
    for (let index = 0; index < Math.max(found.length, wanted.length); index++)
      if (!sameJson(found[index], wanted[index])) return difference(found[index], wanted[index], `${at}[${index}]`);
  } else if (typeof found === 'object' && typeof wanted === 'object' && found !== null && wanted !== null) {
    for (const key of new Set([...Object.keys(found), ...Object.keys(wanted)])) {
      const [one, other] = [field(found, key), field(wanted, key)];
      if (!sameJson(one, other)) return difference(one, other, `${at}.${key}`);
    }
  }
  return `${at}: ${JSON.stringify(found)?.slice(0, 300)}, not ${JSON.stringify(wanted)?.slice(0, 300)}`;
}
