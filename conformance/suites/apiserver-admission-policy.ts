// The scenarios of apiserver-admission that policies decide: vap, map and pod-security, recorded from a real kube-apiserver. The request is
// played here as far as admission needs it (decoding, defaults, patches, subresources); code, reason, message, warnings and audit annotations
// are judged, and of an object that was admitted everything that the policies could see. What semantic validation refuses is not judged by
// this suite beyond that the policies let it through; `apiserver-admission` judges the whole answer.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { allows } from '../../src/identity/access-review.ts';
import { request as accessRequest } from '../../src/identity/rules.ts';
import { serviceAccount, type User } from '../../src/identity/subjects.ts';
import type { GroupVersionKind, KubeObject } from '../../src/kube/object.ts';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import type { Release } from '../../src/kube/schema/release.ts';
import { asList, canonicalJson, field, isObject, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import type { AdmissionContext } from '../../src/policy/admission.ts';
import { admissionRequest } from '../../src/policy/admission-request.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { mutateTwice } from '../../src/policy/mutating/mutate.ts';
import { kindsOf, snapshotContext } from '../../src/policy/of-snapshot.ts';
import { podSecurityAdmission } from '../../src/policy/pod-security/admission.ts';
import { policySet } from '../../src/policy/policy-set.ts';
import { type Refusal, validate } from '../../src/policy/verdict.ts';
import { assumedFacts, resource, type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';
import { type CaseResult, json, type Suite } from '../suite.ts';
import { decoding, filled, type HttpRequest, inputsOf, stateOf } from './apiserver-admission-request.ts';

interface Case {
  readonly id: string;
  readonly server: string;
  readonly state: readonly JsonObject[];
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly request: HttpRequest;
  readonly response: {
    readonly code: number;
    readonly reason?: string;
    readonly message?: string;
    readonly details?: JsonObject;
    readonly causes?: readonly Json[];
    readonly object?: Json;
    readonly warnings?: readonly string[];
  };
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

export const apiserverAdmissionPolicy: Suite = { name: 'apiserver-admission-policy', folder: 'apiserver-admission', run };

const scenarios = new Set(['vap', 'map', 'pod-security']);

async function* run(folder: string): AsyncGenerator<CaseResult> {
  const release = await loadSchemas('1.36');
  if (release === undefined) throw new Error('there are no schemas of 1.36');
  const definitions = json<readonly KubeObject[]>(folder, 'crds.json');
  const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const each = JSON.parse(line) as Case;
    if (!scenarios.has(each.id.split('/')[0] ?? '')) continue;
    const detail = judge(each, release, definitions);
    yield { id: each.id, passed: detail === undefined, ...(detail !== undefined && { detail }) };
  }
}

interface Answer {
  readonly refusal: Refusal | undefined;
  readonly warnings: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly object: Json;
}

function judge(each: Case, release: Release, definitions: readonly KubeObject[]): string | undefined {
  const objects = stateOf(each.state, release);
  const state = snapshot({
    resources: [...definitions, ...objects].map((object) =>
      resource(object, { kind: 'memory' }, '', field(object.metadata, 'namespace') !== undefined),
    ),
    facts: assumedFacts('1.36'),
  });
  const answer = answerOf(each, state, release);
  return differences(each, answer);
}

/** No policy here looks at a field that differs between versions. */
function renamed(object: Json, { group, version, kind }: GroupVersionKind): Json {
  return { ...(object as JsonObject), apiVersion: group === '' ? version : `${group}/${version}`, kind };
}

function answerOf({ request, user = 'admin', groups }: Case, state: Snapshot, release: Release): Answer {
  const kinds = kindsOf(state, release);
  const own = snapshotContext(state, kinds);
  const asked: User = { name: user, groups: groups ?? ['system:masters', 'system:authenticated'] };
  const context: AdmissionContext = {
    ...own,
    complete: decoding(release, own.complete),
    convert: renamed,
    minor: 36,
    authorize: authorizer(state),
  };
  const set = policySet(
    compilePolicies(
      state.resources.map(({ object }) => object),
      { minor: 36 },
    ),
  );
  const warnings: string[] = [];
  const annotations: Record<string, string> = {};
  let object: Json = null;
  for (const input of inputsOf(request, state, kinds, { username: asked.name, groups: asked.groups })) {
    const mutated = mutateTwice(set, admissionRequest(input, context));
    object = mutated.object;
    if (mutated.refusal !== undefined) return { refusal: mutated.refusal, warnings, annotations, object };
    const final = admissionRequest({ ...input, object: input.operation === 'CREATE' ? filled(object) : object }, context);
    const security = podSecurityAdmission(final);
    warnings.push(...security.warnings);
    Object.assign(annotations, security.auditAnnotations);
    if (security.refusal !== undefined) return { refusal: security.refusal, warnings, annotations, object };
    const verdict = validate(set, final);
    warnings.push(...verdict.warnings);
    Object.assign(annotations, verdict.auditAnnotations);
    if (verdict.refusal !== undefined) return { refusal: verdict.refusal, warnings, annotations, object };
  }
  return { refusal: undefined, warnings, annotations, object };
}

function authorizer(state: Snapshot): NonNullable<AdmissionContext['authorize']> {
  return ({ username = '', groups = [] }, question) => {
    const { serviceAccount: account, verb, path, group = '', resource: name = '', subresource = '', namespace, name: object } = question;
    const user = account === undefined ? { name: username, groups } : serviceAccount(account.namespace, account.name);
    const wanted = accessRequest(verb, group, subresource === '' ? name : `${name}/${subresource}`, {
      ...(namespace !== undefined && { namespace }),
      ...(object !== undefined && { name: object }),
    });
    return { allowed: allows(state, user, path === undefined ? wanted : { ...wanted, path }), reason: '' };
  };
}

function differences({ response, auditAnnotations }: Case, { refusal, warnings, annotations, object }: Answer): string | undefined {
  const invalid = response.code === 422 && / is invalid: (?!metadata\.labels\[pod-security)/.test(response.message ?? '');
  // What semantic validation refuses never reaches validating policies.
  if (invalid) return refusal?.reason === 'Invalid' || refusal === undefined ? undefined : `${refusal.code}: ${refusal.message}`;
  if (refusal === undefined) {
    if (response.code >= 400) return `admitted, not ${response.code} ${response.message}`;
  } else {
    if (refusal.code !== response.code || refusal.reason !== response.reason)
      return `${refusal.code} ${refusal.reason}: ${refusal.message}`;
    if (refusal.message !== response.message) return `message ${refusal.message}, not ${response.message}`;
    const { causes = [], ...details } = refusal.details ?? {};
    if (response.details !== undefined && !sameJson(details, response.details)) return `details ${JSON.stringify(details)}`;
    const shown = causes.map(({ reason, ...cause }) => ({ ...(reason !== '' && { reason }), ...cause }));
    if (!sameJson(sorted(shown), sorted(response.causes ?? []))) return `causes ${JSON.stringify(shown)}`;
  }
  if (!sameJson(warnings, response.warnings ?? [])) return `warnings ${JSON.stringify(warnings)}, not ${JSON.stringify(response.warnings)}`;
  const expected = Object.fromEntries(Object.entries(auditAnnotations).filter(([key]) => !key.startsWith('authorization.k8s.io/')));
  if (!sameJson(annotations, expected)) return `audit ${JSON.stringify(annotations)}, not ${JSON.stringify(expected)}`;
  if (refusal !== undefined || response.object === undefined || object === null) return undefined;
  const gone = unlike(object, response.object, '');
  return gone === undefined ? undefined : `object: ${gone}`;
}

function sorted(list: readonly unknown[]): readonly string[] {
  return list.map(canonicalJson).sort();
}

/** The first place where the answer has not what we made. What the server adds (identity, status, tokens, tolerations) is passed over. */
function unlike(ours: Json, theirs: Json | undefined, path: string): string | undefined {
  if (/^\/(?:status|metadata\/(?:creationTimestamp|managedFields|uid|generation|resourceVersion))$/.test(path)) return undefined;
  if (ours === null || ours === '' || (Array.isArray(ours) && ours.length === 0)) return undefined;
  if (isObject(ours)) {
    if (Object.keys(ours).length === 0) return undefined;
    for (const [key, value] of Object.entries(ours)) {
      const wrong = value === undefined ? undefined : unlike(value, field(theirs, key), `${path}/${key}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  if (Array.isArray(ours)) {
    const others = asList(theirs);
    for (const [index, item] of ours.entries()) {
      const wrong = unlike(item as Json, others[index], `${path}/${index}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  return sameJson(ours, theirs) || /^<.*>$/.test(String(theirs))
    ? undefined
    : `${path} is ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`;
}
