// `spec.externalIPs` makes every node answer for addresses that nobody has checked the owner's right to (CVE-2020-8554): traffic of others to
// such an address ends up in the Service.

import { asList, dig } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField } from '../repair.ts';
import { service } from './examples.ts';

export const externalIps = control({
  id: 'exposure/external-ips',
  aliases: ['KSV-0108'],
  severity: 'medium',
  title: 'Services do not claim external addresses',
  why: 'Whoever names an address here receives the traffic that pods and nodes send to it, whoever it belongs to.',
  fix: 'Remove externalIPs and use a LoadBalancer or an Ingress; deny the field in admission.',
  frameworks: ['cis:1.2.3', 'attack:T1133', 'matrix:MS-TA9036', 'owasp:K07'],
  on: objects('/Service'),
  check: ({ resource, object }) =>
    asList(dig(object, 'spec', 'externalIPs')).length > 0
      ? [fail('/spec/externalIPs', 'set', `Service "${resource.name}" claims external addresses`)]
      : [],
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment(), service())],
    fail: () => [cluster(deployment(), service({ externalIPs: ['203.0.113.7'] }))],
  },
});
