// An Ingress without TLS, or with hosts that its certificates do not name, serves those over plain HTTP. Controllers that bring a certificate of
// their own for everything are not known from an Ingress.

import { members } from '../../kube/pod/lower.ts';
import { asList, asString, dig, field, strings } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { ingress, service } from './examples.ts';

export const ingressTls = control({
  id: 'exposure/ingress-tls',
  aliases: ['C-0263', 'tlsSettingsMissing'],
  severity: 'medium',
  title: 'Ingresses serve their hosts over TLS',
  why: 'Over plain HTTP everybody on the way reads and changes what visitors and application exchange.',
  fix: 'Add spec.tls with the hosts and the Secret of their certificate.',
  frameworks: ['nsa:network-separation', 'owasp:K09', 'pci:4.1.a'],
  on: objects('networking.k8s.io/Ingress', 'extensions/Ingress'),
  check: ({ resource, object }) => {
    const certificates = asList(dig(object, 'spec', 'tls'));
    if (certificates.length === 0) return [fail('/spec/tls', 'missing', `Ingress "${resource.name}" has no TLS`)];
    const named = certificates.flatMap((entry) => strings(field(entry, 'hosts')));
    if (named.length === 0) return [];
    return members(dig(object, 'spec', 'rules'), '/spec/rules').flatMap(({ spec, path }) => {
      const host = asString(spec.host);
      return host === undefined || named.some((name) => covers(name, host))
        ? []
        : [fail(`${path}/host`, 'host-without-tls', `no certificate names the host "${host}"`)];
    });
  },
  examples: {
    pass: () => [cluster(deployment(), service(), ingress())],
    fail: () => [
      cluster(deployment(), service(), ingress({ tls: [] })),
      cluster(deployment(), service(), ingress({ tls: [{ hosts: ['www.example.com'], secretName: 'www-tls' }] })),
    ],
  },
});

/** A wildcard stands for exactly one label. */
function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1));
}
