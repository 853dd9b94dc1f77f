// Writes of a simulated server with admission webhooks: called where the user asked for it, else named once each as what is not known. Without
// configurations of webhooks a write is answered at once.

import type { Answer } from '../../request/answer.ts';
import { type MakeCall, withCalls } from '../../request/calls/calling.ts';
import { answerAuthorized } from '../../request/pipeline.ts';
import type { ApiRequest } from '../../request/request.ts';
import { internal, refused } from '../../request/status.ts';
import type { Writing } from '../../request/write/update.ts';

export interface Hooks {
  /** Undefined where nothing is called. */
  readonly makeCall: MakeCall | undefined;
  /** Called with each thing that is not known, once. */
  readonly tell: (message: string) => void;
}

const group = 'admissionregistration.k8s.io';
const endless: Answer = refused(internal('webhooks ask for calls without end'));

/** Answers a write; `told` are the things that were said already. */
export function answerHooked(request: ApiRequest, writing: Writing, hooks: Hooks | undefined, told: Set<string>): Answer | Promise<Answer> {
  const { server, store } = writing;
  const isAsked =
    server.plugins.has('ImagePolicyWebhook') ||
    store.list({ group, resource: 'mutatingwebhookconfigurations' }).length > 0 ||
    store.list({ group, resource: 'validatingwebhookconfigurations' }).length > 0;
  if (!isAsked) return answerAuthorized(request, writing);
  const answer = (over: Writing) =>
    answerAuthorized(request, over, ({ attributes: { unknown = [] } }) => {
      for (const why of unknown)
        if (!told.has(why)) {
          told.add(why);
          hooks?.tell(why);
        }
    });
  return hooks?.makeCall === undefined
    ? answer(writing)
    : withCalls(writing, hooks.makeCall, answer).then((answered) => answered ?? endless);
}
