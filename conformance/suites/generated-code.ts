// The suites that evaluate CEL, once more by generated code: each case must come out the same by either back end.

import { preferBackEnd } from '../../src/languages/cel/program.ts';
import type { CaseResult, Suite } from '../suite.ts';

/** The suite as `NAME-code`, over the same data. */
export function byGeneratedCode(suite: Suite): Suite {
  return {
    name: `${suite.name}-code`,
    folder: suite.folder ?? suite.name,
    async *run(folder, note): AsyncGenerator<CaseResult> {
      preferBackEnd('code');
      try {
        yield* suite.run(folder, note);
      } finally {
        preferBackEnd('closures');
      }
    },
  };
}
