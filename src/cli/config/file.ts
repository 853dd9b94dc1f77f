// The settings file itself: its mapping, and problems that point at its lines.

import { readFileSync } from 'node:fs';
import { fieldLocator, fieldPosition, parseYaml } from '../../kube/yaml/parse.ts';
import { isObject, type Json } from '../../lib/json.ts';
import { type Problem, problem, told } from '../../lib/problem.ts';
import { lineStarts } from '../../lib/text.ts';
import { Stop } from '../exit.ts';

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly value: { readonly [key: string]: Json | undefined };
}

/** Reads the file; ends the command where it is no mapping. */
export function open(file: string): Source {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Stop(problem('config/invalid', `cannot read ${file}: ${told(error)}`));
  }
  const { documents, problems } = parseYaml(text, file);
  if (problems.length > 0) throw new Stop(problem('config/invalid', problems.map(oneLine).join('\n')));
  const value = documents[0]?.value ?? {};
  if (!isObject(value) || documents.length > 1) throw new Stop(problem('config/invalid', `${file}: settings are one mapping`));
  return { file, text, value };
}

/** A mistake at a pointer of the file. */
export function at(source: Source | undefined, path: string, message: string): Problem {
  if (source === undefined) return problem('config/invalid', message);
  const range = fieldLocator(source.text)?.(path);
  return range === undefined
    ? problem('config/invalid', message)
    : problem('config/invalid', message, fieldPosition(source.file, lineStarts(source.text), 0, range));
}

/** A mistake as one line. */
export function oneLine(found: Problem): string {
  return found.source === undefined ? found.message : `${found.source.file}:${found.source.line}:${found.source.column}: ${found.message}`;
}
