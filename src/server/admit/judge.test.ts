// Which of several break-glass tokens counts: one on the object may be old, one on its namespace new.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../lib/json.ts';
import { compilePolicies } from '../../policy/compile.ts';
import { policySet } from '../../policy/policy-set.ts';
import { breakGlassAnnotation, issueToken, newBreakGlassKeys, readPublicKeys } from './break-glass.ts';
import { judgeReview } from './judge.ts';

const group = 'admissionregistration.k8s.io/v1';
const never = policySet(
  compilePolicies([
    {
      apiVersion: group,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'never' },
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }] },
        validations: [{ expression: 'false' }],
      },
    },
    {
      apiVersion: group,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'never' },
      spec: { policyName: 'never', validationActions: ['Deny'] },
    },
  ]),
);
const now = 1_800_000_000;
const { privateKey, publicKey } = newBreakGlassKeys();
const stranger = newBreakGlassKeys();

function token(change: {
  readonly user?: string;
  readonly issued?: number;
  readonly key?: string;
  readonly operations?: readonly string[];
}) {
  const { user = 'anna', issued = now - 10, key = privateKey, operations = ['*'] } = change;
  const made = issueToken(key, { user, namespaces: ['shop'], operations, reason: 'INC-1', seconds: 600, now: issued });
  assert.ok(made.ok);
  return made.value;
}

const holder = (value: string | undefined): Json => ({
  metadata: { annotations: value === undefined ? {} : { [breakGlassAnnotation]: value } },
});

function allowed(onObject: string | undefined, onOld: string | undefined, onNamespace: string | undefined): boolean {
  const { answer } = judgeReview(
    'validate',
    {
      apiVersion: 'admission.k8s.io/v1',
      uid: 'u',
      input: {
        operation: 'UPDATE',
        kind: { group: '', version: 'v1', kind: 'ConfigMap' },
        resource: { group: '', version: 'v1', resource: 'configmaps' },
        subResource: '',
        name: 'a',
        namespace: 'shop',
        object: holder(onObject),
        oldObject: holder(onOld),
        userInfo: { username: 'anna' },
        dryRun: false,
      },
    },
    {
      policies: never,
      facts: { context: { namespace: () => holder(onNamespace) as { readonly [key: string]: Json } }, missing: () => undefined },
      excluded: new Set(),
      breakGlassKeys: readPublicKeys(publicKey),
      clock: () => 0,
      today: () => now,
    },
    1,
  );
  return answer.allowed;
}

describe('a denied request is opened', () => {
  const old = token({ issued: now - 7200 });
  const tampered = `${token({}).slice(0, -4)}AAAA`;
  const rows: readonly (readonly [what: string, tokens: readonly (string | undefined)[], expected: boolean])[] = [
    ['by nothing without a token', [], false],
    ['by a token on the object', [token({})], true],
    ['by one on the stored object', [undefined, token({})], true],
    ['by one on the namespace', [undefined, undefined, token({})], true],
    ['by one on the namespace although the object still has an old one', [old, old, token({})], true],
    ['not by an expired one', [old, old, old], false],
    ["not by another user's", [token({ user: 'eve' })], false],
    ['not by a forged one', [token({ key: stranger.privateKey })], false],
    ['not by one whose signature was changed', [tampered], false],
    ['not by one for other operations', [token({ operations: ['CREATE'] })], false],
    ['not by one from the future', [token({ issued: now + 3600 })], false],
  ];
  for (const [what, [object, old_, namespace], expected] of rows)
    test(what, () => assert.equal(allowed(object, old_, namespace), expected));
});
