// Connects that Cilium Tetragon records (JSON export, 1.0 and later): kprobes on tcp_connect and the like with a `sock_arg`, hooks on
// security_socket_connect with a `sockaddr_arg`, and `process_connect` of versions before. The address is what the process asked for: a
// Service's, before it is translated. Whether the connection came about is not said.

import { asList, asString, dig, field, type Json } from '../../lib/json.ts';
import { type FlowRecord, type JsonFormat, one, type RecordedEnd } from './record.ts';
import { given, portOf, protocolOf, timeOf } from './values.ts';

const events =
  /^(?:process_(?:exec|exit|kprobe|tracepoint|loader|uprobe|lsm|usdt|throttle|listen|close|accept|connect)|rate_limit_info|test)$/;

export const tetragon: JsonFormat = {
  name: 'tetragon',
  read: (value) => {
    const connect = field(value, 'process_connect');
    const probe = field(value, 'process_kprobe') ?? field(value, 'process_lsm');
    if (connect !== undefined) return flow(value, connect, connect);
    if (probe !== undefined) {
      const called = asString(field(probe, 'function_name')) ?? '';
      if (!/connect$/.test(called)) return { kind: 'other', what: called === '' ? 'process_kprobe' : called };
      const socket = asList(field(probe, 'args')).flatMap(
        (argument) => field(argument, 'sock_arg') ?? field(argument, 'sockaddr_arg') ?? [],
      )[0];
      return socket === undefined ? { kind: 'malformed', why: 'a connect without a socket' } : flow(value, probe, socket);
    }
    const what = typeof value === 'object' && value !== null ? Object.keys(value).find((key) => events.test(key)) : undefined;
    return what === undefined ? undefined : { kind: 'other', what };
  },
};

function flow(value: unknown, event: Json, socket: Json): ReturnType<typeof one> {
  const address = asString(field(socket, 'daddr') ?? field(socket, 'addr') ?? field(socket, 'destination_ip'));
  const port = portOf(field(socket, 'dport') ?? field(socket, 'port') ?? field(socket, 'destination_port'));
  if (address === undefined || address === '') return { kind: 'malformed', why: 'a connect without an address' };
  const family = asString(field(socket, 'family'));
  if (family !== undefined && !/^AF_INET6?$/.test(family)) return { kind: 'other', what: family };
  const time = timeOf(field(value, 'time'));
  const names = asList(field(event, 'destination_names')).flatMap((name) => asString(name) ?? []);
  return one(
    given<FlowRecord>({
      source: source(event, asString(field(socket, 'saddr') ?? field(socket, 'source_ip'))),
      destination: given<RecordedEnd>({ address, names: names.length === 0 ? undefined : names }),
      protocol: protocolOf(field(socket, 'protocol')) ?? 'TCP',
      sourcePort: portOf(field(socket, 'sport') ?? field(socket, 'source_port')),
      port,
      verdict: 'allowed',
      reply: false,
      first: time,
      last: time,
      count: 1,
    }),
  );
}

function source(event: Json, address: string | undefined): RecordedEnd {
  const pod = dig(event, 'process', 'pod');
  const [kind, name] = [asString(field(pod, 'workload_kind')), asString(field(pod, 'workload'))];
  return given<RecordedEnd>({
    address: address === '' || address === '0.0.0.0' || address === '::' ? undefined : address,
    namespace: asString(field(pod, 'namespace')),
    pod: asString(field(pod, 'name')),
    workload: kind === undefined || name === undefined ? undefined : { kind, name },
  });
}
