// `cofferdam policy test`: test suites of policies. Exit status 1 where a case fails.

import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { KubeObject } from '../../kube/object.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import { parseYaml } from '../../kube/yaml/parse.ts';
import { newestMinor } from '../../languages/cel/kubernetes.ts';
import { paint } from '../../lib/display.ts';
import type { Json } from '../../lib/json.ts';
import { problem, told } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { isPolicyObject } from '../../policy/compile.ts';
import { kindsOf } from '../../policy/of-snapshot.ts';
import { readCases, runCase, suitePaths, type TestResult } from '../../policy/test-suite.ts';
import { newestKnownVersion } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { walk } from '../../sources/walk.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { kubernetesVersion, verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { authorizedBy } from './authorized.ts';

interface FileResult extends TestResult {
  readonly file: string;
}

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json', 'junit']);
  if (words.length === 0)
    throw new Stop(problem('usage/bad-flag', 'which tests? Name files or folders with kind: PolicyTest, or JSON lines of cases'));
  const version = kubernetesVersion(flags) ?? newestKnownVersion;
  const release = await loadSchemas(version);
  const minor = Math.min(Number(version.split('.')[1]), newestMinor);
  const results: FileResult[] = [];
  for (const { file, documents } of words.flatMap(suites)) {
    for (const document of documents) {
      const around = await surroundings(file, document, verbatim(flags, 'policy'));
      const cases = readCases(document, around.resources);
      if (typeof cases === 'string') throw new Stop(problem('input/unreadable', `${file}: ${cases}`));
      for (const each of cases) {
        const result = runCase(each, {
          ...around,
          kindsOf: (read) => kindsOf(read, release),
          authorize: authorizedBy,
          minor,
          podSecurity: flags.podSecurity === true,
        });
        results.push({ ...result, file });
      }
    }
  }
  if (results.length === 0) throw new Stop(problem('input/nothing', `${words.join(', ')}: no test suite (kind: PolicyTest) was found`));
  write(targets, console, (format, toTerminal) => {
    if (format === 'json') return json(results);
    return format === 'junit' ? junit(results) : table(results, toTerminal && console.color);
  });
  return results.every(({ passed }) => passed) ? exit.clean : exit.findings;
}

interface Suite {
  readonly file: string;
  readonly documents: readonly Json[];
}

/** Suites of a path: every file of a folder that holds one, or the file itself, whatever it is called. */
function suites(path: string): readonly Suite[] {
  const { found, problems } = walk([path]);
  const files = found.length === 0 ? [path] : found.map((each) => each.path);
  const read = files.map((file): Suite => ({ file, documents: documentsOf(file) }));
  if (files.length === 1 && files[0] === path) return read;
  if (problems[0] !== undefined && found.length === 0) throw new Stop(problems[0]);
  return read
    .map(({ file, documents }) => ({
      file,
      documents: documents.filter((each) => (each as { kind?: unknown } | null)?.kind === 'PolicyTest'),
    }))
    .filter(({ documents }) => documents.length > 0);
}

function documentsOf(file: string): readonly Json[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Stop(problem('input/unreadable', `${file}: ${told(error)}`));
  }
  if (file.endsWith('.jsonl'))
    return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [parsedLine(line, `${file}:${index + 1}`)]));
  return parseYaml(text, file).documents.flatMap(({ value }) => (value === undefined || value === null ? [] : [value]));
}

function parsedLine(line: string, place: string): Json {
  try {
    return JSON.parse(line);
  } catch {
    throw new Stop(problem('input/unreadable', `${place}: the line is no JSON`));
  }
}

async function surroundings(file: string, document: Json, given: readonly string[]) {
  const { policies, resources } = suitePaths(document);
  const beside = (path: string) => (isAbsolute(path) ? path : join(dirname(file), path));
  const objects = await read([...policies.map(beside), ...given]);
  const others = await read(resources.map(beside));
  const all = [...objects, ...others];
  return { policies: all.filter(isPolicyObject), resources: all.filter((object) => !isPolicyObject(object)) };
}

async function read(paths: readonly string[]): Promise<readonly KubeObject[]> {
  if (paths.length === 0) return [];
  const { resources, problems } = await load(paths, { render: 'never' });
  const broken = problems.find(({ level }) => (level ?? 'error') === 'error');
  if (broken !== undefined) throw new Stop(broken);
  return resources.map(({ object }) => object);
}

function json(results: readonly FileResult[]): string {
  const rows = results.map(({ name, passed, detail, subject, file }) => ({
    policy: file,
    rule: name,
    subject,
    result: passed ? 'pass' : 'fail',
    message: detail,
  }));
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'PolicyResult', results: rows }, undefined, 2)}\n`;
}

function junit(results: readonly FileResult[]): string {
  const escaped = (text: string) => printable(text).replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
  const cases = results.map(({ file, name, passed, detail }) => {
    const open = `    <testcase classname="${escaped(file)}" name="${escaped(name)}"`;
    return passed ? `${open}/>` : `${open}><failure message="${escaped(detail)}"/></testcase>`;
  });
  const failed = results.filter(({ passed }) => !passed).length;
  const head = `<testsuite name="policy test" tests="${results.length}" failures="${failed}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', `  ${head}`, ...cases, '  </testsuite>', '</testsuites>', ''].join(
    '\n',
  );
}

function table(results: readonly FileResult[], color: boolean): string {
  const failed = results.filter(({ passed }) => !passed);
  return [
    ...failed.map(({ file, name, detail }) => `${paint('fail', 'red', color)}  ${printable(`${file}: ${name}: ${detail}`)}`),
    `${results.length - failed.length} passed, ${failed.length} failed`,
    '',
  ].join('\n');
}
