// Recorded requests through candidate policies: what would be refused that was let in, before anybody enforces it.

import type { AdmissionContext, AdmissionInput } from './admission.ts';
import { admissionRequest } from './admission-request.ts';
import { judge } from './judge.ts';
import type { PolicySet } from './policy-set.ts';
import { recordedRequest } from './recorded.ts';

/** Requests that one rule would refuse, by who made them and where. */
export interface WouldDeny {
  readonly policy: string;
  readonly binding: string;
  readonly rule: string;
  readonly message: string;
  readonly user: string;
  readonly namespace: string;
  /** `create deployments.apps`. */
  readonly request: string;
  /** Names, the first few. */
  readonly names: readonly string[];
  readonly count: number;
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Rules that need the object before an update, which audit logs do not hold. */
  readonly withoutOld: boolean;
}

export interface Backtest {
  readonly records: number;
  readonly judged: number;
  readonly wouldDeny: readonly WouldDeny[];
  /** Requests let in then that would be refused now. */
  readonly nowDenied: number;
  /** Requests that were refused then and would be refused, too. */
  readonly stillDenied: number;
  readonly wouldWarn: number;
  /** Why records were not judged, with their number. */
  readonly notJudged: Readonly<Record<string, number>>;
}

const mostNames = 5;

/** A backtest that takes records one by one. */
export function backtest(
  policies: PolicySet,
  context: AdmissionContext,
): { readonly take: (record: unknown) => void; readonly result: () => Backtest } {
  const found = new Map<string, WouldDeny>();
  const notJudged: Record<string, number> = {};
  const counts = { records: 0, judged: 0, nowDenied: 0, stillDenied: 0, wouldWarn: 0 };
  return {
    take: (record) => {
      const recorded = recordedRequest(record);
      if (recorded === undefined) return;
      counts.records++;
      if (typeof recorded === 'string') {
        notJudged[recorded] = (notJudged[recorded] ?? 0) + 1;
        return;
      }
      const { input, allowed, time, withoutOld } = recorded;
      counts.judged++;
      const judgement = judge(policies, admissionRequest(input, context));
      if (judgement.warnings.length > 0) counts.wouldWarn++;
      if (judgement.allowed) return;
      if (allowed === false) {
        counts.stillDenied++;
        return;
      }
      counts.nowDenied++;
      const row = judgement.rows.find(({ result }) => result === 'fail' || result === 'error');
      const entry = {
        policy: row?.policy ?? '',
        binding: row?.binding ?? '',
        rule: row?.rule ?? '',
        message: row?.message ?? judgement.message,
        user: input.userInfo.username ?? '',
        namespace: input.namespace,
        request: requestText(input),
      };
      const key = JSON.stringify(Object.values(entry));
      const known = found.get(key);
      const name = input.name === '' ? '(generated)' : input.name;
      found.set(key, {
        ...entry,
        names:
          known === undefined
            ? [name]
            : known.names.includes(name) || known.names.length >= mostNames
              ? known.names
              : [...known.names, name],
        count: (known?.count ?? 0) + 1,
        first: earlier(known?.first, time),
        last: later(known?.last, time),
        withoutOld: withoutOld || known?.withoutOld === true,
      });
    },
    result: () => ({ ...counts, notJudged, wouldDeny: [...found.values()].sort((a, b) => b.count - a.count) }),
  };
}

function requestText({ operation, resource: { group, resource }, subResource }: AdmissionInput): string {
  return `${operation.toLowerCase()} ${resource}${subResource === '' ? '' : `/${subResource}`}${group === '' ? '' : `.${group}`}`;
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
