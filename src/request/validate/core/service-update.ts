// What of a Service may not change: addresses and families once set, the class of its load balancer, the health check's port (kubernetes
// pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { count, given, text, texts } from '../read.ts';
import { isHeadless, needsHealthCheck, validateLoadBalancerClass } from './service.ts';

const path = fieldPath('spec');
const once = 'may not change once set';

export function validateServiceUpdate(spec: JsonObject, old: JsonObject, errors: FieldError[]): void {
  if (spec.type !== 'ExternalName' && old.type !== 'ExternalName') {
    if (!isHeadless(spec) || !isHeadless(old)) validateClusterIps(spec, old, errors);
    if (!isHeadless(spec) && !isHeadless(old)) validateFamilies(spec, old, errors);
  }
  const classes = [spec, old].map((each) => (given(each.loadBalancerClass) ? text(each.loadBalancerClass) : null));
  if (spec.type === 'LoadBalancer' && old.type === 'LoadBalancer' && classes[0] !== classes[1])
    errors.push(invalid(path.child('loadBalancerClass'), classes[0] ?? null, once));
  validateLoadBalancerClass(spec, errors);
  if (needsHealthCheck(spec) && needsHealthCheck(old) && count(spec.healthCheckNodePort) !== count(old.healthCheckNodePort))
    errors.push(forbidden(path.child('healthCheckNodePort'), 'field is immutable'));
}

function validateClusterIps(spec: JsonObject, old: JsonObject, errors: FieldError[]): void {
  const ips = texts(spec.clusterIPs);
  const before = texts(old.clusterIPs);
  const shown = given(spec.clusterIPs) ? ips : null;
  const at = path.child('clusterIPs');
  if (before.length === ips.length) {
    for (const [position, ip] of before.entries()) if (ip !== ips[position]) errors.push(invalid(at.index(position), shown, once));
    return;
  }
  if (before.length > ips.length) {
    if (ips.length === 0) errors.push(invalid(at.index(0), shown, 'primary clusterIP can not be unset'));
    else if (ips[0] !== before[0]) errors.push(invalid(at.index(0), shown, once));
    if (ips.length === 1 && spec.ipFamilyPolicy !== 'SingleStack')
      errors.push(
        invalid(
          path.child('ipFamilyPolicy'),
          spec.ipFamilyPolicy ?? null,
          "must be set to 'SingleStack' when releasing the secondary clusterIP",
        ),
      );
  } else if (before.length > 0 && ips[0] !== before[0]) errors.push(invalid(at.index(0), shown, once));
}

function validateFamilies(spec: JsonObject, old: JsonObject, errors: FieldError[]): void {
  const families = texts(spec.ipFamilies);
  const before = texts(old.ipFamilies);
  const shown = given(spec.ipFamilies) ? families : null;
  const ips = given(spec.clusterIPs) ? texts(spec.clusterIPs) : null;
  const at = path.child('ipFamilies').index(0);
  if (before.length === families.length) {
    for (const [position, family] of before.entries()) if (family !== families[position]) errors.push(invalid(at, shown, once));
    return;
  }
  if (before.length > families.length) {
    if (texts(spec.clusterIPs).length === 0) errors.push(invalid(at, shown, 'primary ipFamily can not be unset'));
    if (families.length > 0 && families[0] !== before[0]) errors.push(invalid(at, ips, once));
    if (families.length === 1 && spec.ipFamilyPolicy !== 'SingleStack')
      errors.push(
        invalid(
          path.child('ipFamilyPolicy'),
          spec.ipFamilyPolicy ?? null,
          "must be set to 'SingleStack' when releasing the secondary ipFamily",
        ),
      );
  } else if (before.length > 0 && families[0] !== before[0]) errors.push(invalid(at, ips, once));
}
