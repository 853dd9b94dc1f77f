// A command as a whole process: wall time, CPU time of all its threads, and peak resident memory, read from /proc while it runs. Linux
// only. Figures of one run on a busy machine mean little: pair commands, interleave them, compare medians.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measurement {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of user and system time. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  readonly status: number | null;
}

const ticksPerSecond = 100;

/** Runs a command with its output thrown away; `input` becomes its standard input. */
export function measure(command: readonly string[], input?: string): Promise<Measurement> {
  const [program = '', ...words] = command;
  const begin = performance.now();
  const child = spawn(program, words, { stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'] });
  child.stdin?.end(input);
  let cpu = 0;
  let memory = 0;
  const sample = () => {
    try {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      cpu = Math.max(cpu, (Number(fields[11]) + Number(fields[12])) / ticksPerSecond);
      const peak = /VmHWM:\s+([0-9]+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      if (peak !== undefined) memory = Math.max(memory, Number(peak) / 1024);
    } catch {
      // The process has ended; the last sample stands.
    }
  };
  const timer = setInterval(sample, 5);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => {
      clearInterval(timer);
      resolve({ wall: (performance.now() - begin) / 1000, cpu, memory, status });
    });
  });
}

/** The median of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Runs several commands in turn, `rounds` times, and returns the median of each. */
export async function interleaved(
  commands: Readonly<Record<string, readonly string[]>>,
  rounds: number,
): Promise<ReadonlyMap<string, Measurement>> {
  const runs = new Map<string, Measurement[]>();
  for (let round = 0; round < rounds; round++)
    for (const [name, command] of Object.entries(commands)) {
      const list = runs.get(name) ?? [];
      list.push(await measure(command));
      runs.set(name, list);
    }
  return new Map(
    [...runs].map(([name, list]) => [
      name,
      {
        wall: median(list.map((run) => run.wall)),
        cpu: median(list.map((run) => run.cpu)),
        memory: median(list.map((run) => run.memory)),
        status: list.at(-1)?.status ?? null,
      },
    ]),
  );
}
