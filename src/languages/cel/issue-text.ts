// Issues of compilation as cel-go words them, each with its place, the line and a mark under it. The API server's answers quote them.

import type { Compiled } from './program.ts';

/** `failed` introduces what is wrong with the expression, `notPlanned` a constant part that can never be evaluated. */
export function issueText(
  source: string,
  { issues, planned }: Compiled & { readonly ok: false },
  failed: string,
  notPlanned: string,
): string {
  if (planned) return `${notPlanned}: ${issues.map(({ message }) => message).join('; ')}`;
  return `${failed}: ${issueLines(source, issues)}`;
}

/** The issues alone. Of an empty text there is no line to show. */
export function issueLines(source: string, issues: (Compiled & { readonly ok: false })['issues']): string {
  if (source === '') return issues.map(({ message }) => `ERROR: <input>:1:0: ${message}`).join('\n');
  const lines = source.split('\n');
  const inOrder = [...issues].sort((a, b) => a.line - b.line || a.column - b.column);
  const texts = inOrder.map(
    ({ message, line, column }) =>
      `ERROR: <input>:${line}:${column}: ${message}\n | ${lines[line - 1] ?? ''}\n | ${'.'.repeat(Math.max(0, column - 1))}^`,
  );
  return texts.join('\n');
}
