// The documents of the files that `-f` names, as they are written. A text that cannot be read ends the command: part of what is meant is no
// request.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../../kube/yaml/parse.ts';
import type { Json } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import type { RequestBody } from '../../request/request.ts';
import { decode } from '../../sources/decode.ts';
import { Stop } from '../exit.ts';

export interface Document {
  readonly value: Json;
  readonly body: RequestBody;
}

/** The manifests of a folder in the order of their names, as kubectl takes them; not those of folders in it. */
export function filesOf(path: string): readonly string[] {
  if (path === '-' || statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  const found = readdirSync(path)
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .sort();
  if (found.length === 0) throw new Stop(problem('input/nothing', `${path} holds no YAML or JSON file`));
  return found.map((name) => join(path, name));
}

/** True for texts that are JSON, not YAML. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

/** The documents of a file. */
export function documentsOf(file: string): readonly Document[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch {
    throw new Stop(problem('input/unreadable', `cannot read ${file}`));
  }
  const name = file === '-' ? 'standard input' : file;
  const { text, valid } = decode(bytes);
  if (!valid) throw new Stop(problem('input/not-utf8', `${name} holds bytes that are no text in UTF-8`));
  const { documents, problems } = parseYaml(text, name);
  const broken = documents.find(({ value }) => value === undefined);
  const [first] = problems.filter(({ level }) => (level ?? 'error') === 'error');
  if (broken !== undefined) throw new Stop(first ?? problem('yaml/syntax', `${name} cannot be read`));
  const found = documents.flatMap(({ start, end, value }): readonly Document[] => {
    if (value === undefined || value === null) return [];
    const own = text.slice(start, end);
    return [{ value, body: { kind: 'text', text: own } }];
  });
  if (found.length === 0) throw new Stop(first ?? problem('input/nothing', `${name} holds no document`));
  return found;
}
