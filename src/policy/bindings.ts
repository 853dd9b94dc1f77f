// Bindings of a policy (ValidatingAdmissionPolicyBinding, MutatingAdmissionPolicyBinding v1): whom it is applied to, with which parameters,
// and what a denial does. They are indexed as policies are, since a policy may have a thousand.

import { asString, dig, field, type Json, type JsonObject, strings } from '../lib/json.ts';
import type { AdmissionRequest } from './admission-request.ts';
import type { Enforcement } from './compiled.ts';
import { type Matched, type MatchResources, matchesRequest, readMatchResources } from './match.ts';
import { indexOf } from './policy-set.ts';
import { targetsOf } from './targets.ts';

export interface Binding {
  readonly name: string;
  readonly policyName: string;
  readonly match: MatchResources;
  readonly paramRef: Json | undefined;
  readonly enforcement: readonly Enforcement[];
  /** As written, which audit annotations repeat. */
  readonly validationActions: readonly string[];
}

export interface Bindings {
  readonly list: readonly Binding[];
  /** Those that may match, in order. */
  readonly candidates: (request: AdmissionRequest) => readonly Binding[];
}

const actions: Readonly<Record<string, Enforcement | undefined>> = { Deny: 'deny', Warn: 'warn', Audit: 'audit' };

export function readBinding(object: JsonObject): Binding {
  const { spec } = object;
  const validationActions = strings(field(spec, 'validationActions'));
  return {
    name: asString(dig(object, 'metadata', 'name')) ?? '',
    policyName: asString(field(spec, 'policyName')) ?? '',
    match: readMatchResources(field(spec, 'matchResources')),
    paramRef: field(spec, 'paramRef'),
    enforcement: validationActions.flatMap((action) => (Object.hasOwn(actions, action) ? (actions[action] ?? []) : [])),
    validationActions,
  };
}

/** The bindings of one policy, by name. */
export function bindingsOf(policyName: string, all: readonly Binding[]): Bindings {
  const list = all.filter((binding) => binding.policyName === policyName).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (list.length < 8) return { list, candidates: () => list };
  return { list, candidates: indexOf(list, ({ match }) => targetsOf(match)) };
}

/** Undefined where a binding does not match; a text where that cannot be said. */
export function bindingMatches({ match }: Binding, request: AdmissionRequest): Matched | string | undefined {
  return matchesRequest(match, request);
}
