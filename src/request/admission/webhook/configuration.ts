// Webhooks as the server reads them out of their configurations (admissionregistration.k8s.io/v1): by the names of the configurations, each with
// its matchers compiled. Read once for as long as the configuration stays the same object.

import { asList, asNumber, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../../lib/json.ts';
import { admissionEnvironment } from '../../../policy/cel/environment.ts';
import { type MatchResources, readMatchResources } from '../../../policy/match.ts';
import { compileMatchConditions, type MatchCondition } from '../../../policy/match-conditions.ts';
import type { Endpoint } from '../../calls/call.ts';
import type { State } from '../../store/state.ts';

export type Phase = 'mutating' | 'validating';

export interface Webhook {
  readonly configuration: string;
  readonly name: string;
  /** Its place among webhooks of one name in one configuration makes it one of a kind. */
  readonly id: string;
  readonly match: MatchResources;
  readonly conditions: readonly MatchCondition[];
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly sideEffects: string;
  readonly reinvocable: boolean;
  readonly timeoutSeconds: number;
  /** `v1`, `v1beta1`, …, the best first. */
  readonly reviewVersions: readonly string[];
  readonly endpoint: Endpoint | undefined;
  readonly caBundle: string;
}

const read = new WeakMap<JsonObject, readonly Webhook[]>();

/** The webhooks of a phase in the order that the server asks them. */
export function webhooksOf(phase: Phase, state: State): readonly Webhook[] {
  const configurations = state.list({ group: 'admissionregistration.k8s.io', resource: `${phase}webhookconfigurations` });
  return configurations.length === 0 ? none : configurations.flatMap(webhooksIn);
}

const none: readonly Webhook[] = [];

function webhooksIn(configuration: JsonObject): readonly Webhook[] {
  let known = read.get(configuration);
  if (known === undefined) {
    const name = asString(dig(configuration, 'metadata', 'name')) ?? '';
    const counts = new Map<string, number>();
    known = asList(configuration.webhooks)
      .filter(isObject)
      .map((source) => readWebhook(source, name, counts));
    read.set(configuration, known);
  }
  return known;
}

function readWebhook(source: JsonObject, configuration: string, counts: Map<string, number>): Webhook {
  const name = asString(source.name) ?? '';
  const count = counts.get(name) ?? 0;
  counts.set(name, count + 1);
  return {
    configuration,
    name,
    id: `${configuration}/${name}/${count}`,
    match: readMatchResources({ ...source, resourceRules: source.rules ?? [], matchPolicy: source.matchPolicy ?? 'Equivalent' }),
    conditions: compileMatchConditions(source.matchConditions, admissionEnvironment(undefined, { params: false, authorizer: true })),
    failurePolicy: source.failurePolicy === 'Ignore' ? 'Ignore' : 'Fail',
    sideEffects: asString(source.sideEffects) ?? '',
    reinvocable: source.reinvocationPolicy === 'IfNeeded',
    timeoutSeconds: asNumber(source.timeoutSeconds) ?? 10,
    reviewVersions: strings(source.admissionReviewVersions),
    endpoint: endpointOf(source.clientConfig),
    caBundle: asString(field(source.clientConfig, 'caBundle')) ?? '',
  };
}

/** Where a `clientConfig` leads; undefined where it says nothing. */
export function endpointOf(config: Json | undefined): Endpoint | undefined {
  const service = field(config, 'service');
  if (isObject(service))
    return {
      kind: 'service',
      namespace: asString(service.namespace) ?? '',
      name: asString(service.name) ?? '',
      port: asNumber(service.port) ?? 443,
      path: asString(service.path) ?? '',
    };
  const url = asString(field(config, 'url')) ?? '';
  return url === '' ? undefined : { kind: 'url', url };
}
