// VPC flow logs of AWS, versions 2 to 10, as text: fields in the order of the heading, or the fourteen of version 2 where there is none.
// `pkt-srcaddr` and `pkt-dstaddr` are the pod's addresses where the interface is another's. Both ways of a connection are logged;
// `tcp-flags` tells which end began (2: SYN, 18: SYN and ACK). REJECT comes from security groups and network ACLs.

import { type FlowRecord, one, type Read } from './record.ts';
import { given, numberOf, portOf, protocolOf, secondsOf } from './values.ts';

/** Where each field stands in a line. */
export interface VpcLayout {
  readonly count: number;
  readonly at: ReadonlyMap<string, number>;
}

/** The layout of fields in this order. */
export function vpcLayout(fields: readonly string[]): VpcLayout {
  return { count: fields.length, at: new Map(fields.map((name, index) => [name, index])) };
}

export const versionTwo = vpcLayout(
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(' '),
);

/** The fields that a heading names; undefined where the line is none. */
export function heading(line: string): readonly string[] | undefined {
  const words = line.trim().toLowerCase().replaceAll('_', '-').replaceAll(/[${}]/g, '').split(/\s+/);
  return words.length <= 64 && (words.includes('srcaddr') || words.includes('pkt-srcaddr')) ? words : undefined;
}

/** Reads one line in the layout of the last heading. */
export function readVpcLine(line: string, { count, at }: VpcLayout): Read {
  const words = line.trim().split(/\s+/);
  if (words.length !== count) return { kind: 'malformed', why: `${words.length} fields where ${count} are expected` };
  const value = (name: string): string | undefined => {
    const word = words[at.get(name) ?? -1];
    return word === undefined || word === '-' ? undefined : word;
  };
  const status = value('log-status');
  if (status === 'NODATA') return { kind: 'other', what: 'NODATA' };
  if (status === 'SKIPDATA') return { kind: 'lost', count: 1 };
  const protocol = protocolOf(value('protocol')) ?? (at.has('protocol') ? undefined : 'TCP');
  const [source, destination] = [value('pkt-srcaddr') ?? value('srcaddr'), value('pkt-dstaddr') ?? value('dstaddr')];
  const action = value('action');
  if (protocol === undefined || source === undefined || destination === undefined)
    return { kind: 'malformed', why: 'a VPC flow without addresses or protocol' };
  if (action !== undefined && action !== 'ACCEPT' && action !== 'REJECT')
    return { kind: 'malformed', why: 'a VPC flow with a strange action' };
  const flags = numberOf(value('tcp-flags'));
  const first = secondsOf(value('start'));
  return one(
    given<FlowRecord>({
      source: { address: source },
      destination: { address: destination },
      protocol,
      sourcePort: portOf(value('srcport')),
      port: portOf(value('dstport')),
      verdict: action === 'REJECT' ? 'denied' : 'allowed',
      reply: flags === undefined || (flags & 2) === 0 ? undefined : (flags & 16) !== 0,
      first,
      last: secondsOf(value('end')) ?? first,
      count: 1,
      bytes: numberOf(value('bytes')),
    }),
  );
}
