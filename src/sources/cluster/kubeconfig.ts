// Kubeconfig files: which are read, and how several become one. client-go 1.36, clientcmd/loader.go: `--kubeconfig` names the only file;
// else the files of $KUBECONFIG, where absent ones are passed over; else ~/.kube/config. The first file that has a cluster, user, context
// or current-context gives it whole. Paths inside a file are relative to that file's folder.
// Messages never quote the text of a file: it holds credentials.

import { readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { readDocument } from '../../kube/yaml/parse.ts';
import { asList, asObject, asString, field, isObject, type JsonObject } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { lineColumn, lineStarts } from '../../lib/text.ts';

/** A cluster, user or context as written, and the folder its paths are relative to. */
export interface Entry {
  readonly value: JsonObject;
  readonly folder: string;
}

export interface Kubeconfig {
  /** The files that were read. */
  readonly files: readonly string[];
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly currentContext: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const maxFileSize = 16 * 1024 * 1024;

/** Reads `explicit`, else the files the environment names, as one. Undefined where no file exists and none was asked for. */
export function readKubeconfig(explicit: string | undefined, environment: Environment): Result<Kubeconfig | undefined> {
  const paths = explicit === undefined ? usualPaths(environment) : [explicit];
  const files: string[] = [];
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  const contexts = new Map<string, Entry>();
  let currentContext: string | undefined;
  for (const path of paths) {
    const read = readFile(path);
    if (!read.ok) return read;
    if (read.value === undefined) {
      if (explicit !== undefined) return failure(problem('kubeconfig/not-found', `${path}: no such file (--kubeconfig)`));
      continue;
    }
    files.push(path);
    const folder = dirname(resolve(path));
    for (const [into, list, member] of [
      [clusters, 'clusters', 'cluster'],
      [users, 'users', 'user'],
      [contexts, 'contexts', 'context'],
    ] as const) {
      const wrong = merge(into, read.value, list, member, folder);
      if (wrong !== undefined) return failure(problem('kubeconfig/invalid', `${path}: ${wrong}`));
    }
    const current = asString(read.value['current-context']);
    if (currentContext === undefined && current !== '') currentContext = current;
  }
  return ok(files.length === 0 ? undefined : { files, clusters, users, contexts, currentContext });
}

function usualPaths(environment: Environment): readonly string[] {
  const list = environment.KUBECONFIG ?? '';
  if (list !== '') return [...new Set(list.split(delimiter).filter((path) => path !== ''))];
  const home = environment.HOME ?? environment.USERPROFILE;
  return home === undefined || home === '' ? [] : [join(home, '.kube', 'config')];
}

function readFile(path: string): Result<JsonObject | undefined> {
  let text: string;
  try {
    if (statSync(path).size > maxFileSize) return failure(problem('kubeconfig/invalid', `${path}: too large for a kubeconfig`));
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ENOENT') return ok(undefined);
    const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code === 'EISDIR' ? 'is a folder' : String(code);
    return failure(problem('kubeconfig/invalid', `${path}: cannot be read: ${why}`));
  }
  const { value, issues } = readDocument(text);
  const broken = issues.find((issue) => issue.level === 'error');
  if (broken !== undefined) return failure(invalid(path, text, broken.offset));
  if (value === undefined || value === null) return ok({});
  return isObject(value) ? ok(value) : failure(invalid(path, text, 0));
}

function invalid(path: string, text: string, offset: number): Problem {
  const at = { file: path, ...lineColumn(lineStarts(text), offset) };
  return problem('kubeconfig/invalid', `${path}:${at.line}: not the YAML or JSON of a kubeconfig`, at);
}

function merge(into: Map<string, Entry>, file: JsonObject, list: string, member: string, folder: string): string | undefined {
  const seen = new Set<string>();
  for (const item of asList(file[list])) {
    const name = asString(field(item, 'name'));
    if (name === undefined) return `a member of ${list} has no name`;
    if (seen.has(name)) return `${list} name "${name}" twice`;
    seen.add(name);
    if (!into.has(name)) into.set(name, { value: asObject(field(item, member)), folder });
  }
  return undefined;
}

/** A path of an entry, made absolute. */
export function pathIn(entry: Entry, key: string): string | undefined {
  const path = asString(entry.value[key]);
  if (path === undefined || path === '') return undefined;
  return isAbsolute(path) ? path : join(entry.folder, path);
}
