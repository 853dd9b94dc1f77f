// HTTP requests of the apiserver-admission suite as admission sees them: create, patch, delete, delete of a collection, connect, and the
// subresources that these scenarios use.

import { groupVersion, isKubeObject, type KubeObject } from '../../src/kube/object.ts';
import { applyMergePatch } from '../../src/kube/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../src/kube/patch/strategic-merge.ts';
import { withDefaults } from '../../src/kube/schema/defaults/apply.ts';
import type { Release } from '../../src/kube/schema/release.ts';
import { matches, parseSelector } from '../../src/kube/selector.ts';
import { asList, dig, field, type Json, type JsonObject, stringMap } from '../../src/lib/json.ts';
import type { AdmissionContext, AdmissionInput, UserInfo } from '../../src/policy/admission.ts';
import type { Kinds } from '../../src/policy/of-snapshot.ts';
import { heldAgainst } from '../../src/request/decode/typed.ts';
import { ofKind } from '../../src/snapshot/lookup.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly contentType?: string;
  readonly body?: Json;
}

/** The objects that are there after what was done before. */
export function stateOf(steps: readonly JsonObject[], release: Release): readonly KubeObject[] {
  const objects = new Map<string, KubeObject>();
  for (const step of steps) {
    if (isKubeObject(step)) {
      objects.set(keyOf(step), (withDefaults(stamped(step), release) as KubeObject | undefined) ?? step);
      continue;
    }
    const meant = step.delete ?? step.patch;
    const key = isKubeObject(meant) ? keyOf(meant) : '';
    const object = objects.get(key);
    if (object === undefined) continue;
    if (step.delete !== undefined)
      objects.set(key, { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    else objects.set(key, applyMergePatch(object as Json, step.body ?? null) as KubeObject);
  }
  return [...objects.values()];
}

function keyOf({ apiVersion, kind, metadata }: KubeObject): string {
  return `${groupVersion(apiVersion).group}/${kind}/${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

/** What the server knows of every object that is stored. */
function stamped(object: KubeObject): KubeObject {
  if (object.kind !== 'Namespace') return object;
  return { ...labelled(object), spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
}

function labelled(object: KubeObject): KubeObject {
  const labels = { ...stringMap(field(object.metadata, 'labels')), 'kubernetes.io/metadata.name': String(object.metadata?.name) };
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** The requests that admission sees: one, or one for each object of a collection. */
export function inputsOf(request: HttpRequest, state: Snapshot, kinds: Kinds, userInfo: UserInfo): readonly AdmissionInput[] {
  const { method, path, query, contentType = '', body = null } = request;
  const parts = path.split('/').filter((part) => part !== '');
  const grouped = parts[0] === 'apis';
  const [group = '', version = ''] = grouped ? parts.slice(1, 3) : ['', parts[1]];
  let rest = parts.slice(grouped ? 3 : 2);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 2) {
    namespace = rest[1] ?? '';
    rest = rest.slice(2);
  }
  const [resource = '', name = '', subResource = ''] = rest;
  if (resource === 'namespaces') namespace = name;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const main = kindAt(kinds, apiVersion, resource);
  const stored = (each: string): KubeObject | undefined => {
    const found = ofKind(state, group, main).find(
      (known) => known.name === each && (known.namespace === namespace || known.namespace === ''),
    );
    return found && (complete(kinds, { ...found.object, apiVersion }) as KubeObject);
  };
  const served = kinds.release?.resources(apiVersion).find((each) => each.name === `${resource}/${subResource}`);
  const kind =
    subResource === ''
      ? { group, version, kind: main }
      : { ...groupVersion(served?.kindVersion ?? apiVersion), kind: served?.kind ?? main };
  const base = {
    kind,
    resource: { group, version, resource },
    subResource,
    name,
    namespace,
    userInfo,
    dryRun: query.dryRun === 'All',
    object: null,
    oldObject: null,
  };
  if (/^(?:attach|exec|portforward|proxy)$/.test(subResource)) {
    const object: Json = { apiVersion, kind: connectKind(resource, subResource), ...connectOptions(query) };
    return [{ ...base, operation: 'CONNECT', kind: { group, version, kind: connectKind(resource, subResource) }, object }];
  }
  const options = {
    apiVersion: 'meta.k8s.io/v1',
    dryRun: base.dryRun ? ['All'] : [],
    ...(query.fieldManager && { fieldManager: String(query.fieldManager) }),
  };
  if (method === 'DELETE' && name === '') {
    const selector = parseSelector(String(query.labelSelector ?? ''));
    return ofKind(state, group, main)
      .filter(
        ({ object, namespace: place }) =>
          place === namespace && selector.ok && matches(selector.value, stringMap(dig(object, 'metadata', 'labels'))),
      )
      .map((known) => ({ ...base, operation: 'DELETE' as const, name: '', oldObject: stored(known.name) as Json }));
  }
  if (method === 'DELETE') return [{ ...base, operation: 'DELETE', oldObject: (stored(name) ?? null) as Json }];
  if (method === 'POST') {
    const object = complete(kinds, placed(body, kind, namespace, resource));
    const given = name !== '' ? name : String(dig(body, 'metadata', 'name') ?? '');
    return [
      {
        ...base,
        operation: 'CREATE',
        name: given,
        namespace: resource === 'namespaces' ? given : namespace,
        object,
        options: { ...options, kind: 'CreateOptions' },
      },
    ];
  }
  const whole = (stored(name) ?? null) as Json;
  const old = subResource === 'scale' ? scaleOf(whole) : whole;
  const schema = kinds.release?.schemaOf(apiVersion, main);
  const strategic =
    contentType.startsWith('application/strategic') && schema !== undefined ? applyStrategicMergePatch(old, body, schema) : undefined;
  const patched = strategic?.ok === true ? strategic.value : applyMergePatch(old, body);
  const object = complete(kinds, subResource === 'status' ? { ...(old as JsonObject), status: field(patched, 'status') ?? {} } : patched);
  return [{ ...base, operation: 'UPDATE', object, oldObject: old, options: { ...options, kind: 'PatchOptions' } }];
}

function kindAt({ release, custom }: Kinds, apiVersion: string, resource: string): string {
  const { group } = groupVersion(apiVersion);
  const builtIn = release?.resources(apiVersion).find((each) => each.name === resource)?.kind;
  return builtIn ?? custom.find((each) => each.group === group && each.plural === resource)?.kind ?? '';
}

function placed(body: Json, { group, version, kind }: AdmissionInput['kind'], namespace: string, resource: string): Json {
  const metadata: Record<string, Json | undefined> = { ...(field(body, 'metadata') as JsonObject | undefined) };
  if (metadata.name === undefined && typeof metadata.generateName === 'string') metadata.name = `${metadata.generateName}<rand>`;
  if (namespace !== '' && resource !== 'namespaces') metadata.namespace = namespace;
  const object = { ...(body as JsonObject), apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata } as KubeObject;
  return (kind === 'Namespace' ? labelled(object) : object) as Json;
}

function complete({ release, custom }: Kinds, object: Json): Json {
  if (!isKubeObject(object)) return object;
  const { group } = groupVersion(object.apiVersion);
  if (custom.some((each) => each.group === group)) return object as Json;
  return ((release && withDefaults(object, release)) ?? object) as Json;
}

function connectKind(resource: string, subResource: string): string {
  const kinds: Readonly<Record<string, string>> = {
    exec: 'PodExecOptions',
    attach: 'PodAttachOptions',
    portforward: 'PodPortForwardOptions',
  };
  return (
    kinds[subResource] ?? (resource === 'services' ? 'ServiceProxyOptions' : resource === 'nodes' ? 'NodeProxyOptions' : 'PodProxyOptions')
  );
}

function connectOptions(query: HttpRequest['query']): JsonObject {
  const flag = (key: string) => (query[key] === 'true' ? { [key]: true } : {});
  const command = query.command === undefined ? {} : { command: typeof query.command === 'string' ? [query.command] : query.command };
  return {
    ...flag('stdin'),
    ...flag('stdout'),
    ...flag('stderr'),
    ...flag('tty'),
    ...(query.container && { container: String(query.container) }),
    ...command,
  };
}

function scaleOf(object: Json): Json {
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: dig(object, 'metadata', 'name') ?? '', namespace: dig(object, 'metadata', 'namespace') ?? '' },
    spec: { replicas: dig(object, 'spec', 'replicas') ?? 0 },
    status: { replicas: 0 },
  };
}

/** Decodes as the server does after a mutation: strictly, by the Go types, with defaults. */
export function decoding(release: Release, custom: NonNullable<AdmissionContext['complete']>): NonNullable<AdmissionContext['complete']> {
  return (object, type) => {
    const { group, version, kind } = type;
    const schema = release.schemaOf(group === '' ? version : `${group}/${version}`, kind);
    if (schema === undefined || !isKubeObject(object)) return custom(object, type);
    const { error, strict } = heldAgainst(object as Json, schema);
    if (error !== undefined) return { error };
    if (strict.length > 0) return { error: `strict decoding error: ${strict.join(', ')}` };
    return { object: (withDefaults(object, release) ?? object) as Json };
  };
}

/** What the server and its other plugins have filled in when validating policies look at a new object. */
export function filled(object: Json): Json {
  const own = { uid: '<uid:1>', creationTimestamp: '<time>', managedFields: [] };
  const metadata: JsonObject = { ...(field(object, 'metadata') as JsonObject | undefined), ...own };
  if (field(object, 'kind') !== 'Pod') return { ...(object as JsonObject), metadata };
  const spec = field(object, 'spec') as JsonObject | undefined;
  const tolerations = ['not-ready', 'unreachable'].map((key) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
  }));
  const added = { serviceAccountName: 'default', priority: 0, tolerations: [...asList(spec?.tolerations), ...tolerations] };
  const volumes = [...asList(spec?.volumes), { name: 'kube-api-access-<rand>', projected: {} }];
  return {
    ...(object as JsonObject),
    metadata,
    spec: { ...spec, ...added, volumes },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  };
}
