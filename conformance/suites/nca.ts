// Questions of np-guard's network-config-analyzer about sets of policies, with the values its tests expect: by number where it counts, by the
// connections themselves where it lists them.

import type { CaseResult, Suite } from '../suite.ts';
import { jsonLines } from '../suite.ts';
import type { Config } from './nca-input.ts';
import { connectivityMap } from './nca-map.ts';
import { answer } from './nca-questions.ts';

export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly layer: string;
  readonly query?: string;
  readonly sets?: readonly string[];
  readonly configs: Readonly<Record<string, Config>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly expected?: number;
  readonly expectError?: boolean;
  readonly format?: string;
  readonly expectedFile?: string;
}

export const nca: Suite = {
  name: 'nca',
  async *run(folder, note) {
    const tally = new Map<string, [passed: number, total: number]>();
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      const detail = await judge(folder, one);
      const group = `${one.layer} ${one.kind}`;
      const [passed, total] = tally.get(group) ?? [0, 0];
      tally.set(group, [passed + (detail === undefined ? 1 : 0), total + 1]);
      const result: CaseResult = { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
      yield result;
    }
    const layers = Map.groupBy([...tally], ([group]) => group.split(' ')[0] ?? '');
    for (const [layer, groups] of [...layers].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const sum = [0, 1].map((part) => groups.reduce((total, [, counts]) => total + (counts[part] ?? 0), 0));
      note(
        `${layer} ${sum[0]}/${sum[1]}: ${groups.map(([group, [passed, total]]) => `${group.split(' ')[1]} ${passed}/${total}`).join(', ')}`,
      );
    }
  },
};

async function judge(folder: string, one: Case): Promise<string | undefined> {
  try {
    if (one.kind === 'cmdline' && one.query === 'connectivity') return await connectivityMap(folder, { ...one, sets: ['new'] });
    if (one.kind === 'semanticDiff' || (one.expectedFile !== undefined && one.kind === 'connectivityMap'))
      return await connectivityMap(folder, one);
    const found = await answer(folder, one);
    const wanted = one.kind === 'validity' ? Number(one.expectError) : (one.expected ?? 0);
    return found === wanted ? undefined : `expected ${wanted}, found ${found}`;
  } catch (error) {
    return `failed: ${error instanceof Error ? (error.stack ?? error.message).slice(0, 300) : String(error)}`;
  }
}
