// Whom the API server calls: webhooks of admission and of conversion, and extension API servers (Kubernetes 1.36: admissionregistration.k8s.io,
// apiextensions.k8s.io, apiregistration.k8s.io; a Service's port is 443 where none is written). No flow need show it, and a plan that cut it off
// would stop the cluster from taking objects. Left out: webhooks that are called by URL, and configurations that programs write as they run.

import { asList, asString, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Workload } from '../endpoints.ts';
import { leadsTo } from '../flows/declared.ts';
import type { Network } from '../network.ts';
import type { Protocol } from '../port-set.ts';
import { servicesOf } from '../services.ts';

export interface ApiServerCall {
  /** The object that makes the API server call. */
  readonly by: Resource;
  /** The names of the Service, and the port that is asked of it. */
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number };
  /** Where the Service leads: ports of pods. */
  readonly to: readonly { readonly workload: Workload; readonly protocol: Protocol; readonly port: number }[];
  /** Why it leads nowhere that is known. */
  readonly unknown: string | undefined;
}

/** The calls to Services in some of the namespaces, each once, in order of objects. */
export function apiServerCalls(network: Network, namespaces: ReadonlySet<string>): readonly ApiServerCall[] {
  const services = new Map(servicesOf(network).map((service) => [`${service.resource.namespace}/${service.resource.name}`, service]));
  const calls = new Map<string, ApiServerCall>();
  for (const { by, reference } of references(network.snapshot)) {
    const namespace = asString(field(reference, 'namespace'));
    const name = asString(field(reference, 'name'));
    if (namespace === undefined || name === undefined || !namespaces.has(namespace)) continue;
    const port = field(reference, 'port') ?? 443;
    if (typeof port !== 'number') continue;
    const key = `${by.kind} ${by.name} ${namespace}/${name} ${port}`;
    if (calls.has(key)) continue;
    const service = services.get(`${namespace}/${name}`);
    const targets = service === undefined ? [] : leadsTo(service, port).filter(({ protocol }) => protocol === 'TCP');
    const to = [...new Map(targets.map((one) => [`${one.workload.kind}/${one.workload.name} ${one.port}`, one])).values()];
    const unknown =
      service === undefined
        ? 'the Service is not in the input'
        : !service.ports.some(({ number, protocol }) => number === port && protocol === 'TCP')
          ? 'the Service has no such port'
          : service.endpoints.length === 0
            ? 'the Service selects no pod of the input'
            : to.length === 0
              ? 'no pod names the port that the Service leads to'
              : undefined;
    calls.set(key, { by, service: { namespace, name, port }, to, unknown });
  }
  return [...calls.values()];
}

interface Reference {
  readonly by: Resource;
  readonly reference: unknown;
}

function* references(snapshot: Snapshot): Generator<Reference> {
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])
    for (const by of ofKind(snapshot, 'admissionregistration.k8s.io', kind))
      for (const webhook of asList(by.object.webhooks)) yield { by, reference: dig(webhook, 'clientConfig', 'service') };
  for (const by of ofKind(snapshot, 'apiextensions.k8s.io', 'CustomResourceDefinition')) {
    const conversion = dig(by.object, 'spec', 'conversion');
    if (field(conversion, 'strategy') !== 'Webhook') continue;
    // v1beta1 wrote it beside the strategy.
    for (const config of [dig(conversion, 'webhook', 'clientConfig'), field(conversion, 'webhookClientConfig')])
      yield { by, reference: field(config, 'service') };
  }
  for (const by of ofKind(snapshot, 'apiregistration.k8s.io', 'APIService')) yield { by, reference: dig(by.object, 'spec', 'service') };
}
