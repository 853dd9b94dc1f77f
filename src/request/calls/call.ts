// Calls that leave the API server while it answers a request: to admission webhooks, and to the backend of ImagePolicyWebhook. The pipeline is a
// function: it names the calls whose answers it lacks and ends there; whoever runs it makes them and runs it again (`calling.ts`).

import type { JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';

/** Where a call goes to. */
export type Endpoint =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string; readonly port: number; readonly path: string }
  /** The server, certificates and credentials of a kubeconfig that was given to the API server. */
  | { readonly kind: 'kubeconfig'; readonly file: string };

export interface WebhookCall {
  /** What this call is called when somebody is told about it. */
  readonly name: string;
  /** Tells the calls of one request apart: equal keys are one call, made once. */
  readonly key: string;
  readonly endpoint: Endpoint;
  /** Certificates that the endpoint's is held against, PEM in base64 as configurations carry them; '' for those of the system. */
  readonly caBundle: string;
  readonly timeoutSeconds: number;
  readonly body: JsonObject;
  /** Put into `body.request.uid` when the call is made, a new one for each call. */
  readonly hasUid: boolean;
}

export type WebhookReply =
  | {
      readonly kind: 'answered';
      /** The UID that the request was sent with. */
      readonly uid: string;
      readonly status: number;
      /** '' where there was none. */
      readonly contentType: string;
      readonly body: string;
    }
  /** No answer: the reason in the words of Go's HTTP client, of the request or of reading what came. */
  | { readonly kind: 'failed'; readonly during: 'request' | 'body'; readonly message: string }
  /** Its answer is not known: it is not called from here, or was `sent` the review and what it answered is not read. */
  | { readonly kind: 'not known'; readonly sent: boolean; readonly why: string };

export interface Calls {
  /** What a call was answered; undefined where it is still to be made. */
  readonly replyTo: (call: WebhookCall) => WebhookReply | undefined;
}

/** The end of a run that lacks answers. Nobody ever sees it: the request is run again. */
export const waiting: Refusal = { code: 0, reason: '', message: 'an answer of a webhook is missing' };
