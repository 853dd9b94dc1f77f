// RBAC questions over synthetic clusters of 10,000 subjects, 20,000 bindings and 2,000 roles, against a literal evaluator in the same run
// and, where it is built, against Kubernetes' own authorizer. Every verdict is compared with the recorded ones of that authorizer.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { allows } from '../src/identity/access-review.ts';
import { authorizerOf } from '../src/identity/authorizer.ts';
import { dangerous } from '../src/identity/dangerous.ts';
import { type PolicyRule, type RequestAttributes, readRule, request, ruleAllows } from '../src/identity/rules.ts';
import { readSubject, subjectMatches, type User } from '../src/identity/subjects.ts';
import { whoCan } from '../src/identity/who-can.ts';
import type { KubeObject } from '../src/kube/object.ts';
import { asList, asString, dig, field, type Json } from '../src/lib/json.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../src/snapshot/snapshot.ts';
import { median } from './measure.ts';

const peers = join(import.meta.dirname, '..', '..', 'shared', 'peers');
const judge = join(
  process.env.PEERS_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cofferdam-peers'),
  'bin',
  'rbac',
);

interface Recorded extends RequestAttributes {
  readonly id: string;
  readonly user: User;
}

if (!existsSync(peers)) {
  console.log('the inputs are not beside this checkout');
  process.exit(0);
}
for (const name of ['rbac-mixed', 'rbac-cluster']) run(name);
large('rbac-mixed');

function run(name: string): void {
  const objects = clusterObjects(name, '');
  const requests = lines<Recorded>('inputs', `${name}.requests.jsonl.gz`);
  console.log(`\n${name}: ${objects.length} objects, ${requests.length} requests`);
  const { state, review } = measured(objects, requests);
  const expected = new Map(
    lines<{ subject: string; verdict: string }>('expected', `${name}.jsonl.gz`).map((one) => [one.subject, one.verdict]),
  );
  const wrong = requests.filter((one) => (expected.get(one.id) === 'allow') !== allows(state, one.user, one));
  console.log(`  verdicts equal to Kubernetes' own    ${requests.length - wrong.length} of ${requests.length}`);
  const literal = literalEvaluator(objects);
  const sample = requests.slice(0, 400);
  const naive = per(sample.length, () => {
    for (const one of sample) literal(one.user, one);
  });
  console.log(`  literal evaluator, one review        ${micro(naive)}  (×${(naive / review).toFixed(0)})`);
  const disagree = sample.filter((one) => literal(one.user, one) !== allows(state, one.user, one)).length;
  if (disagree > 0) console.log(`  the literal evaluator disagrees on ${disagree}`);
  judged(name, review);
}

/** The same cluster five times over, under other names. */
function large(name: string): void {
  const objects = ['', '-b', '-c', '-d', '-e'].flatMap((suffix) => clusterObjects(name, suffix));
  console.log(`\n${name} five times: ${objects.length} objects`);
  measured(objects, lines<Recorded>('inputs', `${name}.requests.jsonl.gz`));
}

function measured(objects: readonly KubeObject[], requests: readonly Recorded[]): { state: Snapshot; review: number } {
  const states = Array.from({ length: 5 }, () => stateOf(objects));
  const compile = median(states.map((state) => once(() => authorizerOf(state))));
  console.log(`  compile                              ${compile.toFixed(1)} ms`);
  const questions = dangerous.slice(0, 30).map(({ verb, apiGroup, resource: plural }) => request(verb, apiGroup, plural));
  const subjects = median(
    states.map((state) =>
      once(() => {
        for (const wanted of questions) whoCan(state, wanted, true);
      }),
    ),
  );
  const [state = stateOf(objects)] = states;
  const holders = questions.reduce((sum, wanted) => sum + whoCan(state, wanted, true).holders.length, 0);
  console.log(`  who-can for 30 permissions           ${subjects.toFixed(1)} ms, ${holders} subjects with their proofs`);
  const cold = once(() => {
    for (const one of requests) allows(states[1] ?? state, one.user, one);
  });
  console.log(`  the requests for the first time      ${micro((cold * 1000) / requests.length)} a review`);
  for (const one of requests) allows(state, one.user, one);
  const review = per(requests.length * 20, () => {
    for (let round = 0; round < 20; round++) for (const one of requests) allows(state, one.user, one);
  });
  console.log(`  one review                           ${micro(review)}`);
  return { state, review };
}

function judged(name: string, review: number): void {
  if (!existsSync(judge)) {
    console.log("  Kubernetes' own authorizer is not built here");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-bench-'));
  const files = [`${name}.json`, `${name}.requests.jsonl`].map((file) => {
    writeFileSync(join(folder, file), gunzipSync(readFileSync(join(peers, 'inputs', `${file}.gz`))));
    return join(folder, file);
  });
  const { stdout, stderr } = spawnSync(judge, ['bench', ...files], { encoding: 'utf8', env: { ...process.env, GOMAXPROCS: '1' } });
  rmSync(folder, { recursive: true });
  console.log(`  Kubernetes' own authorizer, beside ${micro(review)} here:`);
  console.log(`${stderr}${stdout}`.trim().replace(/^/gm, '    '));
}

function clusterObjects(name: string, suffix: string): readonly KubeObject[] {
  const text = gunzipSync(readFileSync(join(peers, 'inputs', `${name}.json.gz`))).toString('utf8');
  const cluster = JSON.parse(text) as Json;
  const kinds = { clusterRoles: 'ClusterRole', clusterRoleBindings: 'ClusterRoleBinding', roles: 'Role', roleBindings: 'RoleBinding' };
  return Object.entries(kinds).flatMap(([key, kind]) =>
    asList(field(cluster, key)).map((object) =>
      renamed({ ...(object as object), apiVersion: 'rbac.authorization.k8s.io/v1', kind } as KubeObject, suffix),
    ),
  );
}

function renamed(object: KubeObject, suffix: string): KubeObject {
  if (suffix === '') return object;
  const named = (value: unknown) => ({ ...(value as object), name: `${asString(field(value, 'name'))}${suffix}` });
  return {
    ...object,
    metadata: named(object.metadata),
    ...(object.roleRef === undefined ? {} : { roleRef: named(object.roleRef), subjects: asList(object.subjects).map(named) }),
  } as KubeObject;
}

function stateOf(objects: readonly KubeObject[]): Snapshot {
  return snapshot({
    resources: objects.map((object) => resource(object, { kind: 'memory' })),
    facts: { ...assumedFacts('1.36'), live: true },
  });
}

/** Every binding and every rule in turn, as the rules are written; roles are found by name. */
function literalEvaluator(objects: readonly KubeObject[]): (user: User, wanted: RequestAttributes) => boolean {
  const nameOf = (object: unknown) => asString(dig(object, 'metadata', 'name')) ?? '';
  const namespaceOf = (object: unknown) => asString(dig(object, 'metadata', 'namespace')) ?? '';
  const roles = new Map<string, readonly PolicyRule[]>();
  for (const object of objects)
    if (!object.kind.endsWith('Binding'))
      roles.set(`${object.kind} ${namespaceOf(object)}/${nameOf(object)}`, asList(object.rules).map(readRule));
  const bindings = objects
    .filter(({ kind }) => kind.endsWith('Binding'))
    .map((object) => {
      const namespace = namespaceOf(object);
      const kind = asString(dig(object, 'roleRef', 'kind')) ?? '';
      const rules = roles.get(`${kind} ${kind === 'Role' ? namespace : ''}/${asString(dig(object, 'roleRef', 'name'))}`) ?? [];
      return { namespace, rules, subjects: asList(object.subjects).map((subject) => readSubject(subject, namespace)) };
    });
  return (user, wanted) =>
    bindings.some(
      ({ namespace, subjects, rules }) =>
        (namespace === '' || namespace === wanted.namespace) &&
        subjects.some((subject) => subjectMatches(subject, user)) &&
        rules.some((rule) => ruleAllows(rule, wanted)),
    );
}

function lines<T>(folder: string, file: string): readonly T[] {
  const text = gunzipSync(readFileSync(join(peers, folder, file))).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ ...request('', '', ''), ...JSON.parse(line) }) as T);
}

/** Milliseconds. */
function once(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Microseconds for one of `count`. */
function per(count: number, work: () => void): number {
  return (once(work) * 1000) / count;
}

function micro(value: number): string {
  return `${value < 10 ? value.toFixed(3) : value.toFixed(1)} µs`;
}
