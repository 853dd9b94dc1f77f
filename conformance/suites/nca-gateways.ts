// Ingress as network-config-analyzer has it: pods of the namespace ingress-nginx may send only to what some Ingress leads to, by host and path.

import { mapSelects } from '../../src/kube/label-selector.ts';
import { asList, asString, dig, field } from '../../src/lib/json.ts';
import type { Endpoint } from '../../src/network/endpoints.ts';
import type { RequestMatch } from '../../src/network/policy.ts';
import type { Resource } from '../../src/snapshot/snapshot.ts';

export interface Gate {
  readonly request: RequestMatch | undefined;
  /** The port of the pod that it leads to; undefined where it leads elsewhere. */
  readonly leads: (pod: Endpoint) => number | undefined;
}

const controllers = 'ingress-nginx';

/** True for a pod that an Ingress speaks for. */
export function isController(pod: Endpoint): boolean {
  return pod.workload.namespace === controllers;
}

/** What the Ingress objects among these lead to; undefined where there is none. */
export function gatesOf(resources: readonly Resource[]): readonly Gate[] | undefined {
  const ingresses = resources.filter(({ kind }) => kind === 'Ingress');
  if (ingresses.length === 0) return undefined;
  return ingresses.flatMap((ingress) =>
    asList(dig(ingress.object, 'spec', 'rules')).flatMap((rule) =>
      asList(dig(rule, 'http', 'paths')).flatMap((path): readonly Gate[] => {
        const host = asString(field(rule, 'host'));
        const text = asString(field(path, 'path')) ?? '/';
        const prefix = field(path, 'pathType') !== 'Exact';
        const request: RequestMatch = {
          ...(host === undefined ? {} : { hosts: [host] }),
          ...(prefix && text === '/' ? {} : { paths: [prefix ? `${text}(/*)?` : text] }),
        };
        const name = dig(path, 'backend', 'service', 'name') ?? dig(path, 'backend', 'serviceName');
        const number =
          dig(path, 'backend', 'service', 'port', 'number') ??
          dig(path, 'backend', 'service', 'port', 'name') ??
          dig(path, 'backend', 'servicePort');
        const service = resources.find((one) => one.kind === 'Service' && one.name === name && one.namespace === ingress.namespace);
        const port = asList(dig(service?.object, 'spec', 'ports')).find(
          (one) => field(one, 'port') === number || field(one, 'name') === number,
        );
        const target = field(port, 'targetPort') ?? field(port, 'port');
        return [
          {
            request: Object.keys(request).length === 0 ? undefined : request,
            leads: (pod) => {
              const selected =
                service !== undefined &&
                pod.workload.namespace === service.namespace &&
                mapSelects(dig(service.object, 'spec', 'selector') ?? null, pod.labels);
              if (!selected) return undefined;
              return typeof target === 'number' ? target : pod.ports.find(({ name: own }) => own === target)?.number;
            },
          },
        ];
      }),
    ),
  );
}
