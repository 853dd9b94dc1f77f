// Pod Security Standards: the verdict that the Pod Security admission controller gives, for every level and version, and the check that
// gives it. A case passes when both are right.

import type { KubeObject } from '../../src/kube/object.ts';
import { podsOf } from '../../src/kube/pod/lower.ts';
import type { Level } from '../../src/policy/pod-security/check.ts';
import { evaluate } from '../../src/policy/pod-security/evaluate.ts';
import { type CaseResult, jsonLines, type Suite } from '../suite.ts';

interface Case {
  readonly id: string;
  readonly level: Level;
  readonly version: string;
  readonly expect: 'pass' | 'fail';
  readonly check: string | null;
  readonly alsoAccept: readonly string[];
  readonly messageContains?: string;
  readonly pod: KubeObject;
}

export const pss: Suite = {
  name: 'pss',
  async *run(folder, note) {
    let verdicts = 0;
    let checks = 0;
    let messages = 0;
    let failing = 0;
    let total = 0;
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      total++;
      const judged = judge(one);
      if (judged.verdict) verdicts++;
      if (one.expect === 'fail') {
        failing++;
        if (judged.check) checks++;
        if (judged.message) messages++;
      }
      yield judged.result;
    }
    note(`${verdicts} of ${total} verdicts, ${checks} of ${failing} checks, ${messages} of ${failing} messages`);
  },
};

function judge(one: Case): { readonly result: CaseResult; readonly verdict: boolean; readonly check: boolean; readonly message: boolean } {
  const pod = podsOf(one.pod)[0];
  if (pod === undefined) {
    const result = { id: one.id, passed: false, detail: 'the case holds no pod' };
    return { result, verdict: false, check: false, message: false };
  }
  const { allowed, violations } = evaluate(pod, one.level, one.version);
  const verdict = allowed === (one.expect === 'pass');
  const wanted = one.check === null ? [] : [one.check, ...one.alsoAccept];
  const check = one.expect === 'pass' || violations.some((violation) => wanted.includes(violation.check));
  const message = violations.some(({ reason, detail }) => `${reason} (${detail})`.includes(one.messageContains ?? ''));
  const found = allowed ? 'allowed' : violations.map((violation) => violation.check).join(', ');
  return {
    result: { id: one.id, passed: verdict && check, detail: `expected ${one.expect} of ${wanted[0]}, found ${found}` },
    verdict,
    check,
    message,
  };
}
