// How the data in generated/ are written: compact, descriptions left out. tools/schemas.ts writes them, release.ts reads them. newest.json
// holds the newest release whole; older.json the older ones, newest first, each as what differs from the next newer, null for what is gone.

/** A type: `string`, `[]core.v1.Container`, `{}quantity`; a name with a dot is a definition. Before it, how the field is written when empty. */
export type EncodedType = string;

/**
 * A field: its type alone, or with what else is known. Marks before the type say how Go writes the field: `!` always, empty or not; `*`
 * whenever it was given (a pointer); without a mark only when it is not empty.
 */
export type EncodedField =
  | EncodedType
  | {
      readonly type: EncodedType;
      /** Allowed strings; of the members where the type is a list. */
      readonly enum?: readonly string[];
      readonly default?: unknown;
      /** x-kubernetes-list-type: atomic, set or map. */
      readonly list?: string;
      /** x-kubernetes-list-map-keys. */
      readonly keys?: readonly string[];
      /** x-kubernetes-map-type: atomic. */
      readonly atomic?: true;
      /** x-kubernetes-patch-strategy: merge, replace, retainKeys, or two of them. */
      readonly patch?: string;
      readonly mergeKey?: string;
    };

export interface EncodedDefinition {
  readonly fields: Readonly<Record<string, EncodedField>>;
  readonly required?: readonly string[];
  readonly atomic?: true;
}

/** Definitions by kind, of one API version. */
export type EncodedKinds = Readonly<Record<string, string>>;

export interface EncodedResource {
  readonly kind: string;
  /** API version of the kind where it is another than the resource's: `autoscaling/v1` of `deployments/scale`. */
  readonly kindVersion?: string;
  readonly namespaced: boolean;
  /** Separated by spaces, sorted. */
  readonly verbs: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** Resources of one API version by plural name; subresources as `pods/status`. */
export type EncodedResources = Readonly<Record<string, EncodedResource>>;

export interface EncodedRelease {
  /** The patch release the data were taken from. */
  readonly release: string;
  readonly definitions: Readonly<Record<string, EncodedDefinition>>;
  /** By API version: `apps/v1`. */
  readonly kinds: Readonly<Record<string, EncodedKinds>>;
  readonly resources: Readonly<Record<string, EncodedResources>>;
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

/** A release as its difference from the next newer one. */
export interface EncodedDifference {
  readonly release: string;
  readonly definitions: Nullable<EncodedRelease['definitions']>;
  readonly kinds: Nullable<EncodedRelease['kinds']>;
  readonly resources: Nullable<EncodedRelease['resources']>;
}
