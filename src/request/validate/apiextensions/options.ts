// What is asked of a definition: all of it from a new one; of an update, nothing that the stored definition already gets wrong, so that rules
// can become stricter without locking anybody out (k8s.io/apiextensions-apiserver validation/validation.go, 1.36).

import { schemasOf } from '../../../kube/schema/load.ts';
import { kubernetesEnvironment } from '../../../languages/cel/kubernetes.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { root } from '../../fields/path.ts';
import { objects, struct, text, texts } from '../read.ts';
import { bundleComplaint } from './conversion.ts';
import { hasUnknownFields } from './defaults.ts';
import { type Definition, definitionOf, isTrue, openApiSchema, schemaOf, schemasOf as schemasIn } from './definition.ts';
import { hasNonAtomicItems, validateKeys } from './list-types.ts';
import { hasDefault, schemaTypes, someSchema, validations } from './schema-props.ts';
import { maxSelectableFields } from './selectable-fields.ts';
import { sameVersionPart } from './shown.ts';
import { notStructural, structuralErrors } from './structural.ts';
import type { VersionOptions } from './validation.ts';

export interface DefinitionOptions extends VersionOptions {
  readonly schemas: boolean;
  readonly knownReviewVersion: boolean;
  readonly immutableNames: boolean;
  readonly anyBundle: boolean;
  /** Versions whose selectable fields may be too many; '' for those of all versions. */
  readonly manySelectableFields: ReadonlySet<string>;
  /** Versions whose schemas did not change. */
  readonly unchanged: ReadonlySet<string>;
}

/** What a new definition must answer for. `release` is `1.36`. */
export function createOptions(release: string): DefinitionOptions {
  const minor = Number(release.split('.')[1] ?? '');
  return {
    schemas: true,
    structural: true,
    prunedDefaults: true,
    atomicSets: true,
    keysOfMaps: true,
    knownTypes: true,
    knownReviewVersion: true,
    immutableNames: false,
    anyBundle: true,
    manySelectableFields: new Set(),
    unchanged: new Set(),
    metadata: schemasOf(release)?.definition('meta.v1.ObjectMeta'),
    rules: { stored: kubernetesEnvironment(minor), fresh: kubernetesEnvironment(minor - 1), known: new Set(), anyCost: false },
  };
}

/** What an update must answer for. */
export function updateOptions(release: string, now: Definition, stored: JsonObject): DefinitionOptions {
  const old = definitionOf(stored);
  const schemas = schemasIn(old);
  const none = (is: (schema: JsonObject) => boolean) => !schemas.some((schema) => someSchema(schema, is));
  const every = createOptions(release);
  return {
    ...every,
    schemas: openApiSchema(old.schema) !== undefined || old.versions.every((version) => openApiSchema(version.schema) !== undefined),
    structural: schemas.every((schema) => notStructural(schema) === undefined && structuralErrors(schema, root).length === 0),
    prunedDefaults: !schemas.some(hasUnprunedDefaults),
    atomicSets: none(hasNonAtomicItems),
    keysOfMaps: none((schema) => {
      const errors: Parameters<typeof validateKeys>[2] = [];
      validateKeys(schema, root, errors);
      return errors.length > 0;
    }),
    knownTypes: none(({ type }) => text(type) !== '' && !schemaTypes.includes(text(type))),
    knownReviewVersion: hasKnownReviewVersion(old.conversion),
    immutableNames: isTrue(stored, 'Established'),
    anyBundle: !isTrue(stored, 'Established') || hasOddBundle(old.conversion),
    manySelectableFields: tooManyBefore(now, old),
    unchanged: new Set(
      now.versions
        .map((version) => text(version.name))
        .filter((name) => {
          const isOld = old.versions.some((version) => text(version.name) === name);
          return isOld && sameVersionPart('schema', schemaOf(now, name), schemaOf(old, name));
        }),
    ),
    rules: { ...every.rules, known: expressionsOf(schemas) },
  };
}

function hasUnprunedDefaults(schema: JsonObject): boolean {
  if (notStructural(schema) !== undefined || structuralErrors(schema, root).length > 0) return false;
  return someSchema(schema, (part) => hasDefault(part) && hasUnknownFields(part.default as Json, part));
}

function hasKnownReviewVersion(conversion: JsonObject | undefined): boolean {
  const versions = texts(struct(conversion?.webhook).conversionReviewVersions);
  return versions.length === 0 || versions.some((version) => version === 'v1' || version === 'v1beta1');
}

function hasOddBundle(conversion: JsonObject | undefined): boolean {
  const bundle = text(struct(struct(conversion?.webhook).clientConfig).caBundle);
  return bundle !== '' && bundleComplaint(bundle) !== undefined;
}

function tooManyBefore(now: Definition, old: Definition): ReadonlySet<string> {
  const names = new Set<string>();
  const kept = (before: readonly JsonObject[], after: readonly JsonObject[]) =>
    before.length > maxSelectableFields && sameVersionPart('selectableFields', before, after);
  if (kept(old.selectableFields, now.selectableFields)) names.add('');
  for (const version of now.versions) {
    const before = old.versions.find(({ name }) => name === version.name);
    if (before !== undefined && kept(objects(before.selectableFields), objects(version.selectableFields))) names.add(text(version.name));
  }
  return names;
}

function expressionsOf(schemas: readonly JsonObject[]): ReadonlySet<string> {
  const rules = new Set<string>();
  for (const schema of schemas)
    someSchema(schema, (part) => {
      for (const rule of objects(part[validations])) rules.add(text(rule.rule));
      return false;
    });
  return rules;
}
