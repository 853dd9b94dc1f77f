// The table of tracked connections as `conntrack -L` and /proc/net/nf_conntrack print it (conntrack-tools 1.4). Every entry has two tuples: what was
// asked for, and what answers. The answer's source is where the connection really goes after a Service's address was translated.
// No entry has a time: it was there when the table was printed. An attempt without an answer says nothing about policies.

import { type FlowRecord, one, type Read } from './record.ts';
import { given, numberOf, portOf, protocolOf } from './values.ts';

/** True for a line of this kind. */
export function isConntrack(line: string): boolean {
  return /^\s*(?:ipv[46]\s+[0-9]+\s+)?[a-z0-9]{1,12}\s+[0-9]{1,3}\s/.test(line) && line.includes(' src=') && line.includes(' dst=');
}

/** Reads one line. */
export function readConntrackLine(line: string): Read {
  const words = line.trim().split(/\s+/).slice(0, 64);
  const start = /^ipv[46]$/.test(words[0] ?? '') ? 2 : 0;
  const protocol = protocolOf(words[start]);
  const values = new Map<string, string[]>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals <= 0) continue;
    const key = word.slice(0, equals);
    const list = values.get(key) ?? [];
    values.set(key, list);
    list.push(word.slice(equals + 1));
  }
  const [source, answerTo] = values.get('src') ?? [];
  const [destination] = values.get('dst') ?? [];
  if (protocol === undefined || source === undefined || destination === undefined)
    return { kind: 'malformed', why: 'a tracked connection without protocol or addresses' };
  const [port, answerPort] = [portOf(values.get('dport')?.[0]), portOf(values.get('sport')?.[1])];
  const unanswered = words.includes('[UNREPLIED]');
  const bytes = values.get('bytes')?.reduce((sum, text) => sum + (numberOf(text) ?? 0), 0);
  return one(
    given<FlowRecord>({
      source: { address: source },
      destination: { address: unanswered ? destination : (answerTo ?? destination) },
      protocol,
      sourcePort: portOf(values.get('sport')?.[0]),
      port: unanswered ? port : (answerPort ?? port),
      verdict: unanswered && protocol !== 'UDP' ? 'failed' : 'allowed',
      reply: false,
      count: 1,
      bytes,
    }),
  );
}
