// How objects get from one version to another: not at all, or by a webhook (k8s.io/apiextensions-apiserver validation/validation.go, 1.36). Of a
// bundle of certificates it is asked whether it holds any; what the certificates say is not looked at.

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { validateClientConfig } from '../admission/webhook-client.ts';
import { complain } from '../meta/labels.ts';
import { dns1035Label } from '../meta/names.ts';
import { object, struct, text, texts } from '../read.ts';

const strategies = ['None', 'Webhook'];
const reviewVersions = ['v1', 'v1beta1'];

interface ConversionOptions {
  readonly knownReviewVersion: boolean;
  readonly anyBundle: boolean;
}

export function validateConversion(
  conversion: JsonObject | undefined,
  preservesUnknownFields: boolean,
  { knownReviewVersion, anyBundle }: ConversionOptions,
  path: Path,
  errors: FieldError[],
): void {
  if (conversion === undefined) return;
  const strategy = text(conversion.strategy);
  if (strategy !== 'None' && preservesUnknownFields)
    errors.push(invalid(path.child('strategy'), strategy, 'must be None if spec.preserveUnknownFields is true'));
  if (strategy === '') errors.push(required(path.child('strategy')));
  else if (!strategies.includes(strategy)) errors.push(notSupported(path.child('strategy'), strategy, strategies));
  const webhook = struct(conversion.webhook);
  const config = object(webhook.clientConfig);
  const versions = texts(webhook.conversionReviewVersions);
  const [atConfig, atVersions] = [path.child('webhookClientConfig'), path.child('conversionReviewVersions')];
  if (strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook';
    if (config !== undefined) errors.push(forbidden(atConfig, why));
    if (versions.length > 0) errors.push(forbidden(atVersions, why));
    return;
  }
  if (config === undefined) errors.push(required(atConfig, 'required when strategy is set to Webhook'));
  else {
    validateClientConfig(config, atConfig, errors);
    const bundle = text(config.caBundle);
    const complaint = bundle === '' || anyBundle ? undefined : bundleComplaint(bundle);
    if (complaint !== undefined) errors.push(invalid(atConfig.child('caBundle'), bundle, complaint));
  }
  validateReviewVersions(versions, knownReviewVersion, atVersions, errors);
}

function validateReviewVersions(versions: readonly string[], knownOne: boolean, path: Path, errors: FieldError[]): void {
  if (versions.length === 0) {
    errors.push(required(path));
    return;
  }
  for (const [index, version] of versions.entries())
    if (versions.indexOf(version) < index) errors.push(invalid(path.index(index), version, 'duplicate version'));
    else complain(version, dns1035Label(version), path.index(index), errors);
  if (knownOne && !versions.some((version) => reviewVersions.includes(version)))
    errors.push(invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`));
}

const block = /-----BEGIN ([^\r\n-]+)-----\r?\n[^-]*-----END \1-----/g;

/** Why a bundle, in base64, holds no certificate authority. */
export function bundleComplaint(bundle: string): string | undefined {
  const pem = decoded(bundle);
  const types = [...pem.matchAll(block)].map((match) => match[1] ?? '');
  if (types.includes('CERTIFICATE')) return undefined;
  const rest = pem.slice(pem.lastIndexOf('-----END') + 1);
  const why =
    types.length > 0 && rest.endsWith('-----') ? 'no valid certificate authority data seen' : 'unable to parse bytes as PEM block';
  return `unable to load root certificates: ${why}`;
}

function decoded(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}
