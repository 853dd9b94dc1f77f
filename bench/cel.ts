// CEL expressions of admission policies over pods: first every verdict and every cost against what the API server's own CEL answered, then
// evaluations a second, side by side with it where its program is built. Inputs, answers and that program's recipe lie beside the project.
// `npm run bench -- cel [SECONDS [alone]]`.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extend } from '../src/languages/cel/environment.ts';
import { kubernetesEnvironment } from '../src/languages/cel/kubernetes.ts';
import { compile, type Program, preferBackEnd } from '../src/languages/cel/program.ts';
import { types } from '../src/languages/cel/type.ts';
import { CelError, type ObjectMap } from '../src/languages/cel/value.ts';
import { median } from './measure.ts';
import { inputs, lines, shared } from './peer-inputs.ts';

interface Expression {
  readonly name: string;
  readonly expression: string;
}
interface Answer {
  readonly policy: string;
  readonly subject: string;
  readonly verdict: string;
  readonly cost: number;
  /** Where the API server answers otherwise for an object than for the typed pod it decodes first. */
  readonly verdictUnstructured?: string;
  readonly costUnstructured?: number;
}
interface Pod {
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

const peer = join(process.env.PEERS_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cofferdam-peers'), 'bin', 'cel');
const milliseconds = Number(process.argv[3] ?? 0.3) * 1000;

const expressions = JSON.parse(readFileSync(join(inputs, 'cel-expressions.json'), 'utf8')) as readonly Expression[];
const environment = extend(kubernetesEnvironment(), { variables: { object: types.dyn, oldObject: types.dyn, params: types.dyn } });
const begin = performance.now();
const programs = expressions.map(({ name, expression }) => ({ name, program: compiled(expression) }));
console.log(`compile: ${((performance.now() - begin) / programs.length).toFixed(3)} ms an expression`);
preferBackEnd('code');
const generating = performance.now();
const generated = expressions.map(({ name, expression }) => ({ name, program: compiled(expression) }));
console.log(`compile to code: ${((performance.now() - generating) / programs.length).toFixed(3)} ms an expression`);

verdicts(programs);
verdicts(generated);
speeds();

function compiled(expression: string): Program {
  const result = compile(expression, environment);
  if (!result.ok) throw new Error(`${expression}: ${JSON.stringify(result.issues)}`);
  return result.program;
}

/** Every expected answer, with its cost. */
function verdicts(list: typeof programs): void {
  const pods = new Map<string, Pod>();
  for (const file of ['pods-2000', 'pods-200', 'pods-pss'])
    for (const pod of lines<Pod>(join(inputs, `${file}.jsonl.gz`))) pods.set(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, pod);
  const byName = new Map(list.map(({ name, program }) => [name, program]));
  let [same, differ, costs] = [0, 0, 0];
  for (const { policy, subject, verdictUnstructured, costUnstructured, ...typed } of lines<Answer>(
    join(shared, 'expected', 'cel.jsonl.gz'),
  )) {
    const verdict = verdictUnstructured ?? typed.verdict;
    const cost = costUnstructured ?? typed.cost;
    const pod = pods.get(subject);
    const program = byName.get(policy);
    if (pod === undefined || program === undefined) continue;
    const result = program.evaluate({ object: pod as unknown as ObjectMap, oldObject: null, params: null });
    const answer = result.value instanceof CelError ? 'error' : String(result.value);
    if (answer === verdict) same++;
    else if (differ++ < 10)
      console.log(
        `${policy} ${subject}: expected ${verdict}, got ${answer} ${result.value instanceof CelError ? result.value.message : ''}`,
      );
    if (result.cost !== cost && costs++ < 10) console.log(`${policy} ${subject}: expected cost ${cost}, got ${result.cost}`);
  }
  console.log(`verdicts: ${same} as the API server's, ${differ} others; costs that differ: ${costs}`);
}

function speeds(): void {
  const pods = lines<Pod>(join(inputs, 'pods-200.jsonl.gz')).map((object) => ({
    object: object as unknown as ObjectMap,
    oldObject: null,
    params: null,
  }));
  const timed = (program: Program): number => {
    const round = () => {
      for (const pod of pods) program.evaluate(pod);
    };
    for (let warm = 0; warm < 20; warm++) round();
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < milliseconds) {
      round();
      count += pods.length;
    }
    return ((performance.now() - start) / count) * 1e6;
  };
  const times = programs.map(({ name, program }, index) => ({
    name,
    closures: timed(program),
    code: timed(generated[index]?.program ?? program),
  }));
  const theirs = existsSync(peer) && process.argv[4] !== 'alone' ? peerTimes() : new Map<string, number>();
  const shown = (nanoseconds: number) => nanoseconds.toFixed(0).padStart(6);
  for (const { name, closures, code } of times) {
    const other = theirs.get(name);
    const ratio =
      other === undefined ? '' : `  API server ${shown(other)} ns  ${(other / closures).toFixed(1)}×, ${(other / code).toFixed(1)}×`;
    console.log(`${name.padEnd(32)} closures ${shown(closures)} ns  code ${shown(code)} ns${ratio}`);
  }
  for (const backEnd of ['closures', 'code'] as const) {
    const typical = median(times.map((time) => time[backEnd]));
    const all = times.reduce((sum, time) => sum + time[backEnd], 0) / times.length;
    const ratios = times.flatMap((time) => (theirs.has(time.name) ? [(theirs.get(time.name) ?? 0) / time[backEnd]] : []));
    const beside = ratios.length === 0 ? '' : `, ${median(ratios).toFixed(1)}× the API server's`;
    const rates = `${(1e3 / typical).toFixed(2)} M evaluations/s in the median, ${(1e3 / all).toFixed(2)} M over all`;
    console.log(`${backEnd}: median ${typical.toFixed(0)} ns, ${rates}${beside}`);
  }
}

/** Nanoseconds by expression, as that program prints them for objects that are no typed pods. */
function peerTimes(): ReadonlyMap<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-bench-'));
  const file = join(folder, 'pods.jsonl');
  writeFileSync(file, gunzipSync(readFileSync(join(inputs, 'pods-200.jsonl.gz'))));
  const text = execFileSync(peer, ['bench', join(inputs, 'cel-expressions.json'), file], {
    encoding: 'utf8',
    env: { ...process.env, GOMAXPROCS: '1' },
  });
  rmSync(folder, { recursive: true });
  const times = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name = '', , unstructured = ''] = line.split('\t');
    if (/^[0-9.]+$/.test(unstructured)) times.set(name, Number(unstructured));
  }
  return times;
}
