// Warnings about Services: fields that are ignored, deprecated, or written unusually (kubernetes pkg/api/service/warnings.go, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { fieldPath } from '../../fields/path.ts';
import { hasChange } from '../../release-changes.ts';
import { addressWarnings, blockWarnings } from '../meta/address.ts';
import { annotationsOf, member, object, objects, struct, text, texts } from '../read.ts';
import type { ValidationContext } from '../validator.ts';

const path = fieldPath('spec');

export function serviceWarnings(
  service: JsonObject,
  _old: JsonObject | undefined,
  { version }: ValidationContext,
  subresource: string,
): readonly string[] {
  if (subresource === 'status') return statusWarnings(service);
  const spec = struct(service.spec);
  const type = text(spec.type);
  const clusterIp = text(spec.clusterIP);
  const headless = type === 'ClusterIP' && clusterIp === 'None';
  const external = texts(spec.externalIPs);
  const warnings: string[] = [];
  if (member(annotationsOf(service), 'service.kubernetes.io/topology-aware-hints') !== undefined)
    warnings.push(
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    );
  if (clusterIp !== '' && clusterIp !== 'None')
    for (const [position, ip] of texts(spec.clusterIPs).entries())
      warnings.push(...addressWarnings(ip, path.child('clusterIPs').index(position)));
  if (headless) {
    if (text(spec.loadBalancerIP) !== '') warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (external.length > 0) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  for (const [position, ip] of external.entries()) warnings.push(...addressWarnings(ip, path.child('externalIPs').index(position)));
  if (external.length > 0 && !headless && type !== 'ExternalName' && hasChange(version, 'externalIpsDeprecated'))
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  if (text(spec.loadBalancerIP) !== '') warnings.push(...addressWarnings(text(spec.loadBalancerIP), path.child('loadBalancerIP')));
  for (const [position, range] of texts(spec.loadBalancerSourceRanges).entries())
    warnings.push(...blockWarnings(range, path.child('loadBalancerSourceRanges').index(position)));
  if (type === 'ExternalName' && external.length > 0) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (type !== 'ExternalName' && text(spec.externalName) !== '')
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose' && hasChange(version, 'preferCloseDeprecated'))
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  return warnings;
}

function statusWarnings(service: JsonObject): readonly string[] {
  const ingress = objects(object(struct(service.status).loadBalancer)?.ingress);
  return ingress.flatMap((each, position) =>
    text(each.ip) === '' ? [] : addressWarnings(text(each.ip), fieldPath('status', 'loadBalancer', 'ingress').index(position)),
  );
}
