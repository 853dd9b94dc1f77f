// One side of a comparison: a result that was saved, or whatever else scan reads, judged now.

import { readFileSync, statSync } from 'node:fs';
import type { ScanResult } from '../../controls/result.ts';
import { asList, field, isObject, type Json } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { Stop } from '../exit.ts';
import type { JudgeOptions } from '../scan/judge.ts';
import { judge } from '../scan/judge.ts';

export interface Side {
  readonly result: ScanResult;
  /** Undefined for a saved result, which holds findings and no objects. */
  readonly snapshot: Snapshot | undefined;
  /** Texts of its files, by name. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The result of a side. `options` are those of a scan but for the path. */
export async function readSide(path: string, options: JudgeOptions): Promise<Side> {
  const saved = savedResult(path);
  if (saved !== undefined) return { result: saved, snapshot: undefined, texts: new Map() };
  const side = await judge({ ...options, paths: [path] });
  const { result } = side;
  if (result.summary.objects > 0) return side;
  const why = result.problems.find(({ level }) => level === undefined || level === 'error')?.message;
  // A folder that holds no manifests yet is where projects begin.
  if (why === undefined && isFolder(path)) return side;
  throw new Stop(problem('input/nothing', `cannot compare ${path}: ${why ?? 'there is no Kubernetes object in it'}`));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Begins as this program writes a result; anything else is read as manifests. */
const start = /^\s*\{\s*"apiVersion"\s*:\s*"cofferdam\.dev\/v1"\s*,\s*"kind"\s*:\s*"ScanResult"/;

function savedResult(path: string): ScanResult | undefined {
  const text = textOf(path);
  if (text === undefined || !start.test(text.slice(0, 500))) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Stop(problem('baseline/invalid', `${path}: begins as a saved result and is not valid JSON`));
  }
  if (!isResult(value)) throw new Stop(problem('baseline/invalid', `${path}: a saved result that lacks findings or a summary`));
  return value as unknown as ScanResult;
}

/** What is read of a saved result here; a finding that lacks any of it makes the file invalid. */
function isResult(value: Json): boolean {
  const words = ['id', 'control', 'severity', 'verdict', 'detail'];
  return (
    Array.isArray(field(value, 'findings')) &&
    isObject(field(value, 'summary')) &&
    asList(field(value, 'findings')).every(
      (finding) => isObject(field(finding, 'subject')) && words.every((word) => typeof field(finding, word) === 'string'),
    )
  );
}

function textOf(path: string): string | undefined {
  try {
    return path.endsWith('.json') && statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
