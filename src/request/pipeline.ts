// A request through all stages: authorization, then what carries a write out (decoding, admission, validation, storing). Who makes it is
// known already: authentication and impersonation come before. Reads are answered in `read/`.

import type { Observe } from './admission/run.ts';
import type { Answer } from './answer.ts';
import { authorize } from './authorization.ts';
import { caught, unconverted } from './conversion/unconverted.ts';
import type { ApiRequest } from './request.ts';
import { refused } from './status.ts';
import { type Target, targetOf, targetOfInfo } from './target.ts';
import { answerSpecial } from './write/special.ts';
import type { Writing } from './write/update.ts';
import { writeTo } from './write/write.ts';

export interface Answered {
  readonly answer: Answer;
  /** Annotations of the audit event. */
  readonly audit: ReadonlyMap<string, string>;
}

/** Answers a write, and stores what it makes unless it is a dry run. */
export function answerWrite(request: ApiRequest, writing: Writing, observe?: Observe): Answered {
  const audit = new Map<string, string>();
  const { info, review, refusal } = authorize(request, writing);
  if (review !== undefined) {
    audit.set('authorization.k8s.io/decision', review.allowed ? 'allow' : 'forbid');
    audit.set('authorization.k8s.io/reason', review.reason);
  }
  if (refusal !== undefined) return { answer: refused(refusal), audit };
  const seen: Observe = (happening) => {
    if (happening.attributes.audit.size > 0) for (const [key, value] of happening.attributes.audit) audit.set(key, value);
    observe?.(happening);
  };
  return { answer: answerTo(targetOfInfo(info, writing), request, writing, seen), audit };
}

/** The same, of a request that is authorized already. */
export function answerAuthorized(request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  return answerTo(targetOf(request, writing), request, writing, observe);
}

function answerTo(target: Target | Answer, request: ApiRequest, writing: Writing, observe: Observe | undefined): Answer {
  if (!('type' in target)) return target;
  return caught(() => answerSpecial(target, request, writing, observe) ?? writeTo(target, request, writing, observe), unconverted);
}
