// Files of waivers and baselines from disk: those named, and those that other tools look for by themselves in the folder a scan starts in.

import { existsSync, readFileSync } from 'node:fs';
import { type Baseline, readBaseline } from '../controls/baseline.ts';
import { ownWaivers, type WaiverFile } from '../controls/waivers/file.ts';
import { readWaivers, usualFiles } from '../controls/waivers/read.ts';
import { problem } from '../lib/problem.ts';
import { failure, type Result } from '../lib/result.ts';

/** Reads the waivers of these files, of the usual ones that are there, and of a settings file whose text is known already. */
export async function loadWaivers(
  named: readonly string[],
  settings?: { readonly file: string; readonly text: string },
): Promise<WaiverFile> {
  const files = [...new Set([...named, ...usualFiles.filter((file) => existsSync(file))])];
  const read = await Promise.all(files.map(readOne));
  if (settings !== undefined && /^waivers[ \t]*:/m.test(settings.text)) read.unshift(ownWaivers(settings.text, settings.file));
  return { waivers: read.flatMap(({ waivers }) => waivers), problems: read.flatMap(({ problems }) => problems) };
}

async function readOne(file: string): Promise<WaiverFile> {
  const text = textOf(file);
  if (text !== undefined) return readWaivers(text, file);
  return { waivers: [], problems: [problem('waiver/invalid', `${file}: the file cannot be read`, { file, line: 1, column: 1 }, 'error')] };
}

/** Reads a baseline from a file. */
export function loadBaseline(file: string): Result<Baseline> {
  const text = textOf(file);
  if (text === undefined) return failure(problem('baseline/invalid', `${file}: the file cannot be read`, { file, line: 1, column: 1 }));
  return readBaseline(text, file);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
