// cel-admission: posture controls written as ValidatingAdmissionPolicies (kubescape/cel-admission-library): does the evaluator admit, deny
// or warn as the API server does?

import type { KubeObject } from '../../src/kube/object.ts';
import { dig, type Json, type JsonObject } from '../../src/lib/json.ts';
import type { AdmissionContext, AdmissionInput, AdmissionOperation } from '../../src/policy/admission.ts';
import { admissionRequest } from '../../src/policy/admission-request.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { policySet } from '../../src/policy/policy-set.ts';
import { validate } from '../../src/policy/verdict.ts';
import { type CaseResult, jsonLines, type Suite } from '../suite.ts';

interface Case {
  readonly id: string;
  readonly expect: 'pass' | 'fail' | 'warn';
  readonly request: {
    readonly operation: AdmissionOperation;
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly namespace?: string;
  };
  readonly object: KubeObject;
  readonly policy: KubeObject;
  readonly binding: KubeObject;
  readonly params: JsonObject | null;
}

export const celAdmission: Suite = { name: 'cel-admission', run };

async function* run(folder: string): AsyncGenerator<CaseResult> {
  for await (const each of jsonLines<Case>(folder, 'cases.jsonl')) {
    const set = policySet(compilePolicies([each.policy, each.binding]));
    const { allowed, warnings, refusal } = validate(set, admissionRequest(inputOf(each), contextOf(each)));
    const warned = warnings.some((text) => text.includes(String(each.policy.metadata?.name)));
    const answer = !allowed ? 'fail' : warned ? 'warn' : 'pass';
    const passed = answer === each.expect;
    yield { id: each.id, passed, ...(!passed && { detail: `${answer}: ${refusal?.message ?? warnings.join('; ')}` }) };
  }
}

function inputOf({ request: { operation, group, version, resource, namespace = '' }, object }: Case): AdmissionInput {
  return {
    operation,
    kind: { group, version, kind: object.kind },
    resource: { group, version, resource },
    subResource: '',
    name: String(dig(object, 'metadata', 'name') ?? ''),
    namespace,
    object: object as Json,
    oldObject: null,
    userInfo: {},
    dryRun: false,
  };
}

function contextOf({ params, policy }: Case): AdmissionContext {
  const all = params === null ? [] : [params];
  return {
    namespace: (name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } }),
    params: {
      scopeOf: (apiVersion, kind) =>
        dig(policy, 'spec', 'paramKind', 'apiVersion') === apiVersion && dig(policy, 'spec', 'paramKind', 'kind') === kind
          ? 'Cluster'
          : undefined,
      get: (_apiVersion, _kind, _namespace, name) => all.find((object) => dig(object, 'metadata', 'name') === name),
      list: () => all,
    },
  };
}
