// What a test run prints: a dot for every hundred tests that pass, each failure whole, each skip with its reason, and one closing line.

import type { TestEvent } from 'node:test/reporters';

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const skips = new Map<string, number>();
  for await (const { type, data } of source) {
    if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details.type === 'suite') continue;
    if (data.skip !== undefined && data.skip !== false) {
      counts.skipped++;
      const reason = typeof data.skip === 'string' ? data.skip : data.name;
      skips.set(reason, (skips.get(reason) ?? 0) + 1);
    } else if (type === 'test:pass') {
      if (++counts.passed % 100 === 0) yield '.';
    } else {
      counts.failed++;
      yield `\nFAIL ${data.name} (${data.file ?? ''}:${data.line ?? ''})\n${text(data.details.error)}\n`;
    }
  }
  yield '\n';
  for (const [reason, count] of skips) yield `skipped ${count}: ${reason}\n`;
  yield `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
}

function text(error: Error): string {
  const cause: unknown = error.cause;
  return cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause === 'string' ? cause : error.message;
}
