// What a value may look like: one shape for the built-in kinds, whose schemas come from the published OpenAPI data, and for custom kinds,
// whose schemas come from `openAPIV3Schema` of their definition (structural schemas, KEP-1693). Facets that only one of them has are
// optional. Schemas are trees of plain records; those of built-in kinds are built on first use, so recursion costs nothing.

import type { Json } from '../../lib/json.ts';

export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';

/** Values whose form Go types decide when the API server decodes a built-in kind. */
export type GoFormat = 'int32' | 'int64' | 'double' | 'bytes' | 'time' | 'micro-time' | 'quantity' | 'int-or-string';

export interface Schema {
  /** Undefined: any type. */
  readonly type?: SchemaType;
  /** A `GoFormat` in built-in kinds; a format of OpenAPI in custom ones. */
  readonly format?: string;
  readonly properties?: ReadonlyMap<string, Schema>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly Json[];
  readonly default?: Json;
  readonly nullable?: boolean;
  readonly preserveUnknownFields?: boolean;
  readonly embeddedResource?: boolean;
  readonly intOrString?: boolean;
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'granular' | 'atomic';
  /** Built-in kinds: how strategic merge patches treat the field. */
  readonly patchStrategy?: readonly string[];
  readonly patchMergeKey?: string;
  /** Built-in kinds: the definition this is, such as `core.v1.Container`. */
  readonly definition?: string;
  /** Built-in kinds: whether the field is written though empty (`always`), as null where absent (`null`), if given (`given`), if not empty. */
  readonly written?: 'always' | 'null' | 'given' | 'filled';
  /** Custom kinds: limits on values. */
  readonly limits?: Limits;
  /** Custom kinds: schemas of which all, some, one or none must hold. They restrict values only; they define no fields. */
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
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
