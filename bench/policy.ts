// Admission policies over pods. First every answer of Pod Security, with its message, against what k8s.io/pod-security-admission said, and
// the Pod Security expressions as ValidatingAdmissionPolicies against what the API server's CEL said. Then times: Pod Security natively and
// as policies, side by side with the original where its program is built, and what a thousand policies and bindings cost of which five match. `npm run bench -- policy [SECONDS]`.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { KubeObject } from '../src/kube/object.ts';
import { lowerPod } from '../src/kube/pod/lower.ts';
import { preferBackEnd } from '../src/languages/cel/program.ts';
import type { Json } from '../src/lib/json.ts';
import type { AdmissionContext, AdmissionInput } from '../src/policy/admission.ts';
import { admissionRequest } from '../src/policy/admission-request.ts';
import { compilePolicies } from '../src/policy/compile.ts';
import { podSecurityChecks } from '../src/policy/pod-security/checks.ts';
import { evaluate, forbiddenDetail, offenceOf } from '../src/policy/pod-security/evaluate.ts';
import { type PolicySet, policySet } from '../src/policy/policy-set.ts';
import { validate } from '../src/policy/verdict.ts';
import { inputs, lines, shared } from './peer-inputs.ts';

interface Expression {
  readonly name: string;
  readonly group: string;
  readonly expression: string;
}
interface Answer {
  readonly policy: string;
  readonly subject: string;
  readonly verdict: string;
  readonly message: string;
  readonly verdictUnstructured?: string;
}

const milliseconds = Number(process.argv[3] ?? 1) * 1000;

const expressions = JSON.parse(readFileSync(join(inputs, 'cel-expressions.json'), 'utf8')) as readonly Expression[];
const pods = new Map<string, KubeObject>();
for (const file of ['pods-2000', 'pods-200', 'pods-pss'])
  for (const pod of lines<KubeObject>(join(inputs, `${file}.jsonl.gz`)))
    pods.set(`${pod.metadata?.namespace ?? ''}/${pod.metadata?.name}`, pod);
const context: AdmissionContext = {
  namespace: (name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } }),
};

podSecurityAnswers();
policyAnswers();
times();

function podSecurityAnswers(): void {
  let [same, differ, filled] = [0, 0, 0];
  for (const { policy, subject, verdict, message } of lines<Answer>(join(shared, 'expected', 'psa.jsonl.gz'))) {
    const object = pods.get(subject);
    if (object === undefined) continue;
    const pod = lowerPod(object, '');
    const [kind, name = ''] = policy.split(':');
    const offence = kind === 'check' ? offenceOf(pod, name, 'latest') : undefined;
    const result = kind === 'level' ? evaluate(pod, name === 'restricted' ? 'restricted' : 'baseline', 'latest') : undefined;
    const ours =
      result === undefined ? (offence === undefined ? '' : `${offence.reason} (${offence.detail})`) : forbiddenDetail(result.violations);
    const passed = result === undefined ? offence === undefined : result.allowed;
    if (passed === (verdict === 'pass') && ours === message) same++;
    else if (message.includes('volume type "unknown"')) filled++;
    else if (differ++ < 10) console.log(`${policy} ${subject}: expected ${verdict} ${message}, got ${passed ? 'pass' : 'fail'} ${ours}`);
  }
  console.log(`Pod Security: ${same} answers with their messages as the reference's, ${differ} others`);
  // The reference was given pods as written; admission sees them after defaulting.
  console.log(`${filled} about volumes without a source, which the API server makes emptyDirs before it looks`);
}

function policyAnswers(): void {
  const sets = new Map(expressions.map((expression) => [expression.name, policies([expression])]));
  let [same, differ] = [0, 0];
  for (const { policy, subject, verdict, verdictUnstructured } of lines<Answer>(join(shared, 'expected', 'cel.jsonl.gz'))) {
    const [object, set] = [pods.get(subject), sets.get(policy)];
    if (object === undefined || set === undefined) continue;
    const [outcome] = validate(set, admissionRequest(inputOf(object), context)).outcomes;
    const answer = outcome?.decision === 'error' ? 'error' : String(outcome?.decision === 'allow');
    if (answer === (verdictUnstructured ?? verdict)) same++;
    else if (differ++ < 10) console.log(`${policy} ${subject}: expected ${verdict}, got ${answer} ${outcome?.message}`);
  }
  console.log(`policies: ${same} verdicts as the API server's, ${differ} others`);
}

function policies(list: readonly Expression[]): PolicySet {
  return policySet(compilePolicies(list.flatMap(({ name, expression }) => [policyOf(name, expression), bindingOf(name, name)])));
}

function policyOf(name: string, expression: string): KubeObject {
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      ...(expression.includes('params') && { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }),
      validations: [{ expression }],
    },
  };
}

function bindingOf(name: string, policyName: string, namespace?: string): KubeObject {
  const selector = namespace === undefined ? {} : { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName, validationActions: ['Deny'], matchResources: selector },
  };
}

function inputOf(object: KubeObject): AdmissionInput {
  return {
    operation: 'CREATE',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: '',
    name: String(object.metadata?.name),
    namespace: 'default',
    object: object as Json,
    oldObject: null,
    userInfo: { username: 'bench' },
    dryRun: false,
  };
}

function times(): void {
  const some = lines<KubeObject>(join(inputs, 'pods-200.jsonl.gz'));
  const lowered = some.map((pod) => lowerPod(pod, ''));
  const asked = some.map(inputOf);
  const newest = podSecurityChecks.flatMap(({ versions }) => versions.at(-1)?.check ?? []);
  measure(`Pod Security, ${newest.length} checks`, some.length, () => {
    for (const pod of lowered) for (const check of newest) check(pod);
  });
  const both = measure('Pod Security, baseline and restricted', some.length, () => {
    for (const pod of lowered) {
      evaluate(pod, 'baseline', 'latest');
      evaluate(pod, 'restricted', 'latest');
    }
  });
  const theirs = peerTime();
  if (theirs !== undefined)
    console.log(
      `the API server's own, both levels         ${theirs.toFixed(2).padStart(7)} µs a pod: ${(theirs / both).toFixed(2)} times ours`,
    );
  measure('the same from JSON objects', some.length, () => {
    for (const object of some) {
      const pod = lowerPod(object, '');
      evaluate(pod, 'baseline', 'latest');
      evaluate(pod, 'restricted', 'latest');
    }
  });
  const security = expressions.filter(({ group }) => group === 'pss');
  for (const backEnd of ['closures', 'code'] as const) {
    preferBackEnd(backEnd);
    const own = policies(security);
    measure(`Pod Security as ${security.length} policies, ${backEnd}`, some.length, () => {
      for (const input of asked) validate(own, admissionRequest(input, context));
    });
  }
  preferBackEnd('closures');
  const one = { name: 'one', group: '', expression: '!object.spec.?hostNetwork.orValue(false)' };
  const five = Array.from({ length: 5 }, (_, index) => bindingOf(`match-${index}`, 'one'));
  const others = Array.from({ length: 995 }, (_, index) => bindingOf(`other-${index}`, 'one', `elsewhere-${index}`));
  const run = (name: string, objects: readonly KubeObject[]) => {
    const set = policySet(compilePolicies([policyOf('one', one.expression), ...objects]));
    return measure(name, asked.length, () => {
      for (const input of asked) validate(set, admissionRequest(input, context));
    });
  };
  const alone = run('5 bindings', five);
  const among = run('1,000 bindings of which 5 match', [...five, ...others]);
  console.log(`1,000 bindings cost ${(among / alone).toFixed(2)} times what the 5 that match cost`);
}

/** Microseconds a pod of k8s.io/pod-security-admission where its program is built: the best round for both levels with their messages. */
function peerTime(): number | undefined {
  const peer = join(
    process.env.PEERS_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cofferdam-peers'),
    'bin',
    'psa',
  );
  if (!existsSync(peer)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-bench-'));
  const file = join(folder, 'pods.jsonl');
  writeFileSync(file, gunzipSync(readFileSync(join(inputs, 'pods-200.jsonl.gz'))));
  const text = execFileSync(peer, ['bench', file], { encoding: 'utf8', env: { ...process.env, GOMAXPROCS: '1' } });
  rmSync(folder, { recursive: true });
  const nanoseconds = /^baseline\+restricted\+message\t.*best round ([0-9]+) ns/m.exec(text)?.[1];
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1000;
}

/** The best of many rounds: what others do on the machine only ever makes a round slower. */
function measure(name: string, size: number, round: () => void): number {
  for (let warm = 0; warm < 30; warm++) round();
  const start = performance.now();
  let best = Number.POSITIVE_INFINITY;
  while (performance.now() - start < milliseconds) {
    const begin = performance.now();
    round();
    best = Math.min(best, performance.now() - begin);
  }
  const each = (best / size) * 1000;
  console.log(`${name.padEnd(40)} ${each.toFixed(2).padStart(7)} µs a pod`);
  return each;
}
