// Flow logs of Google Cloud as Cloud Logging exports them: VPC flows (`connection`, `src_gke_details`), the policy log of GKE Dataplane V2
// (`disposition`, `src.pod_name`), and logs of firewall rules. The record stands under `jsonPayload` or alone. VPC flows are sampled,
// log both ways, and hold only what was let through.

import { asString, dig, field, type Json } from '../../lib/json.ts';
import { type FlowRecord, type JsonFormat, one, type RecordedEnd } from './record.ts';
import { countOf, given, numberOf, portOf, protocolOf, timeOf } from './values.ts';

export const gcp: JsonFormat = {
  name: 'gcp',
  read: (value) => {
    const payload = field(value, 'jsonPayload') ?? value;
    const connection = field(payload, 'connection');
    if (field(connection, 'src_ip') === undefined && field(connection, 'dest_ip') === undefined) return undefined;
    const protocol = protocolOf(field(connection, 'protocol'));
    const disposition = asString(field(payload, 'disposition'))?.toLowerCase();
    if (protocol === undefined || typeof field(connection, 'src_ip') !== 'string' || typeof field(connection, 'dest_ip') !== 'string')
      return { kind: 'malformed', why: 'a connection of Google Cloud without addresses or protocol' };
    const time = timeOf(field(value, 'timestamp')) ?? timeOf(field(payload, 'timestamp'));
    return one(
      given<FlowRecord>({
        source: end(payload, connection, 'src'),
        destination: end(payload, connection, 'dest'),
        protocol,
        sourcePort: portOf(field(connection, 'src_port')),
        port: portOf(field(connection, 'dest_port')),
        verdict: disposition === undefined || disposition.startsWith('allow') ? 'allowed' : 'denied',
        reply: disposition === undefined ? undefined : false,
        first: timeOf(field(payload, 'start_time')) ?? time,
        last: timeOf(field(payload, 'end_time')) ?? time,
        count: countOf(field(payload, 'count')),
        bytes: numberOf(field(payload, 'bytes_sent')),
      }),
    );
  },
};

function end(payload: Json | unknown, connection: Json | undefined, side: 'src' | 'dest'): RecordedEnd {
  const pod = dig(payload, `${side}_gke_details`, 'pod');
  const own = field(payload, side);
  const kind = asString(dig(pod, 'pod_workload', 'workload_type')) ?? asString(field(own, 'workload_kind'));
  const name = asString(dig(pod, 'pod_workload', 'workload_name')) ?? asString(field(own, 'workload_name'));
  return given<RecordedEnd>({
    address: asString(field(connection, `${side}_ip`)),
    namespace: asString(field(pod, 'pod_namespace')) ?? asString(field(own, 'pod_namespace')) ?? asString(field(own, 'namespace')),
    pod: asString(field(pod, 'pod_name')) ?? asString(field(own, 'pod_name')),
    workload: kind === undefined || name === undefined ? undefined : { kind: capital(kind), name },
  });
}

/** `DEPLOYMENT`, `STATEFUL_SET`: as Kubernetes writes the kind. */
function capital(kind: string): string {
  if (!/^[A-Z_]+$/.test(kind)) return kind;
  return kind
    .split('_')
    .map((part) => part.slice(0, 1) + part.slice(1).toLowerCase())
    .join('')
    .replace(/set$/, 'Set')
    .replace(/^Cronjob$/, 'CronJob');
}
