// Reading audit logs line by line, so that their size does not matter: JSON lines as the API server writes them, gzipped or not, or one JSON
// document (an EventList, an export of a cloud's log). Lines that are no JSON are counted, not guessed.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type RecordedRequest, recordedRequests } from '../../identity/audit-requests.ts';
import { problem } from '../../lib/problem.ts';
import { Stop } from '../exit.ts';

export interface AuditLog {
  /** Each request once a user, as it came last. */
  readonly requests: readonly RecordedRequest[];
  /** Requests as recorded, repeated ones counted. */
  readonly events: number;
  readonly badLines: number;
}

const largestDocument = 256 * 1024 * 1024;

/** Reads the files, `-` being standard input; ends the command where one cannot be read or holds no audit event. */
export async function readAuditLogs(files: readonly string[]): Promise<AuditLog> {
  const requests = new Map<string, RecordedRequest>();
  let events = 0;
  let badLines = 0;
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
    badLines += await readRecords(file, take);
    if (found === 0) throw new Stop(problem('input/nothing', `${file}: no audit event was found in it`));
    events += found;
  }
  return { requests: [...requests.values()], events, badLines };
}

/** Gives every JSON line to `take`, or the whole text where it is one document; returns how many lines were neither. */
export async function readRecords(file: string, take: (value: unknown) => void): Promise<number> {
  const document: string[] = [];
  let size = 0;
  let good = 0;
  let bad = 0;
  try {
    for await (const line of createInterface({ input: open(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === '') continue;
      const value = parsed(line);
      if (typeof value === 'object' && value !== null && (good > 0 || !opensDocument(line))) {
        good++;
        take(value);
        continue;
      }
      bad++;
      size += line.length;
      if (good === 0 && size <= largestDocument) document.push(line);
    }
  } catch (error) {
    throw new Stop(problem('input/unreadable', `${file}: ${error instanceof Error ? error.message : String(error)}`));
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

function open(file: string): Readable {
  if (file === '-') return process.stdin;
  const stream = createReadStream(file);
  if (!file.endsWith('.gz')) return stream;
  const unpacked = createGunzip();
  stream.on('error', (error) => unpacked.destroy(error));
  return stream.pipe(unpacked);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
