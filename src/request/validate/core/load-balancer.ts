// What a load balancer reports: the status of Services, and of Ingresses that have one (kubernetes pkg/apis/core/validation, 1.36).

import { parseAddress } from '../../../lib/cidr.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { validateAddress } from '../meta/address.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { given, object, objects, struct, text } from '../read.ts';

const modes = ['Proxy', 'VIP'];

export function validateLoadBalancerStatus(
  service: JsonObject,
  old: JsonObject,
  type: string,
  errors: FieldError[],
  strict: boolean,
): void {
  const path = fieldPath('status', 'loadBalancer', 'ingress');
  const ingressOf = (each: JsonObject) => objects(object(struct(each.status).loadBalancer)?.ingress);
  const ingress = ingressOf(service);
  if (type !== 'LoadBalancer') {
    if (ingress.length > 0) errors.push(forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'"));
    return;
  }
  const before = ingressOf(old)
    .map((each) => text(each.ip))
    .filter((ip) => ip !== '');
  for (const [position, each] of ingress.entries()) {
    const at = path.index(position);
    const ip = text(each.ip);
    const hostname = text(each.hostname);
    if (ip !== '') validateAddress(ip, at.child('ip'), errors, strict, before);
    if (!given(each.ipMode)) {
      if (ip !== '') errors.push(required(at.child('ipMode'), 'must be specified when `ip` is set'));
    } else if (ip === '') errors.push(forbidden(at.child('ipMode'), 'may not be specified when `ip` is not set'));
    else if (!modes.includes(text(each.ipMode))) errors.push(notSupported(at.child('ipMode'), each.ipMode, modes));
    if (hostname === '') continue;
    complain(hostname, dnsSubdomain(hostname), at.child('hostname'), errors);
    if (parseAddress(hostname) !== undefined) errors.push(invalid(at.child('hostname'), hostname, 'must be a DNS name, not an IP address'));
  }
}
