// What a value may look like: one shape for the built-in kinds, whose schemas come from the published OpenAPI data, and for custom kinds,
// whose schemas come from `openAPIV3Schema` of their definition (structural schemas, KEP-1693). Facets that only one of them has are
// optional. Schemas are trees of plain records; those of built-in kinds are built on first use, so recursion costs nothing.

import type { Json } from '../../lib/json.ts';

export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';

/** Values whose form Go types decide when the API server decodes a built-in kind. */
export type GoFormat = 'int32' | 'int64' | 'double' | 'bytes' | 'time' | 'micro-time' | 'quantity' | 'int-or-string';

export interface Schema {
  /** Undefined: any type. */
  readonly type?: SchemaType | undefined;
  /** A `GoFormat` in built-in kinds; a format of OpenAPI in custom ones. */
  readonly format?: string | undefined;
  readonly properties?: ReadonlyMap<string, Schema> | undefined;
  readonly additionalProperties?: Schema | undefined;
  readonly items?: Schema | undefined;
  readonly required?: readonly string[] | undefined;
  readonly enum?: readonly Json[] | undefined;
  readonly default?: Json | undefined;
  readonly nullable?: boolean | undefined;
  readonly preserveUnknownFields?: boolean | undefined;
  readonly embeddedResource?: boolean | undefined;
  readonly intOrString?: boolean | undefined;
  readonly listType?: 'atomic' | 'set' | 'map' | undefined;
  readonly listMapKeys?: readonly string[] | undefined;
  readonly mapType?: 'granular' | 'atomic' | undefined;
  /** Built-in kinds: how strategic merge patches treat the field. */
  readonly patchStrategy?: readonly string[] | undefined;
  readonly patchMergeKey?: string | undefined;
  /** Built-in kinds: the definition this is, such as `core.v1.Container`. */
  readonly definition?: string | undefined;
  /** Built-in kinds: whether the field is written though empty (`always`), as null where absent (`null`), if given (`given`), if not empty. */
  readonly written?: 'always' | 'null' | 'given' | 'filled' | undefined;
  /** Custom kinds: limits on values. */
  readonly limits?: Limits | undefined;
  /** Custom kinds: schemas of which all, some, one or none must hold. They restrict values only; they define no fields. */
  readonly allOf?: readonly Schema[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly not?: Schema | undefined;
}

export interface Limits {
  readonly minimum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly maximum?: number;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  /** In Unicode characters. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** RE2, found anywhere in the text. */
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}
