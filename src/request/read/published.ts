// What a server of a release says about itself, as it was asked of a real one: discovery, hashes of storage versions, columns of tables,
// documents of OpenAPI. Loaded once, like the schemas; `tools/served.ts` makes the data. Of other releases there are none.

import { asList, asObject, asString, field, isObject, type Json, type JsonObject, strings } from '../../lib/json.ts';

/** A column of a Table, as `columnDefinitions` has it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

export interface Published {
  /** `1.36.3`. */
  readonly release: string;
  /** The body of `/version`. */
  readonly version: JsonObject;
  /** Items of the aggregated discovery of `/api` and `/apis`. */
  readonly core: readonly Json[];
  readonly groups: readonly Json[];
  /** `storageVersionHash` by `apps/v1/deployments`. */
  readonly hashes: JsonObject;
  readonly columns: ReadonlyMap<string, readonly Column[]>;
  /** The paths that `/` lists. */
  readonly paths: readonly string[];
}

let published: Published | undefined;

/** Loads the data; repeated calls cost nothing. */
export async function loadPublished(): Promise<Published> {
  if (published !== undefined) return published;
  const data: unknown = (await import('./generated/served.json', { with: { type: 'json' } })).default;
  const columns = Object.entries(asObject(field(data, 'columns'))).map(
    ([key, list]) => [key, list as unknown as readonly Column[]] as const,
  );
  published = {
    release: asString(field(data, 'release')) ?? '',
    version: asObject(field(data, 'version')),
    core: asList(field(data, 'core')),
    groups: asList(field(data, 'groups')),
    hashes: asObject(field(data, 'hashes')),
    columns: new Map(columns),
    paths: strings(field(data, 'paths')),
  };
  return published;
}

/** The OpenAPI documents in base64 of brotli: whoever may decompress gives `readDocuments` the text within. */
export async function packedDocuments(): Promise<string> {
  const data: unknown = (await import('./generated/openapi.json', { with: { type: 'json' } })).default;
  return asString(field(data, 'brotli')) ?? '';
}

/**
 * The objects that a new server makes for itself at `now`: namespaces, the RBAC bootstrap policy, priority classes and the like. Each gets a UID.
 */
export async function bootstrapObjects(now: string, uid: () => string): Promise<readonly JsonObject[]> {
  const data: unknown = (await import('./generated/bootstrap.json', { with: { type: 'json' } })).default;
  return asList(data).map((each) => {
    const { apiVersion, kind, metadata, ...rest } = asObject(timed(each, now));
    return { apiVersion, kind, metadata: { ...asObject(metadata), uid: uid(), creationTimestamp: now }, ...rest };
  });
}

/** Null stands for the time of conditions. */
function timed(value: Json, now: string, key = ''): Json {
  if (key === 'lastTransitionTime') return now;
  if (Array.isArray(value)) return value.map((each: Json) => timed(each, now));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, timed(each ?? null, now, name)]));
}
