// `cofferdam scan`: judge the input and render the result.

import type { CommandInput } from '../command.ts';
import { exit } from '../exit.ts';
import { judge } from './judge.ts';

export async function run({ words, console, now }: CommandInput): Promise<number> {
  const { result } = await judge({ paths: words, now });
  for (const finding of result.findings)
    console.out(
      `${finding.source?.file}:${finding.source?.line}:${finding.source?.column} ${finding.severity} ${finding.control} ${finding.detail}\n`,
    );
  return result.findings.length > 0 ? exit.findings : exit.clean;
}
