// Names and name resolution of pods: dnsPolicy, dnsConfig, hostAliases, hostnames (kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { validateAddress } from '../meta/address.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain, dnsSubdomainWithUnderscore } from '../meta/names.ts';
import { byteLength, given, object, objects, text, texts } from '../read.ts';
import { checks, type PodOptions } from './options.ts';

const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

export function validateDnsPolicy(policy: string, path: Path, errors: FieldError[]): void {
  if (policy === '') errors.push(required(path));
  else if (!dnsPolicies.includes(policy)) errors.push(notSupported(path, policy, dnsPolicies));
}

export function validateDnsConfig(spec: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const config = object(spec.dnsConfig);
  const nameservers = texts(config?.nameservers);
  if (spec.dnsPolicy === 'None' && nameservers.length === 0) {
    errors.push(
      config === undefined
        ? required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')
        : required(path.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
    );
    return;
  }
  if (config === undefined) return;
  if (nameservers.length > 3) errors.push(invalid(path.child('nameservers'), nameservers, 'must not have more than 3 nameservers'));
  const strict = checks(options, 'StrictIPCIDRValidation');
  for (const [position, nameserver] of nameservers.entries())
    validateAddress(nameserver, path.child('nameservers').index(position), errors, strict);
  const searches = texts(config.searches);
  if (searches.length > 32) errors.push(invalid(path.child('searches'), searches, 'must not have more than 32 search paths'));
  if (byteLength(searches.join(' ')) > 2048)
    errors.push(invalid(path.child('searches'), searches, 'must not have more than 2048 characters (including spaces) in the search list'));
  const relaxed = checks(options, 'RelaxedDNSSearchValidation');
  for (const [position, search] of searches.entries()) {
    if (relaxed && search === '.') continue;
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    complain(name, relaxed ? dnsSubdomainWithUnderscore(name) : dnsSubdomain(name), path.child('searches').index(position), errors);
  }
  for (const [position, option] of objects(config.options).entries())
    if (text(option.name) === '') errors.push(required(path.child('options').index(position), 'must not be empty'));
}

export function validateHostAliases(spec: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  for (const [position, alias] of objects(spec.hostAliases).entries()) {
    validateAddress(text(alias.ip), path.index(position).child('ip'), errors, checks(options, 'StrictIPCIDRValidation'));
    for (const [index, hostname] of texts(alias.hostnames).entries())
      complain(hostname, dnsSubdomain(hostname), path.index(position).child('hostnames').index(index), errors);
  }
}

/** `hostnameOverride` (KEP-4762). */
export function validateHostnameOverride(spec: JsonObject, path: Path, errors: FieldError[]): void {
  if (!given(spec.hostnameOverride)) return;
  const at = path.child('hostnameOverride');
  const name = text(spec.hostnameOverride);
  if (spec.setHostnameAsFQDN === true) errors.push(forbidden(at, 'may not be specified when setHostnameAsFQDN is true'));
  if (spec.hostNetwork === true) errors.push(forbidden(at, 'may not be specified when hostNetwork is true'));
  if (byteLength(name) > 64) errors.push(tooLong(at, 64));
  complain(name, dnsSubdomain(name), at, errors);
}

/** `hostname` and `subdomain`. */
export function validateHostnames(spec: JsonObject, path: Path, errors: FieldError[]): void {
  for (const field of ['hostname', 'subdomain'] as const) {
    const name = text(spec[field]);
    if (name !== '') complain(name, dnsLabel(name), path.child(field), errors);
  }
}
