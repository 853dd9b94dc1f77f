// A definition as the API server's internal type holds it: what all versions have in common stands once for all of them, which decides where
// an error is reported, `spec.validation…` or `spec.versions[1].schema…` (k8s.io/apiextensions-apiserver v1/conversion.go, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { given, object, objects, struct, text } from '../read.ts';
import { sameVersionPart, shownVersions } from './shown.ts';

export interface Definition {
  readonly group: string;
  readonly scope: string;
  readonly names: JsonObject;
  readonly preservesUnknownFields: boolean;
  /** The name of the first version. */
  readonly version: string;
  readonly versions: readonly JsonObject[];
  /** The versions as messages show them; null where none are given, which is not the same as an empty list. */
  readonly shown: () => Json;
  /** What all versions share. */
  readonly schema: JsonObject | undefined;
  readonly subresources: JsonObject | undefined;
  readonly columns: readonly JsonObject[];
  readonly selectableFields: readonly JsonObject[];
  readonly conversion: JsonObject | undefined;
}

const parts = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;

export function definitionOf(crd: JsonObject): Definition {
  const spec = struct(crd.spec);
  const given = objects(spec.versions);
  const [first] = given;
  const shared = new Map<string, Json | undefined>();
  for (const part of parts)
    if (first !== undefined && given.every((version) => sameVersionPart(part, version[part], first[part]))) shared.set(part, first[part]);
  const versions = given.map((version) => Object.fromEntries(Object.entries(version).filter(([key]) => !shared.has(key))));
  return {
    group: text(spec.group),
    scope: text(spec.scope),
    names: struct(spec.names),
    preservesUnknownFields: spec.preserveUnknownFields === true,
    version: text(first?.name),
    versions,
    shown: () => shownVersions(Array.isArray(spec.versions) ? versions : null),
    schema: object(shared.get('schema')),
    subresources: object(shared.get('subresources')),
    columns: objects(shared.get('additionalPrinterColumns')),
    selectableFields: objects(shared.get('selectableFields')),
    conversion: object(spec.conversion),
  };
}

/** The OpenAPI schema of a version, or of all of them. */
export function openApiSchema(validation: Json | undefined): JsonObject | undefined {
  return object(struct(validation).openAPIV3Schema);
}

/** All schemas of a definition. */
export function schemasOf({ schema, versions }: Definition): readonly JsonObject[] {
  return [schema, ...versions.map((version) => object(version.schema))].map(openApiSchema).filter((each) => each !== undefined);
}

/** The schema of a version, its own or the common one. */
export function schemaOf({ schema, versions }: Definition, name: string): JsonObject | undefined {
  return schema ?? object(versions.find((version) => text(version.name) === name)?.schema);
}

/** A condition of the stored definition that is true. */
export function isTrue(crd: JsonObject, condition: string): boolean {
  return objects(struct(crd.status).conditions).some(({ type, status }) => type === condition && status === 'True');
}

/** True where a status is a subresource. */
export function hasStatus(subresources: Json | undefined): boolean {
  return given(struct(subresources).status);
}
