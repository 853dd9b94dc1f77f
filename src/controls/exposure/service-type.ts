// Services of type NodePort are open on every address of every node, past any load balancer, its TLS and its firewall. Which types are
// unwanted is a setting.

import { strings } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { service } from './examples.ts';
import { typeOf } from './services.ts';

export const serviceType = control({
  id: 'exposure/service-type',
  aliases: ['exposed-services', 'service-type', 'POP-1104'],
  severity: 'low',
  title: 'Services are not open on the ports of nodes',
  why: 'A NodePort is open on every address of every node, where nothing terminates TLS or limits who may connect.',
  fix: 'Use ClusterIP with an Ingress or Gateway before it, or a LoadBalancer with source ranges.',
  frameworks: ['nsa:network-separation', 'attack:T1133', 'matrix:MS-TA9005', 'owasp:K07'],
  parameters: { types: ['NodePort'] },
  on: objects('/Service'),
  check: ({ resource }, { parameters }) => {
    const type = typeOf(resource);
    return strings(parameters.types).includes(type) ? [fail('/spec/type', type, `Service "${resource.name}" is of type ${type}`)] : [];
  },
  examples: {
    pass: () => [cluster(deployment(), service())],
    fail: () => [cluster(deployment(), service({ type: 'NodePort' }))],
  },
});
