// What the API server's own rules refuse of an object, whatever the cluster: decoded, defaulted, prepared and validated as a create would be. Left
// out is all that rests on other objects or on flags: authorization, admission, allocation, whether the name is taken.

import { requestInfo } from '../../identity/request-info.ts';
import { groupVersion, type KubeObject } from '../../kube/object.ts';
import { setDefaults } from '../../kube/schema/defaults/apply.ts';
import { decode } from '../../kube/schema/defaults/decode.ts';
import { type Struct, structAt } from '../../kube/schema/defaults/struct.ts';
import type { Release, ServedResource } from '../../kube/schema/release.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { FieldError } from '../fields/error.ts';
import { apiServer, type Server } from '../server.ts';
import type { State } from '../store/state.ts';
import { metadataOf, prepareForCreate } from '../strategy/strategy.ts';
import type { Target } from '../target.ts';
import { newObjectErrors } from './built-in.ts';
import { validatorOf } from './index.ts';

const nothing: State = { get: () => undefined, list: () => [] };
const circumstances = {
  now: '2030-01-01T00:00:00Z',
  uid: () => '00000000-0000-4000-8000-000000000000',
  suffix: (length: number) => 'x'.repeat(length),
};
const nobody = { name: 'admin', groups: ['system:masters'] };

const known = new WeakMap<Release, WeakMap<KubeObject, { readonly errors: readonly FieldError[] | undefined }>>();

/**
 * Field errors of an object of a built-in kind; undefined where the release does not have the kind, or nothing but its schema says how it must
 * be. Texts that stand in a repository many times are read as one object, which is judged once.
 */
export function refusalsOf(object: KubeObject, release: Release): readonly FieldError[] | undefined {
  let judged = known.get(release);
  if (judged === undefined) {
    judged = new WeakMap();
    known.set(release, judged);
  }
  let answer = judged.get(object);
  if (answer === undefined) {
    answer = { errors: judge(object, release) };
    judged.set(object, answer);
  }
  return answer.errors;
}

function judge(object: KubeObject, release: Release): readonly FieldError[] | undefined {
  const { group } = groupVersion(object.apiVersion);
  const served = release.resourceOf(object.apiVersion, object.kind);
  const schema = release.schemaOf(object.apiVersion, object.kind);
  if (served === undefined || schema === undefined || validatorOf(group, object.kind) === undefined) return undefined;
  const decoded = decode(object as Json, schema);
  setDefaults(decoded, schema);
  const struct = decoded as unknown as Struct;
  const metadata = metadataOf(struct);
  if (served.namespaced) metadata.namespace ??= 'default';
  else delete metadata.namespace;
  for (const key of ['resourceVersion', 'managedFields']) delete metadata[key];
  metadata.creationTimestamp = circumstances.now;
  metadata.uid = circumstances.uid();
  if (typeof metadata.generateName === 'string') metadata.name ??= `${metadata.generateName.slice(0, 58)}${circumstances.suffix(5)}`;
  const target = targetOf(served, object.kind, group, schema);
  const attributes = {
    operation: 'CREATE' as const,
    target,
    serving: { server: serverOf(release), state: nothing, circumstances },
    user: nobody,
    name: '',
    namespace: served.namespaced ? String(metadata.namespace) : '',
    object: struct,
    old: undefined,
    options: {},
    dryRun: true,
    warnings: [],
    unknown: [],
    audit: new Map<string, string>(),
  };
  if (group === '' && object.kind === 'Pod') structAt(struct, 'spec').serviceAccountName ??= 'default';
  prepareForCreate(struct, target, attributes);
  const errors = newObjectErrors(struct as unknown as JsonObject, attributes);
  return group === '' && object.kind === 'Service' ? errors.filter((error) => !isAllocated(error)) : errors;
}

/** What a server would have given out before it looked. */
function isAllocated({ type, field }: FieldError): boolean {
  return type === 'FieldValueRequired' && (field === 'spec.clusterIPs' || field === 'spec.healthCheckNodePort');
}

const servers = new WeakMap<Release, Server>();

function serverOf(release: Release): Server {
  let server = servers.get(release);
  if (server === undefined) {
    server = apiServer(release);
    servers.set(release, server);
  }
  return server;
}

const targets = new WeakMap<ServedResource, Target>();

function targetOf(served: ServedResource, kind: string, group: string, schema: NonNullable<ReturnType<Release['schemaOf']>>): Target {
  let target = targets.get(served);
  if (target === undefined) {
    const { apiVersion, name: resource, namespaced, verbs, kindVersion } = served;
    const { version } = groupVersion(apiVersion);
    const namespace = namespaced ? 'default' : '';
    const info = requestInfo('POST', `${group === '' ? '/api' : '/apis'}/${apiVersion}/${resource}`);
    const type = { kind: 'built-in' as const, schema };
    target = {
      info,
      apiVersion,
      group,
      version,
      resource,
      subresource: '',
      kind,
      kindVersion,
      namespaced,
      namespace,
      name: '',
      verbs,
      type,
    };
    targets.set(served, target);
  }
  return target;
}
