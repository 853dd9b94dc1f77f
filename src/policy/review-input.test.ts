// A review whose objects the API server converted for a webhook: policies are matched by what was sent, and see what they ask for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../lib/json.ts';
import { admissionRequest, converted } from './admission-request.ts';
import { matchesResource, readMatchResources } from './match.ts';
import { reviewInput } from './review-input.ts';

const ingress = (version: string): JsonObject => ({ group: 'networking.k8s.io', version, kind: 'Ingress' });
const ingresses = (version: string): JsonObject => ({ group: 'networking.k8s.io', version, resource: 'ingresses' });
const object: Json = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web' } };
const request: JsonObject = { operation: 'CREATE', kind: ingress('v1'), resource: ingresses('v1'), namespace: 'shop', name: 'web', object };
const fromBeta: JsonObject = { ...request, requestKind: ingress('v1beta1'), requestResource: ingresses('v1beta1') };

function seen(asked: JsonObject, versions: readonly string[], matchPolicy: string): string {
  const input = reviewInput(asked);
  assert.ok(input !== undefined);
  const rule = { operations: ['*'], apiGroups: ['networking.k8s.io'], apiVersions: [...versions], resources: ['ingresses'] };
  const context = {
    equivalents: () =>
      ['v1', 'v1beta1'].map((version) => ({
        resource: { group: 'networking.k8s.io', version, resource: 'ingresses' },
        kind: { group: 'networking.k8s.io', version, kind: 'Ingress' },
      })),
  };
  const matched = matchesResource(readMatchResources({ matchPolicy, resourceRules: [rule] }), input, context);
  if (matched === undefined || typeof matched === 'string') return matched ?? 'is not matched';
  const found = converted(admissionRequest(input, context), matched)?.object as JsonObject;
  return String(found.apiVersion);
}

const rows: readonly (readonly [asked: JsonObject, versions: readonly string[], matchPolicy: string, sees: string])[] = [
  [request, ['v1'], 'Exact', 'networking.k8s.io/v1'],
  [request, ['v1beta1'], 'Exact', 'is not matched'],
  [request, ['v1beta1'], 'Equivalent', 'networking.k8s.io/v1beta1'],
  [fromBeta, ['v1beta1'], 'Exact', 'networking.k8s.io/v1beta1'],
  [fromBeta, ['v1'], 'Exact', 'is not matched'],
  [fromBeta, ['v1'], 'Equivalent', 'networking.k8s.io/v1'],
  [fromBeta, ['v1', 'v1beta1'], 'Equivalent', 'networking.k8s.io/v1beta1'],
];

for (const [asked, versions, matchPolicy, sees] of rows)
  test(`${asked === request ? 'sent as v1' : 'sent as v1beta1, reviewed as v1'}, ${matchPolicy} of ${versions.join(' and ')}: ${sees}`, () => {
    assert.equal(seen(asked, versions, matchPolicy), sees);
  });

test('a review of the version that was sent says so by silence', () => {
  assert.equal(reviewInput({ ...request, requestKind: ingress('v1'), requestResource: ingresses('v1') })?.sent, undefined);
  assert.equal(reviewInput({ operation: 'READ' }), undefined);
});
