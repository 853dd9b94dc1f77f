// MutatingAdmissionWebhook and ValidatingAdmissionWebhook. Nothing is called from here: a webhook whose Service does not exist fails as it
// does in a cluster; of every other one that would be asked, the answer is not known, which is said in the attributes.

import { asList, asNumber, asString, dig, field, type JsonObject } from '../../lib/json.ts';
import { type AdmissionRequest, converted, isExempt } from '../../policy/admission-request.ts';
import { Activation } from '../../policy/cel/activation.ts';
import { admissionEnvironment } from '../../policy/cel/environment.ts';
import { type Matched, type MatchResources, matchesRequest, readMatchResources } from '../../policy/match.ts';
import { compileMatchConditions, evaluateMatchConditions, type MatchCondition } from '../../policy/match-conditions.ts';
import type { Refusal } from '../answer.ts';
import { internal } from '../status.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { policyRequest } from './policies.ts';

export const mutatingWebhooks: Plugin = {
  name: 'MutatingAdmissionWebhook',
  admit: (attributes) => (attributes.operation === 'CONNECT' && attributes.object === undefined ? undefined : ask('mutating', attributes)),
};

export const validatingWebhooks: Plugin = { name: 'ValidatingAdmissionWebhook', validate: (attributes) => ask('validating', attributes) };

type Phase = 'mutating' | 'validating';

interface Webhook {
  readonly configuration: string;
  readonly name: string;
  readonly match: MatchResources;
  readonly source: JsonObject;
  readonly conditions: readonly MatchCondition[];
}

const read = new WeakMap<JsonObject, readonly Webhook[]>();

function webhooksIn(configuration: JsonObject): readonly Webhook[] {
  let known = read.get(configuration);
  if (known === undefined) {
    known = asList(configuration.webhooks).map((each): Webhook => {
      const source = each as JsonObject;
      const match = readMatchResources({ ...source, resourceRules: source.rules ?? [], matchPolicy: source.matchPolicy ?? 'Equivalent' });
      const conditions = compileMatchConditions(
        source.matchConditions,
        admissionEnvironment(undefined, { params: false, authorizer: true }),
      );
      return {
        conditions,
        configuration: asString(dig(configuration, 'metadata', 'name')) ?? '',
        name: asString(source.name) ?? '',
        match,
        source,
      };
    });
    read.set(configuration, known);
  }
  return known;
}

function ask(phase: Phase, attributes: Attributes): Refusal | undefined {
  const configurations = attributes.serving.state.list({
    group: 'admissionregistration.k8s.io',
    resource: `${phase}webhookconfigurations`,
  });
  if (configurations.length === 0) return undefined;
  const request = policyRequest(attributes);
  if (isExempt(request.input)) return undefined;
  const failures: Refusal[] = [];
  for (const [index, webhook] of configurations.flatMap(webhooksIn).entries()) {
    if (webhook.match.rules.length === 0) continue;
    const matched = matchesRequest(webhook.match, request);
    if (matched === undefined || typeof matched === 'string') continue;
    if (!conditionsHold(webhook, request, matched)) continue;
    const failure = failureOf(webhook, attributes);
    if (failure === undefined) {
      attributes.unknown?.push(`${phase} webhook ${webhook.name} of ${webhook.configuration} would be asked; its answer is not known`);
      continue;
    }
    const isIgnored = webhook.source.failurePolicy === 'Ignore';
    annotate(phase, index, webhook, isIgnored, attributes);
    if (isIgnored) continue;
    const refusal = internal(`failed calling webhook ${JSON.stringify(webhook.name)}: ${failure}`);
    if (phase === 'mutating') return refusal;
    failures.push(refusal);
  }
  return failures[0];
}

function annotate(phase: Phase, index: number, { configuration, name }: Webhook, isIgnored: boolean, { audit }: Attributes): void {
  if (phase === 'mutating')
    audit.set(`mutation.webhook.admission.k8s.io/round_0_index_${index}`, JSON.stringify({ configuration, webhook: name, mutated: false }));
  if (isIgnored)
    audit.set(`failed-open.${phase === 'mutating' ? 'mutation' : 'validating'}.webhook.admission.k8s.io/round_0_index_${index}`, name);
}

/** A condition that cannot be evaluated is the webhook's failure, which counts as asked. */
function conditionsHold({ conditions, source }: Webhook, request: AdmissionRequest, matched: Matched): boolean {
  const objects = conditions.length === 0 ? undefined : converted(request, matched);
  if (objects === undefined) return true;
  const activation = new Activation(request, matched, objects, null, false);
  const policy = source.failurePolicy === 'Ignore' ? 'Ignore' : 'Fail';
  return evaluateMatchConditions(conditions, activation, undefined, policy).matches !== false;
}

/** Why the webhook cannot be called, where the cluster itself says so. */
function failureOf({ source }: Webhook, { serving }: Attributes): string | undefined {
  const service = dig(source, 'clientConfig', 'service');
  if (service === undefined) return undefined;
  const name = asString(field(service, 'name')) ?? '';
  const namespace = asString(field(service, 'namespace')) ?? '';
  if (serving.state.get({ group: '', resource: 'services' }, namespace, name) !== undefined) return undefined;
  const port = asNumber(field(service, 'port')) ?? 443;
  const path = (asString(field(service, 'path')) ?? '').replace(/^\/*/, '/');
  const timeout = asNumber(source.timeoutSeconds) ?? 10;
  const url = `https://${name}.${namespace}.svc:${port}${path}?timeout=${timeout}s`;
  return `failed to call webhook: Post ${JSON.stringify(url)}: service ${JSON.stringify(name)} not found`;
}
