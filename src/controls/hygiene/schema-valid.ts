// Objects have fields, types and values that the API server knows. Built-in kinds by the published schemas of the target release, custom kinds
// by their definition where the input holds it. Left out: what only the server's code checks, CEL rules, and definitions of custom kinds
// themselves unless `definitions` is set, since most input consists of them and reading them whole takes longer than all else.

import type { KubeObject } from '../../kube/object.ts';
import { schemasOf } from '../../kube/schema/load.ts';
import type { Release } from '../../kube/schema/release.ts';
import { customViolations, isBuiltInGroup, violations } from '../../kube/schema/validate.ts';
import type { Violation } from '../../kube/schema/violation.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { definitionsFor } from '../../snapshot/definitions.ts';
import { readRedacted } from '../../snapshot/redacted.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, notApplicable, type Outcome, type Target, unknown } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { fieldAt } from '../repair.ts';

/** More findings about one object than this are counted, not listed. */
const maxListed = 20;

interface Judged {
  readonly resource: Resource;
  readonly release: Release;
}

const everyObject: Target<Judged | undefined> = {
  description: 'every object whose schema is known',
  *subjects(snapshot) {
    const release = schemasOf(snapshot.facts.kubernetesVersion);
    if (release === undefined) yield { resource: undefined, subject: undefined };
    else for (const resource of snapshot.resources) yield { resource, subject: { resource, release } };
  },
};

export const schemaValid = control({
  id: 'hygiene/schema-valid',
  aliases: ['schema-validation', 'kubeconform', 'kubeval'],
  severity: 'medium',
  title: 'Objects have the fields and types that the API server knows',
  why: 'The API server refuses the object, or drops the field it does not know, and a setting meant to protect protects nothing.',
  fix: 'Correct the spelling, the place or the type of the field; `kubectl explain` shows what a kind has.',
  frameworks: [],
  parameters: { definitions: false },
  on: everyObject,
  check: (subject, { snapshot, parameters }) => {
    if (subject === undefined)
      return [
        unknown('', 'no-schemas', `no schemas are loaded for Kubernetes ${snapshot.facts.kubernetesVersion}, so no object was checked`),
      ];
    if (subject.resource.kind === 'CustomResourceDefinition' && parameters.definitions !== true)
      return [notApplicable('definition', 'definitions of custom kinds are checked when `definitions` is set')];
    return outcomes(subject, snapshot);
  },
  examples: {
    pass: () => [cluster(deployment()), cluster(deployment(), widgetDefinition(), widget({ size: 3 }))],
    fail: () => [
      cluster(deployment({ spec: { replica: 3 } })),
      cluster(deployment({ spec: { minReadySeconds: '10' } })),
      cluster(deployment(), widgetDefinition(), widget({ size: 'large' })),
    ],
  },
});

function outcomes(subject: Judged, snapshot: Snapshot): readonly Outcome[] {
  const { resource, release } = subject;
  const found = isBuiltInGroup(resource.group, release) ? builtInViolations(resource.object, release) : leastRefused(subject, snapshot);
  if (found === undefined) return [notApplicable('no-schema', 'the release and the input say nothing about this kind')];
  const own = found.filter((violation) => !isRedacted(resource, violation));
  if (own.some(isDirective)) return [notApplicable('patch', 'the document is a patch, not an object')];
  const listed = own.slice(0, maxListed).map((violation) => fail(violation.pointer, violation.code, told(resource, violation)));
  const more = own.length - listed.length;
  return more === 0 ? listed : [...listed, fail('', 'more', `${more} more fields are not as the schema has them`)];
}

const known = new WeakMap<KubeObject, readonly Violation[] | undefined>();

/** What the schema of a built-in kind refuses; asked once for an object, since other controls ask too. */
export function builtInViolations(object: KubeObject, release: Release): readonly Violation[] | undefined {
  if (!known.has(object)) known.set(object, violations(object, release));
  return known.get(object);
}

/** What the nearest definition refuses, unless a definition of the kind in the input takes the object. */
function leastRefused({ resource, release }: Judged, snapshot: Snapshot): readonly Violation[] | undefined {
  let nearest: { readonly closeness: number; readonly found: readonly Violation[] } | undefined;
  for (const { version, closeness } of definitionsFor(snapshot, resource)) {
    const found = customViolations(resource.object, version, release);
    if (found.length === 0) return found;
    if (nearest === undefined || closeness > nearest.closeness) nearest = { closeness, found };
  }
  return nearest?.found;
}

/** Values of Secrets are marks in a snapshot; their form is not known any more. */
function isRedacted(resource: Resource, { pointer }: Violation): boolean {
  return resource.kind === 'Secret' && resource.group === '' && readRedacted(fieldAt(resource.object, pointer)) !== undefined;
}

/** What is wrong of a field; of a Secret's values only that it is. */
function told({ kind, group }: Resource, { pointer, code, message }: Violation): string {
  if (kind !== 'Secret' || group !== '' || code !== 'wrong-type' || !/^\/(data|stringData)(\/|$)/.test(pointer)) return message;
  const field = tokens(pointer)[0] ?? '';
  return `${field} is a mapping whose values are strings, and this one is not; values of Secrets are not shown`;
}

/** `$patch`, `$setElementOrder/containers`, `$retainKeys`: words of strategic merge patches, as kustomize keeps them in files. */
function isDirective({ pointer, code }: Violation): boolean {
  return code === 'unknown-field' && (tokens(pointer).at(-1) ?? '').startsWith('$');
}

function widgetDefinition() {
  const schema = { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.shop.example.com' },
    spec: {
      group: 'shop.example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

function widget(spec: { readonly size: number | string }) {
  return { apiVersion: 'shop.example.com/v1', kind: 'Widget', metadata: { name: 'window', namespace: 'shop' }, spec };
}
