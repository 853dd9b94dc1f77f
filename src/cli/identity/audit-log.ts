// Reading audit logs line by line, so that their size does not matter: JSON lines as the API server writes them, or one JSON document (an
// EventList, an export of a cloud's log); `log-lines.ts` knows what else stands around them. Lines that are no JSON are counted, not guessed.

import { type RecordedRequest, recordedRequests } from '../../identity/audit-requests.ts';
import { problem, told } from '../../lib/problem.ts';
import { Stop } from '../exit.ts';
import { logLines, parsed, valuesOf } from './log-lines.ts';

export interface AuditLog {
  /** Each request once a user, as it came last. */
  readonly requests: readonly RecordedRequest[];
  /** Requests as recorded, repeated ones counted. */
  readonly events: number;
  readonly badLines: number;
  /** Files that break off, with the reason: what comes after is not in the log. */
  readonly broken: readonly string[];
}

const largestDocument = 256 * 1024 * 1024;

/**
 * Reads the files, `-` being standard input; ends the command where one cannot be read or holds no audit event. `keepBroken`: what a file holds
 * before it breaks off is kept, and the caller says so.
 */
export async function readAuditLogs(files: readonly string[], keepBroken = false): Promise<AuditLog> {
  const requests = new Map<string, RecordedRequest>();
  let events = 0;
  let badLines = 0;
  const broken: string[] = [];
  for (const file of files) {
    let found = 0;
    const take = (value: unknown) => {
      for (const one of recordedRequests(value)) {
        found++;
        const key = JSON.stringify([one.user.name, one.wanted, one.allowed]);
        const known = requests.get(key)?.time;
        requests.set(key, known !== undefined && known > (one.time ?? '') ? { ...one, time: known } : one);
      }
    };
    badLines += await readRecords(file, take, keepBroken ? (why) => broken.push(`${file} breaks off: ${why}`) : undefined);
    if (found === 0) throw new Stop(problem('input/nothing', `${file}: no audit event was found in it`));
    events += found;
  }
  return { requests: [...requests.values()], events, badLines, broken };
}

/**
 * Gives every JSON line to `take`, or the whole text where it is one document; returns how many lines were neither. A file that breaks off
 * ends the command, unless something of it was read and `brokeOff` takes the reason.
 */
export async function readRecords(file: string, take: (value: unknown) => void, brokeOff?: (why: string) => void): Promise<number> {
  const document: string[] = [];
  let size = 0;
  let good = 0;
  let bad = 0;
  try {
    for await (const line of logLines(file)) {
      const values = valuesOf(line);
      if (values !== undefined && (good > 0 || !opensDocument(line))) {
        good++;
        for (const value of values) take(value);
        continue;
      }
      bad++;
      size += line.length;
      if (good === 0 && size <= largestDocument) document.push(line);
    }
  } catch (error) {
    const why = told(error);
    if (good === 0 || brokeOff === undefined) throw new Stop(problem('input/unreadable', `${file}: ${why}`));
    brokeOff(why);
  }
  if (good > 0) return bad;
  const whole = size <= largestDocument ? parsed(document.join('\n')) : undefined;
  if (whole === undefined) return bad;
  take(whole);
  return 0;
}

/** `{` or `[` alone on a line, or an empty pair a pretty printer would not write there, begin a document of several lines. */
function opensDocument(line: string): boolean {
  return /^[\s[\]{},]*$/.test(line);
}
