// Flows as Cilium's Hubble exports them (`hubble observe -o json`, the exporter's files; api/v1/flow/flow.proto of Cilium 1.19): one JSON object
// a line, the flow under `flow` or, in older versions, alone. Protobuf's JSON leaves out false and zero and writes 64-bit numbers as text.
// A drop counts as denied where its reason is a policy; other drops say nothing about policies. Answers of DNS give names to addresses.

import { asBoolean, asList, asString, dig, field, isObject, type Json, strings } from '../../lib/json.ts';
import type { Entity, FlowRecord, JsonFormat, NameRecord, Read, RecordedEnd, Verdict } from './record.ts';
import { countOf, given, numberOf, portOf, timeOf } from './values.ts';

export const hubble: JsonFormat = {
  name: 'hubble',
  read: (value) => {
    const lost = field(value, 'lost_events');
    if (lost !== undefined) return { kind: 'lost', count: countOf(field(lost, 'num_events_lost')) };
    for (const what of ['node_status', 'agent_event', 'debug_event']) if (field(value, what) !== undefined) return { kind: 'other', what };
    if (field(value, 'seen_flows') !== undefined) return { kind: 'other', what: 'server status' };
    const flow = field(value, 'flow') ?? value;
    if (!isObject(field(flow, 'IP')) && field(flow, 'verdict') === undefined) return undefined;
    if (typeof field(flow, 'verdict') !== 'string' || !isObject(flow)) return field(value, 'flow') === undefined ? undefined : malformed;
    return readFlow(flow);
  },
};

const malformed: Read = { kind: 'malformed', why: 'a Hubble flow without a verdict' };

function readFlow(flow: Json): Read {
  const l4 = field(flow, 'l4');
  const [layer, protocol] = (
    [
      ['TCP', 'TCP'],
      ['UDP', 'UDP'],
      ['SCTP', 'SCTP'],
      ['ICMPv4', 'ICMP'],
      ['ICMPv6', 'ICMP'],
    ] as const
  ).find(([key]) => field(l4, key) !== undefined) ?? ['none', 'other'];
  const ports = field(l4, layer);
  const dns = dig(flow, 'l7', 'dns');
  const time = timeOf(field(flow, 'time'));
  const record: FlowRecord = given<FlowRecord>({
    source: end(flow, 'source'),
    destination: end(flow, 'destination'),
    protocol,
    sourcePort: portOf(field(ports, 'source_port')),
    port: portOf(field(ports, 'destination_port')),
    verdict: verdict(flow),
    reply: replyOf(flow),
    first: time,
    last: time,
    count: 1,
  });
  return { kind: 'flows', flows: [record], names: dns === undefined ? [] : namesIn(dns) };
}

function verdict(flow: Json): Verdict {
  switch (field(flow, 'verdict')) {
    case 'FORWARDED':
    case 'REDIRECTED':
    case 'TRANSLATED':
    case 'TRACED':
    case 'AUDIT':
      return 'allowed';
    case 'DROPPED':
      return byPolicy(flow) ? 'denied' : 'failed';
    default:
      return 'failed';
  }
}

const policyDrops = new Set(['POLICY_DENIED', 'POLICY_DENY', 'AUTH_REQUIRED']);
const policyDropNumbers = new Set([133, 181, 189]);

function byPolicy(flow: Json): boolean {
  const reason = asString(field(flow, 'drop_reason_desc'));
  if (reason !== undefined) return policyDrops.has(reason);
  const number = numberOf(field(flow, 'drop_reason')) ?? numberOf(dig(flow, 'event_type', 'sub_type'));
  return number !== undefined && policyDropNumbers.has(number);
}

function replyOf(flow: Json): boolean | undefined {
  const said = asBoolean(field(flow, 'is_reply')) ?? asBoolean(dig(flow, 'is_reply', 'value'));
  if (said !== undefined) return said;
  if (field(flow, 'reply') === true) return true;
  const kind = dig(flow, 'l7', 'type');
  if (kind === 'REQUEST' || kind === 'RESPONSE') return kind === 'RESPONSE';
  const flags = dig(flow, 'l4', 'TCP', 'flags');
  return field(flags, 'SYN') === true ? field(flags, 'ACK') === true : undefined;
}

function end(flow: Json, side: 'source' | 'destination'): RecordedEnd {
  const own = field(flow, side);
  const workload = asList(field(own, 'workloads'))[0];
  const [kind, name] = [asString(field(workload, 'kind')), asString(field(workload, 'name'))];
  const names = strings(field(flow, `${side}_names`));
  return given<RecordedEnd>({
    address: asString(dig(flow, 'IP', side)),
    namespace: asString(field(own, 'namespace')),
    pod: asString(field(own, 'pod_name')),
    workload: kind === undefined || name === undefined ? undefined : { kind, name },
    entity: entityOf(own),
    names: names.length === 0 ? undefined : names,
  });
}

const identities: Readonly<Record<number, Entity>> = {
  1: 'host',
  2: 'world',
  4: 'health',
  6: 'remote-node',
  7: 'kube-apiserver',
  8: 'ingress',
};
const reserved: readonly (readonly [string, Entity])[] = [
  ['reserved:kube-apiserver', 'kube-apiserver'],
  ['reserved:host', 'host'],
  ['reserved:remote-node', 'remote-node'],
  ['reserved:health', 'health'],
  ['reserved:ingress', 'ingress'],
  ['reserved:world', 'world'],
  ['reserved:world-ipv4', 'world'],
  ['reserved:world-ipv6', 'world'],
];

function entityOf(own: Json | undefined): Entity | undefined {
  const labels = strings(field(own, 'labels'));
  const label = reserved.find(([text]) => labels.includes(text));
  if (label !== undefined) return label[1];
  const identity = numberOf(field(own, 'identity'));
  return identity !== undefined && Object.hasOwn(identities, identity) ? identities[identity] : undefined;
}

function namesIn(dns: Json): readonly NameRecord[] {
  const name = asString(field(dns, 'query'))?.replace(/\.$/, '');
  if (name === undefined || name === '') return [];
  return strings(field(dns, 'ips'))
    .slice(0, 256)
    .map((address) => ({ address, name }));
}
