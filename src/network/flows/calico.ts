// Flow logs of Calico: the files of Calico Enterprise and Cloud (flat JSON, `source_type`: wep, hep, net, ns), and what Goldmane of open-source
// Calico 3.30 gives (`Key` or `key` with the same names). Names end in a star where the log aggregates; `-` stands for nothing.
// A connection is logged by both ends; each tells what its own policies did.

import { asList, asString, field, type Json, strings } from '../../lib/json.ts';
import { type FlowRecord, type JsonFormat, one, type RecordedEnd } from './record.ts';
import { countOf, given, numberOf, portOf, protocolOf, secondsOf, timeOf } from './values.ts';

export const calico: JsonFormat = {
  name: 'calico',
  read: (value) => {
    const key = field(value, 'Key') ?? field(value, 'key') ?? value;
    const action = asString(field(key, 'action'))?.toLowerCase();
    if (field(key, 'source_type') === undefined && field(key, 'source_name_aggr') === undefined && field(key, 'source_name') === undefined)
      return undefined;
    const protocol = protocolOf(field(key, 'proto') ?? field(key, 'protocol'));
    if (protocol === undefined || (action !== 'allow' && action !== 'deny'))
      return { kind: 'malformed', why: 'a Calico flow without protocol or action' };
    const bytes = (numberOf(field(value, 'bytes_in')) ?? 0) + (numberOf(field(value, 'bytes_out')) ?? 0);
    return one(
      given<FlowRecord>({
        source: end(key, 'source'),
        destination: end(key, 'dest'),
        protocol,
        sourcePort: portOf(field(key, 'source_port')),
        port: portOf(field(key, 'dest_port')),
        verdict: action === 'allow' ? 'allowed' : 'denied',
        reply: false,
        first: time(value, 'start_time'),
        last: time(value, 'end_time'),
        count: countOf(field(value, 'num_flows_started') ?? field(value, 'num_connections_started') ?? field(value, 'num_flows')),
        bytes: bytes === 0 ? undefined : bytes,
      }),
    );
  },
};

function time(value: unknown, key: string): number | undefined {
  return timeOf(field(value, key)) ?? secondsOf(field(value, key));
}

function end(key: Json | unknown, side: 'source' | 'dest'): RecordedEnd {
  const text = (name: string) => {
    const value = asString(field(key, `${side}_${name}`));
    return value === undefined || value === '' || value === '-' ? undefined : value;
  };
  const type = text('type')?.toLowerCase();
  const isPod = type === undefined || type === 'wep' || type === 'workloadendpoint';
  const name = text('name') ?? text('name_aggr');
  const names = strings(field(key, `${side}_domains`)).concat(asList(field(key, `${side}_domain`)).flatMap((one) => asString(one) ?? []));
  return given<RecordedEnd>({
    address: text('ip'),
    namespace: isPod ? text('namespace') : undefined,
    pod: isPod && name?.endsWith('*') === false ? name : undefined,
    podPattern: isPod && name?.endsWith('*') === true ? name : undefined,
    entity: type === 'hep' || type === 'hostendpoint' ? 'host' : type === 'net' || type === 'network' ? 'world' : undefined,
    names: names.length === 0 ? undefined : names,
  });
}
