// ValidatingAdmissionWebhook: all webhooks that match are asked at once, and one refusal is the answer. The server takes the one that comes first
// in time, which may be another each time; here it is the first in the order of webhooks, and the others are kept for who wants to see them
// (k8s.io/apiserver/pkg/admission/plugin/webhook/validating, 0.36).

import { isAdmissionConfiguration } from '../../../policy/admission-request.ts';
import type { Refusal } from '../../answer.ts';
import { waiting } from '../../calls/call.ts';
import type { Attributes, Plugin } from '../plugin.ts';
import { policyRequest } from '../policies.ts';
import { ask, callFailure } from './ask.ts';
import { webhooksOf } from './configuration.ts';
import { invocation } from './invocation.ts';

export const validatingWebhooks: Plugin = { name: 'ValidatingAdmissionWebhook', validate };

function validate(attributes: Attributes): Refusal | undefined {
  const webhooks = webhooksOf('validating', attributes.serving.state);
  if (webhooks.length === 0) return undefined;
  const request = policyRequest(attributes);
  if (isAdmissionConfiguration(request.input)) return undefined;
  const relevant = [];
  for (const webhook of webhooks) {
    const found = invocation(webhook, request, attributes);
    if (found === undefined) continue;
    if ('refusal' in found) return found.refusal;
    relevant.push({ webhook, matched: found.matched });
  }
  const refusals: Refusal[] = [];
  let isWaiting = false;
  for (const [index, { webhook, matched }] of relevant.entries()) {
    const asked = ask('validating', webhook, matched, request, attributes, 0);
    if (asked.kind === 'waiting') isWaiting = true;
    if (asked.kind === 'refused') refusals.push(asked.refusal);
    if (asked.kind !== 'failed') continue;
    if (webhook.failurePolicy === 'Fail') refusals.push(callFailure(webhook.name, asked.why));
    else attributes.audit.set(`failed-open.validating.webhook.admission.k8s.io/round_0_index_${index}`, webhook.name);
  }
  const [first, ...others] = refusals;
  attributes.alsoRefused = others.map(({ message }) => message);
  return isWaiting ? waiting : first;
}
