// What the benchmarks of two clouds ask of load balancers. AWS (CIS EKS 5.4.5): one that serves port 443 names a certificate, else it passes TLS
// through to pods that may have none. Azure (CIS AKS 5.4.5): traffic comes in through an application gateway with TLS, and Services are
// behind an internal load balancer. Both suit one way of building only, so they are off until asked for.

import { annotationsOf } from '../../kube/object.ts';
import { asList, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { ingress, service } from './examples.ts';
import { typeOf } from './services.ts';

const awsCertificate = 'service.beta.kubernetes.io/aws-load-balancer-ssl-cert';
const azureInternal = 'service.beta.kubernetes.io/azure-load-balancer-internal';
const ingressClass = 'kubernetes.io/ingress.class';
const at = (annotation: string) => `/metadata/annotations/${annotation.replace('/', '~1')}`;

export const loadBalancerTlsAws = control({
  id: 'exposure/load-balancer-tls-aws',
  aliases: ['C-0231'],
  severity: 'medium',
  title: 'Load balancers on port 443 have a certificate (AWS)',
  why: 'Without a certificate the load balancer passes on whatever comes, and nothing says that the pods behind it serve TLS.',
  fix: `Set the annotation ${awsCertificate} to the ARN of a certificate.`,
  frameworks: ['owasp:K09'],
  enabled: false,
  on: objects('/Service'),
  check: ({ resource, object }) =>
    typeOf(resource) === 'LoadBalancer' &&
    asList(dig(object, 'spec', 'ports')).some((port) => field(port, 'port') === 443) &&
    annotationsOf(object)[awsCertificate] === undefined
      ? [
          fail(
            at(awsCertificate),
            'no-certificate',
            `the load balancer of Service "${resource.name}" serves port 443 without a certificate`,
          ),
        ]
      : [],
  examples: {
    pass: () => [cluster(deployment(), service())],
    fail: () => [
      cluster(
        deployment(),
        service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ name: 'https', port: 443, targetPort: 'http' }] }),
      ),
    ],
  },
});

export const loadBalancerTlsAzure = control({
  id: 'exposure/load-balancer-tls-azure',
  aliases: ['C-0245'],
  severity: 'medium',
  title: 'Traffic comes in through an application gateway with TLS (Azure)',
  why: 'Services with addresses of their own are past the gateway, its TLS and its firewall.',
  fix: `Make the load balancer internal (${azureInternal}: "true") and publish it by an Ingress of class azure/application-gateway with TLS.`,
  frameworks: ['owasp:K09'],
  enabled: false,
  on: objects('/Service', 'networking.k8s.io/Ingress'),
  check: ({ resource, object }, { snapshot }) => {
    const annotations = annotationsOf(object);
    if (resource.kind === 'Service') {
      if (typeOf(resource) !== 'LoadBalancer')
        return dig(object, 'spec', 'type') === undefined
          ? []
          : [fail('/spec/type', 'no-load-balancer', `Service "${resource.name}" has no load balancer`)];
      return annotations[azureInternal] === 'true'
        ? []
        : [fail(at(azureInternal), 'not-internal', `the load balancer of Service "${resource.name}" is not internal`)];
    }
    const internal = ofKind(snapshot, '', 'Service').some(
      (other) => typeOf(other) === 'LoadBalancer' && annotationsOf(other.object)[azureInternal] === 'true',
    );
    if (!internal) return [];
    if (asList(dig(object, 'spec', 'tls')).length === 0) return [fail('/spec/tls', 'no-tls', `Ingress "${resource.name}" has no TLS`)];
    const className = annotations[ingressClass];
    return className === undefined || className === 'azure/application-gateway'
      ? []
      : [fail(at(ingressClass), 'other-class', `Ingress "${resource.name}" is of class ${className}`)];
  },
  examples: {
    pass: () => [cluster(deployment(), service(), ingress())],
    fail: () => [cluster(deployment(), service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }))],
  },
});
