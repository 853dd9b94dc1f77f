// Every workload kind lowered to the one pod model, so that no analysis can forget a kind of workload or of container.
// Built-in kinds by table; kinds of custom resources by the pod templates they embed, found by shape.

import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject, stringMap, strings } from '../../lib/json.ts';
import { escapeToken } from '../../lib/json-pointer.ts';
import { groupVersion, type KubeObject } from '../object.ts';
import type { Container, ContainerRole, Member, Pod } from './types.ts';

/** Where built-in kinds keep their pod; the empty list marks the object itself as the pod. */
const templates: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [],
  '/PodTemplate': ['template'],
  '/ReplicationController': ['spec', 'template'],
  'apps/Deployment': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'extensions/Deployment': ['spec', 'template'],
  'extensions/ReplicaSet': ['spec', 'template'],
  'extensions/DaemonSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The pods an object describes: one for workloads, several for custom resources with several templates, none for the rest. */
export function podsOf(object: KubeObject): readonly Pod[] {
  let pods = lowered.get(object);
  if (pods === undefined) {
    pods = lower(object);
    lowered.set(object, pods);
  }
  return pods;
}

/** Objects are immutable and equal documents share theirs, so each is lowered once. */
const lowered = new WeakMap<KubeObject, readonly Pod[]>();

function lower(object: KubeObject): readonly Pod[] {
  const { group } = groupVersion(object.apiVersion);
  const path = Object.hasOwn(templates, `${group}/${object.kind}`) ? templates[`${group}/${object.kind}`] : undefined;
  if (path !== undefined) {
    const holder = dig(object, ...path);
    return isObject(field(holder, 'spec')) ? [lowerPod(asObject(holder), pathText(path))] : [];
  }
  if (isBuiltInGroup(group) || object.kind === 'CustomResourceDefinition') return [];
  return embeddedTemplates(object.spec, ['spec'], 0).map(({ holder, path: at }) => lowerPod(holder, pathText(at)));
}

/** Lowers `{metadata, spec}` at pointer `holderPath` of its object. */
export function lowerPod(holder: JsonObject, holderPath: string): Pod {
  const spec = asObject(holder.spec);
  const metadata = asObject(holder.metadata);
  const path = `${holderPath}/spec`;
  return {
    path,
    metadataPath: `${holderPath}/metadata`,
    metadata,
    spec,
    securityContext: asObject(spec.securityContext),
    labels: stringMap(metadata.labels),
    annotations: stringMap(metadata.annotations),
    volumes: members(spec.volumes, `${path}/volumes`),
    containers: [
      ...containers(spec.initContainers, `${path}/initContainers`, (container) =>
        container.restartPolicy === 'Always' ? 'sidecar' : 'init',
      ),
      ...containers(spec.containers, `${path}/containers`, () => 'normal'),
      ...containers(spec.ephemeralContainers, `${path}/ephemeralContainers`, () => 'ephemeral'),
    ],
    os: asString(dig(spec, 'os', 'name')),
    at: (suffix) => path + suffix,
  };
}

function containers(list: Json | undefined, path: string, role: (container: JsonObject) => ContainerRole): readonly Container[] {
  return members(list, path).map((member): Container => {
    const { spec } = member;
    return {
      role: role(spec),
      name: asString(spec.name) ?? '',
      path: member.path,
      spec,
      image: asString(spec.image),
      securityContext: asObject(spec.securityContext),
      env: members(spec.env, `${member.path}/env`),
      envFrom: members(spec.envFrom, `${member.path}/envFrom`),
      ports: members(spec.ports, `${member.path}/ports`),
      volumeMounts: members(spec.volumeMounts, `${member.path}/volumeMounts`),
      command: strings(spec.command),
      args: strings(spec.args),
      at: (suffix) => member.path + suffix,
    };
  });
}

/** The objects of a list with their pointers; members of another shape are left to schema validation. */
export function members(list: Json | undefined, path: string): readonly Member[] {
  const found: Member[] = [];
  asList(list).forEach((item, index) => {
    if (isObject(item)) found.push({ spec: item, path: `${path}/${index}` });
  });
  return found;
}

interface Template {
  readonly holder: JsonObject;
  readonly path: readonly (string | number)[];
}

const maxTemplateDepth = 6;

/** Pod templates inside a custom resource: an object whose `spec.containers` is a list of objects with a name and an image. */
function embeddedTemplates(value: Json | undefined, path: readonly (string | number)[], depth: number): readonly Template[] {
  if (depth > maxTemplateDepth) return [];
  if (Array.isArray(value))
    return value.flatMap((item: Json, index) => (isObject(item) ? embeddedTemplates(item, [...path, index], depth + 1) : []));
  if (!isObject(value)) return [];
  if (isPodSpec(value.spec)) return [{ holder: value, path }];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === 'object' && item !== null ? embeddedTemplates(item, [...path, key], depth + 1) : [],
  );
}

function isPodSpec(value: Json | undefined): boolean {
  const list = asList(field(value, 'containers'));
  return list.length > 0 && list.every((item) => typeof field(item, 'image') === 'string' && isObject(item));
}

function isBuiltInGroup(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((key) => `/${escapeToken(key)}`).join('');
}
