// Whether a webhook is asked about a request (k8s.io/apiserver/pkg/admission/plugin/webhook/generic, 0.36): selectors, rules and equivalent
// resources, then its match conditions over the object in the version it asked for. Errors count only where the rules match.

import { type AdmissionRequest, converted } from '../../../policy/admission-request.ts';
import { Activation } from '../../../policy/cel/activation.ts';
import { type Matched, matchesRequest } from '../../../policy/match.ts';
import { evaluateMatchConditions } from '../../../policy/match-conditions.ts';
import type { Refusal } from '../../answer.ts';
import { forbidden, internal, notFound } from '../../status.ts';
import type { Attributes } from '../plugin.ts';
import type { Webhook } from './configuration.ts';

/** What the webhook is asked about; undefined where it is not asked, a refusal where that cannot be said. */
export function invocation(
  webhook: Webhook,
  request: AdmissionRequest,
  attributes: Attributes,
): { readonly matched: Matched } | { readonly refusal: Refusal } | undefined {
  if (webhook.match.rules.length === 0) return undefined;
  const matched = matchesRequest(webhook.match, request);
  if (matched === undefined) return undefined;
  if (typeof matched === 'string') return { refusal: unmatched(matched, request.input.namespace) };
  if (webhook.conditions.length === 0) return { matched };
  const objects = converted(request, matched);
  if (objects === undefined) return { refusal: internal(`unable to convert to ${matched.kind.group}/${matched.kind.version}`) };
  const activation = new Activation(request, matched, objects, null, false);
  const answer = evaluateMatchConditions(webhook.conditions, activation, undefined, webhook.failurePolicy);
  if (answer.matches === 'error') return { refusal: forbidden(attributes.target, attributes.name, answer.message) };
  return answer.matches ? { matched } : undefined;
}

function unmatched(why: string, namespace: string): Refusal {
  if (why.startsWith('namespaces ')) return notFound({ group: '', resource: 'namespaces' }, namespace);
  return internal(why.replace(/^Internal error occurred: /, ''));
}
