// Requests to a simulated server that webhooks have a word in: called where the user asked for it, else those of admission are named once each as
// what is not known, and objects that one of conversion would change are not shown. Without such webhooks a request is answered at once.

import { type RequestInfo, requestInfo } from '../../identity/request-info.ts';
import type { Observe } from '../../request/admission/run.ts';
import type { Answer } from '../../request/answer.ts';
import type { Calls } from '../../request/calls/call.ts';
import { type MakeCall, untilAnswered, withCalls } from '../../request/calls/calling.ts';
import { changeInVersion, type Resource, typeWithWebhook } from '../../request/conversion/shown.ts';
import { caught } from '../../request/conversion/unconverted.ts';
import type { Converting } from '../../request/conversion/webhook.ts';
import { answerAuthorized } from '../../request/pipeline.ts';
import type { ApiRequest } from '../../request/request.ts';
import { internal, refused } from '../../request/status.ts';
import type { Change, Store } from '../../request/store/store.ts';
import type { Writing } from '../../request/write/update.ts';

export interface Hooks {
  /** Undefined where nothing is called. */
  readonly makeCall: MakeCall | undefined;
  /** Called with each thing that is not known, once. */
  readonly tell: (message: string) => void;
}

const group = 'admissionregistration.k8s.io';
/** Nobody reads it. */
const clientGone: Answer = refused(internal('the client is gone'));
const endless: Answer = refused(internal('webhooks ask for calls without end'));

/**
 * Answers a write; `told` are the things that were said already. A client that goes while a webhook is asked takes its write with it: nothing is
 * stored, as a request's end ends the calls of a real server, too.
 */
export function answerHooked(
  request: ApiRequest,
  writing: Writing,
  hooks: Hooks | undefined,
  told: Set<string>,
  whenGone: () => AbortSignal,
  observe?: Observe,
): Answer | Promise<Answer> {
  const { server, store } = writing;
  const isAsked =
    server.plugins.has('ImagePolicyWebhook') ||
    store.list({ group, resource: 'mutatingwebhookconfigurations' }).length > 0 ||
    store.list({ group, resource: 'validatingwebhookconfigurations' }).length > 0 ||
    typeWithWebhook(resourceOf(requestInfo(request.method, request.path)), store) !== undefined;
  if (!isAsked) return answerAuthorized(request, writing, observe);
  const answer = (over: Writing) =>
    answerAuthorized(request, over, (happening) => {
      observe?.(happening);
      for (const why of happening.attributes.unknown ?? [])
        if (!told.has(why)) {
          told.add(why);
          hooks?.tell(why);
        }
    });
  if (hooks?.makeCall === undefined) return answer(writing);
  const gone = whenGone();
  return withCalls(writing, whileThere(hooks.makeCall, gone), answer).then(
    (answered) => answered ?? endless,
    (error: unknown) => {
      if (gone.aborted) return clientGone;
      throw error;
    },
  );
}

/** Calls that end with the client. */
function whileThere(makeCall: MakeCall, gone: AbortSignal): MakeCall {
  return async (call) => {
    gone.throwIfAborted();
    const reply = await makeCall(call, gone);
    gone.throwIfAborted();
    return reply;
  };
}

function resourceOf({ apiGroup: group, apiVersion: version, resource }: RequestInfo): Resource {
  return { group, version, resource };
}

/** Answers a read, which a conversion webhook may have to be asked for; `ended` gets what came of it. */
export function answerConverted<A, T>(
  info: RequestInfo,
  store: Store,
  hooks: Hooks | undefined,
  answer: (calls?: Calls) => A,
  ended: (answer: A) => T | Promise<T>,
): T | Promise<T> {
  const makeCall = hooks?.makeCall;
  const isRead = info.verb === 'get' || info.verb === 'list' || info.verb === 'watch';
  if (makeCall === undefined || !isRead || typeWithWebhook(resourceOf(info), store) === undefined) return ended(answer());
  return untilAnswered(makeCall, answer, ended).then((found) => found ?? ended(answer()));
}

/** A change as watches of a resource see it: at once where no webhook converts it; undefined where it cannot be converted. */
export function changeFor(
  change: Change,
  resource: Resource,
  at: Converting & { readonly store: Store },
  hooks: Hooks | undefined,
): Change | Promise<Change | undefined> {
  const type = typeWithWebhook(resource, at.store);
  if (type === undefined) return change;
  const apiVersion = `${resource.group}/${resource.version}`;
  const shown = (calls?: Calls): Change | undefined =>
    caught<Change | undefined>(
      () => changeInVersion(change, apiVersion, type, { ...at, ...(calls === undefined ? {} : { calls }) }),
      () => undefined,
    );
  const makeCall = hooks?.makeCall;
  return makeCall === undefined ? Promise.resolve(shown()) : untilAnswered(makeCall, shown, (found) => found);
}
