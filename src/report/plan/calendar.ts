// A plan for calendars (RFC 5545): an all-day event for the days of each item, and one for each deadline. The stamp is the plan's first day:
// the same plan gives the same bytes.

import { laterBy } from '../../assessment/plan/dates.ts';
import type { Plan } from '../../assessment/plan/plan.ts';
import { printable } from '../../lib/text.ts';
import { effortText } from './words.ts';

/** The calendar; undefined for a plan without dates. */
export function planCalendar(plan: Plan): string | undefined {
  const { start, items } = plan;
  if (start === undefined) return undefined;
  const stamp = `${compact(start)}T000000Z`;
  const event = (uid: string, from: string, last: string, summary: string, description: string): readonly string[] => [
    'BEGIN:VEVENT',
    `UID:${uid}@cofferdam.dev`,
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${compact(from)}`,
    `DTEND;VALUE=DATE:${compact(laterBy(last, 1))}`,
    `SUMMARY:${escaped(summary)}`,
    `DESCRIPTION:${escaped(description)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//cofferdam//plan//EN',
    'CALSCALE:GREGORIAN',
    ...items.flatMap((item) => [
      ...(item.begins === undefined || item.due === undefined
        ? []
        : event(
            item.id,
            item.begins,
            item.due,
            `${item.owner}: ${item.title}`,
            `${effortText(item)}. Done when these pass: ${item.acceptance.join(', ')}`,
          )),
      ...(item.deadline?.date === undefined
        ? []
        : event(`${item.id}-deadline`, item.deadline.date, item.deadline.date, `Deadline: ${item.title}`, item.deadline.why)),
    ]),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function compact(date: string): string {
  return date.replaceAll('-', '');
}

function escaped(text: string): string {
  return printable(text).replace(/[\\;,]/g, (character) => `\\${character}`);
}

/** Lines of at most 75 octets; what follows begins with a space. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = new TextEncoder().encode(character).length;
    if (octets + size > 74) {
      parts.push(part);
      part = '';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n ');
}
