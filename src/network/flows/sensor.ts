// Our own format for flows, for sensors that nobody has an adapter for (docs/guide/network.md, "Flows of your own"): one JSON object a line with
// `apiVersion: cofferdam.dev/v1` and `kind: Flow`. The source is the end that began; the port is the destination's.

import { asString, field, type Json, strings } from '../../lib/json.ts';
import { type FlowRecord, type JsonFormat, one, type RecordedEnd } from './record.ts';
import { countOf, given, numberOf, portOf, protocolOf, timeOf } from './values.ts';

export const sensor: JsonFormat = {
  name: 'sensor',
  read: (value) => {
    if (field(value, 'apiVersion') !== 'cofferdam.dev/v1' || field(value, 'kind') !== 'Flow') return undefined;
    const protocol = protocolOf(field(value, 'protocol') ?? 'TCP');
    const verdict = field(value, 'verdict') ?? 'allowed';
    if (protocol === undefined || (verdict !== 'allowed' && verdict !== 'denied' && verdict !== 'failed'))
      return { kind: 'malformed', why: 'a flow whose protocol or verdict is none' };
    const [first, time] = [timeOf(field(value, 'firstSeen')), timeOf(field(value, 'time'))];
    return one(
      given<FlowRecord>({
        source: end(field(value, 'source')),
        destination: end(field(value, 'destination')),
        protocol,
        port: portOf(field(value, 'port')),
        verdict,
        reply: false,
        first: first ?? time,
        last: timeOf(field(value, 'lastSeen')) ?? time ?? first,
        count: countOf(field(value, 'count')),
        bytes: numberOf(field(value, 'bytes')),
      }),
    );
  },
};

function end(own: Json | undefined): RecordedEnd {
  const [kind, name] = [asString(field(field(own, 'workload'), 'kind')), asString(field(field(own, 'workload'), 'name'))];
  const names = strings(field(own, 'names'));
  return given<RecordedEnd>({
    address: asString(field(own, 'address')),
    namespace: asString(field(own, 'namespace')),
    pod: asString(field(own, 'pod')),
    workload: kind === undefined || name === undefined ? undefined : { kind, name },
    names: names.length === 0 ? undefined : names,
  });
}
