// What the API server itself would refuse although the schema allows it: the rules that live in its code, of names, labels, ports, selectors, probes,
// volumes and the rest, by the validation of the request pipeline (kube-apiserver 1.36). Left out: what rests on other objects or on flags,
// definitions of custom kinds, objects that a server has taken already, values that a template is to fill in, values of Secrets.

import { schemasOf } from '../../kube/schema/load.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { type FieldError, fieldErrorBody } from '../../request/fields/error.ts';
import { refusalsOf } from '../../request/validate/refusals.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, notApplicable, type Outcome, objectsWhere } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { builtInViolations } from './schema-valid.ts';

/** More findings about one object than this are not listed: the first ones say why it is refused. */
const maxListed = 10;

/** What other controls tell, with a repair or more words: their findings are enough. */
const toldElsewhere: readonly (readonly [field: RegExp, detail: RegExp])[] = [
  [/(?:^|\.)(?:metadata|template)\.labels$/, /./], // hygiene/label-values, reliability/selector-mismatch
  [/ontainers\[[0-9]+\]\.ports\[[0-9]+\]\.name$/, /^/], // hygiene/container-ports
  [/\.resources\.requests$/, /must be less than or equal to/], // resources/memory-range, resources/cpu-range
  [/\.env\[[0-9]+\]/, /^duplicate/], // hygiene/duplicate-env
  [/^subjects\[/, /^$/], // identity/subject-invalid
  [/^roleRef\.kind$/, /^supported values/], // identity/role-missing
  [/\.restartPolicy$/, /^(?:supported|valid) values/], // reliability/restart-policy
];

/** Marks of templates: what stands there is not what the server will see. */
const placeholder = /\{\{|\$\(|\$\{|\$[A-Za-z_]|<[^>]*>|%[A-Z_]+%/;
/** The same in an expression, which compares with `<` and `>`. */
const placeholderInCode = /\{\{|\$\(|\$\{|\$[A-Za-z_]|%[A-Z_]+%/;

export const rejectedByServer = control({
  id: 'hygiene/rejected-by-server',
  aliases: [],
  severity: 'medium',
  title: 'Objects are such that the API server takes them',
  why: 'The API server refuses the object, and what it was to protect, limit or run is not there.',
  fix: 'Change the field as the message of the API server says; `cofferdam request` shows the whole decision.',
  frameworks: [],
  on: objectsWhere('every object of a built-in kind but definitions of custom kinds', ({ kind }) => kind !== 'CustomResourceDefinition'),
  check: ({ resource }, { snapshot }) => outcomes(resource, snapshot),
  examples: {
    pass: () => [
      cluster(deployment()),
      cluster(configMap('settings')),
      cluster(configMap('$NAME')),
      cluster(secret('.dockerconfigjson')),
      cluster(service(80)),
    ],
    fail: () => [
      cluster(configMap('Settings')),
      cluster(configMap('settings', 'a/b')),
      cluster(secret('config.json')),
      cluster(service(80, 81)),
      cluster(policy('object.spec.replicas > 1 && object.spec.minReadySeconds <')),
    ],
  },
});

function outcomes(resource: Resource, snapshot: Snapshot): readonly Outcome[] {
  const release = schemasOf(snapshot.facts.kubernetesVersion);
  if (release === undefined)
    return [notApplicable('no-schemas', 'there are no schemas of this version, so that the object cannot be read as the server does')];
  if (snapshot.facts.live || typeof resource.object.metadata?.uid === 'string')
    return [notApplicable('taken', 'a server has taken the object already')];
  if (resource.name === '' && resource.object.metadata?.generateName === undefined)
    return [notApplicable('nameless', 'an object without a name is a part of one, or is completed before it is sent')];
  const violations = builtInViolations(resource.object, release);
  if (violations === undefined) return [notApplicable('no-rules', 'the server has no rules of its own for this kind')];
  if (violations.length > 0)
    return [notApplicable('schema', 'the object does not have the form of its kind, which hygiene/schema-valid tells')];
  const errors = refusalsOf(resource.object, release);
  if (errors === undefined) return [notApplicable('no-rules', 'the server has no rules of its own for this kind')];
  return errors
    .filter(
      (error) => !isOpen(error, resource) && !toldElsewhere.some(([field, detail]) => field.test(error.field) && detail.test(error.detail)),
    )
    .slice(0, maxListed)
    .map((error) =>
      fail(pointerOf(error.field, resource.object), error.type, `the API server would refuse it: ${error.field}: ${fieldErrorBody(error)}`),
    );
}

/** Not known here: left to a template, or a value of a Secret; which keys a Secret has is known. */
function isOpen({ type, field, value = '', detail }: FieldError, { kind, group, name }: Resource): boolean {
  if (kind === 'Secret' && group === '' && field.startsWith('data')) return type !== 'FieldValueRequired';
  if (detail.startsWith('compilation failed')) return placeholderInCode.test(value);
  return placeholder.test(value) || placeholder.test(detail) || (field === 'metadata.name' && placeholder.test(name));
}

/** The pointer of a path as the server writes it: `spec.containers[0].image`, `metadata.labels[a.b/c]`; as far as the object has it. */
function pointerOf(path: string, object: unknown): string {
  const steps: string[] = [];
  let here: unknown = object;
  for (const [step, key] of [...path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map(
    (match) => [match[0], match[2] ?? match[1] ?? ''] as const,
  )) {
    const within = step.startsWith('[') && Array.isArray(here) && !/^[0-9]+$/.test(key) ? undefined : key;
    const next = typeof here === 'object' && here !== null && within !== undefined && Object.hasOwn(here, within) ? within : undefined;
    if (next === undefined) break;
    steps.push(next);
    here = (here as Readonly<Record<string, unknown>>)[next];
  }
  return steps.length === 0 ? '' : pointer(...steps);
}

function configMap(name: string, key = 'mode') {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { [key]: 'fast' } };
}

function secret(key: string) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'registry', namespace: 'shop' },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { [key]: '{}' },
  };
}

function service(...ports: readonly number[]) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { ports: ports.map((port) => ({ port })) },
  };
}

function policy(expression: string) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'replicas' },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }],
      },
      validations: [{ expression }],
    },
  };
}
