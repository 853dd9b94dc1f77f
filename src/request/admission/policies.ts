// Plugins that run what users wrote: MutatingAdmissionPolicy and ValidatingAdmissionPolicy. The policies are those stored; they are compiled once for as long as they stay the same.

import { type AccessReview, can } from '../../identity/access-review.ts';
import { request as accessRequest } from '../../identity/rules.ts';
import { serviceAccount } from '../../identity/subjects.ts';
import { atomOf, customAtom } from '../../kube/apply/atom.ts';
import { apiVersionOf, type GroupVersionKind, groupVersion, type KubeObject } from '../../kube/object.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { AdmissionContext, AdmissionInput, EquivalentResource } from '../../policy/admission.ts';
import { type AdmissionRequest, admissionRequest } from '../../policy/admission-request.ts';
import { compilePolicies } from '../../policy/compile.ts';
import { type Mutation, mutate, type Round } from '../../policy/mutating/mutate.ts';
import { type PolicySet, policySet } from '../../policy/policy-set.ts';
import { validate } from '../../policy/verdict.ts';
import type { Refusal } from '../answer.ts';
import { decodeBuiltIn } from '../decode/built-in.ts';
import { changesBetween } from '../fields/changes.ts';
import type { Serving } from '../server.ts';
import type { State } from '../store/state.ts';
import { customType, type Target } from '../target.ts';
import { convertWhole } from '../write/convert.ts';
import { reread, written } from '../write/written.ts';
import { mutatedCustom, withReadableMetadata } from './mutated-custom.ts';
import { resourceOf } from './owner-references.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { requireSecondRound } from './reinvocation.ts';
import { replaceObject } from './replace.ts';

export const validatingAdmissionPolicy: Plugin = {
  name: 'ValidatingAdmissionPolicy',
  validate: (attributes) => {
    const policies = policiesOf(attributes.serving.state);
    if (policies.policies.length === 0) return undefined;
    const verdict = validate(policies, policyRequest(attributes));
    attributes.warnings.push(...verdict.warnings);
    for (const [key, value] of Object.entries(verdict.auditAnnotations)) attributes.audit.set(key, value);
    return verdict.refusal;
  },
};

export const mutatingAdmissionPolicy: Plugin = {
  name: 'MutatingAdmissionPolicy',
  admit: (attributes) => {
    const { object, target, serving } = attributes;
    const policies = policiesOf(serving.state);
    if (policies.policies.length === 0 || object === undefined) return undefined;
    const result = mutate(policies, policyRequest(attributes), rounds.get(attributes));
    if (result.refusal !== undefined) return result.refusal as Refusal;
    for (const change of result.changes) serving.because?.(...whyMutated(change));
    if (result.changed) {
      const changed = result.object as JsonObject;
      replaceObject(object, reread(target.type.kind === 'custom' ? withReadableMetadata(changed, serving) : changed, target));
    }
    rounds.set(attributes, result.next);
    if (result.reinvocation) requireSecondRound(attributes);
    return undefined;
  },
};

function whyMutated({ policy, binding, before, after }: Mutation): readonly [reason: string, ...evidence: string[]] {
  const paths = changesBetween(before, after).map(({ path }) => path);
  const told = paths.length > 6 ? `${paths.slice(0, 6).join(', ')} and ${paths.length - 6} more` : paths.join(', ');
  return [`policy ${policy} changes it`, `MutatingAdmissionPolicy ${policy}, bound by ${binding}, changes ${told}`];
}

/** What the second round knows of the first. */
const rounds = new WeakMap<Attributes, Round>();

const group = 'admissionregistration.k8s.io';
const resources = [
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
] as const;

interface Compiled {
  readonly objects: readonly JsonObject[];
  readonly set: PolicySet;
}

const kept = new WeakMap<State, Compiled>();

/** The stored policies, compiled. */
function policiesOf(state: State): PolicySet {
  const objects = resources.flatMap((resource) => state.list({ group, resource }));
  const known = kept.get(state);
  if (known !== undefined && known.objects.length === objects.length && known.objects.every((object, index) => object === objects[index]))
    return known.set;
  const compiled = policySet(compilePolicies(objects as readonly unknown[] as readonly KubeObject[]));
  kept.set(state, { objects, set: compiled });
  return compiled;
}

/** The request as policies see it. The object is written out when somebody looks at it. */
export function policyRequest(attributes: Attributes): AdmissionRequest {
  const { target, operation, name, namespace, object, old, user, dryRun, serving } = attributes;
  let json: Json | undefined;
  const input: AdmissionInput = {
    operation,
    kind: { ...groupVersion(target.kindVersion), kind: target.kind },
    resource: { group: target.group, version: target.version, resource: target.resource },
    subResource: target.subresource,
    name,
    namespace,
    get object() {
      json ??= object === undefined ? null : written(object, target);
      return json;
    },
    oldObject: old ?? null,
    options: operation === 'CONNECT' ? null : attributes.options,
    userInfo: {
      username: user.name,
      groups: user.groups,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
    dryRun,
  };
  return admissionRequest(input, contextOf(attributes, serving));
}

function contextOf(attributes: Attributes, serving: Serving): AdmissionContext {
  const { state, server } = serving;
  const find = (apiVersion: string, kind: string) => resourceOf(apiVersion, kind, attributes);
  const key = (apiVersion: string, kind: string) => ({
    group: groupVersion(apiVersion).group,
    resource: find(apiVersion, kind)?.resource ?? '',
  });
  const snapshot = serving.access;
  return {
    minor: Number(server.release.minor.split('.')[1] ?? ''),
    namespace: (name) => state.get({ group: '', resource: 'namespaces' }, '', name),
    pods: (name) => state.list({ group: '', resource: 'pods' }, name),
    params: {
      scopeOf: (apiVersion, kind) => {
        const found = find(apiVersion, kind);
        return found === undefined ? undefined : found.namespaced ? 'Namespaced' : 'Cluster';
      },
      get: (apiVersion, kind, space, name) => state.get(key(apiVersion, kind), space, name),
      list: (apiVersion, kind, space) => state.list(key(apiVersion, kind), space),
    },
    equivalents: (resource, subResource) => equivalents(serving, resource.group, resource.resource, subResource),
    convert: (object, kind) => convertWhole(object as JsonObject, apiVersionOf(kind), attributes.target, serving),
    typeOf: (kind) => typeOf(kind, attributes),
    complete: (object, kind) => completed(object, kind, attributes),
    ...(snapshot === undefined
      ? {}
      : {
          authorize: ({ username = '', groups = [] }, question) => {
            const { serviceAccount: account, verb, path, group: asked = '', resource = '', subresource = '', namespace, name } = question;
            const user = account === undefined ? { name: username, groups } : serviceAccount(account.namespace, account.name);
            const wanted = accessRequest(verb, asked, subresource === '' ? resource : `${resource}/${subresource}`, {
              ...(namespace !== undefined && { namespace }),
              ...(name !== undefined && { name }),
            });
            const review: AccessReview = can(snapshot(), user, path === undefined ? wanted : { ...wanted, path });
            return { allowed: review.allowed, reason: review.reason };
          },
        }),
  };
}

function equivalents({ server, state }: Serving, name: string, resource: string, subResource: string): readonly EquivalentResource[] {
  const path = subResource === '' ? resource : `${resource}/${subResource}`;
  const groups = resource === 'events' ? ['', 'events.k8s.io'] : [name];
  const builtIn = server.release.apiVersions
    .filter((apiVersion) => groups.includes(groupVersion(apiVersion).group))
    .flatMap((apiVersion): readonly EquivalentResource[] => {
      const found = server.release.resources(apiVersion).find((each) => each.name === path);
      if (found === undefined) return [];
      return [{ resource: { ...groupVersion(apiVersion), resource }, kind: { ...groupVersion(found.kindVersion), kind: found.kind } }];
    });
  const definition = state.get({ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }, '', `${resource}.${name}`);
  const kind = asString(dig(definition, 'spec', 'names', 'kind')) ?? '';
  const custom = asList(dig(definition, 'spec', 'versions')).flatMap((each): readonly EquivalentResource[] => {
    const version = asString(field(each, 'name')) ?? '';
    if (field(each, 'served') === false) return [];
    return [{ resource: { group: name, version, resource }, kind: { group: name, version, kind } }];
  });
  return [...builtIn, ...custom];
}

/** The type that apply configurations of a kind have; a kind that is served under another version's paths alone, as Scale is, has none. */
function typeOf(kind: GroupVersionKind, { serving, target }: Attributes) {
  const { release } = serving.server;
  const isOwn = (apiVersion: string) =>
    release.resources(apiVersion).some((each) => each.kind === kind.kind && each.kindVersion === apiVersion);
  if (target.type.kind === 'built-in' && target.subresource !== '' && !isOwn(apiVersionOf(kind))) return 'untyped';
  const schema = serving.server.release.schemaOf(apiVersionOf(kind), kind.kind);
  if (schema !== undefined) return atomOf(schema);
  if (target.type.kind === 'built-in' && target.subresource !== '') return 'untyped';
  const isOther = kind.group !== target.group || kind.kind !== target.kind;
  const type = target.type.kind === 'custom' && !isOther ? customType(target.type.definition, kind.version) : undefined;
  if (type === undefined) return undefined;
  return customAtom(type.version.schema, serving.server.release.definition('meta.v1.ObjectMeta'), type.version.preservesUnknownFields);
}

/** The type of what a patch made of an object by changing its version or kind, or that there is none. */
function otherType(object: Json, apiVersion: string, kind: string, { server }: Serving): Target['type'] | string | undefined {
  const [version = '', name = ''] = [asString(field(object, 'apiVersion')), asString(field(object, 'kind'))];
  if (version === apiVersion && name === kind) return undefined;
  const schema = server.release.schemaOf(version, name);
  if (schema !== undefined) return { kind: 'built-in', schema };
  const shown = `${JSON.stringify(name)} is registered for version ${JSON.stringify(version)}`;
  return `no kind ${shown} in scheme "pkg/runtime/scheme.go:111"`;
}

function completed(
  object: Json,
  kind: GroupVersionKind,
  { target, serving }: Attributes,
): { readonly object: Json } | { readonly error: string } {
  const apiVersion = apiVersionOf(kind);
  const body = { value: object, oddities: undefined, apiVersion, kind: kind.kind, strict: [] };
  const other = target.type.kind === 'built-in' ? otherType(object, apiVersion, kind.kind, serving) : undefined;
  if (typeof other === 'string') return { error: other };
  const as: Target = { ...target, kindVersion: apiVersion, ...(other === undefined ? {} : { type: other }) };
  const outcome = target.type.kind === 'custom' ? mutatedCustom(body, as, serving) : decodeBuiltIn(body, as, serving);
  if (!outcome.ok) return { error: outcome.problem };
  if (target.type.kind === 'built-in' && outcome.value.strict.length > 0)
    return { error: `strict decoding error: ${outcome.value.strict.join(', ')}` };
  return { object: written(outcome.value.object, target) };
}
