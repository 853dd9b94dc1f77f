// The OpenAPI v3 documents of a server: those of built-in group versions as they were published, byte for byte, those of custom resources
// made out of the published document of a definition called `Zzkind` by putting names and schema in. `/openapi/v3` lists them with the hash
// of their text (SHA-512), by which clients keep them.

import { asObject, asString, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { goJson } from '../fields/go-text.ts';
import type { Catalog, Digest, ServedResource } from './catalog.ts';
import { customSchema } from './openapi-schema.ts';

export interface OpenApi {
  /** The text of a document by its name, such as `apis/apps/v1`. */
  readonly documents: ReadonlyMap<string, string>;
  readonly hashes: ReadonlyMap<string, string>;
}

const templateNames: readonly string[] = ['Namespaced', 'Cluster'];
const builtInHashes = new WeakMap<JsonObject, ReadonlyMap<string, string>>();

/** Reads what `packedDocuments` holds once it is decompressed. */
export function readDocuments(text: string): JsonObject {
  return asObject(JSON.parse(text));
}

/** The documents of a server that serves `catalog`. */
export function openApiOf(packed: JsonObject, catalog: Catalog, digest: Digest): OpenApi {
  const documents = new Map<string, string>();
  const hashes = new Map(publishedHashes(packed, digest));
  for (const [name, text] of Object.entries(packed))
    if (typeof text === 'string' && !templateNames.includes(name) && isServed(name, catalog)) documents.set(name, text);
  for (const { source, versions } of catalog.groups) {
    if (source !== 'custom') continue;
    for (const { groupVersion, resources } of versions) {
      const text = customDocument(packed, resources);
      documents.set(`apis/${groupVersion}`, text);
      hashes.set(`apis/${groupVersion}`, hex(digest('sha512', text)));
    }
  }
  return { documents: new Map([...documents].sort(byKey)), hashes };
}

/** Documents of group versions that the server does not have are not there. */
function isServed(name: string, { core, groups }: Catalog): boolean {
  const [root, group = '', version] = name.split('/');
  if (version === undefined) return root !== 'api' || group === '' || core.versions.some((each) => each.version === group);
  return root !== 'apis' || groups.some((each) => each.group === group && each.versions.some((one) => one.version === version));
}

function publishedHashes(packed: JsonObject, digest: Digest): ReadonlyMap<string, string> {
  let known = builtInHashes.get(packed);
  if (known === undefined) {
    known = new Map(Object.entries(packed).map(([name, text]) => [name, hex(digest('sha512', asString(text) ?? ''))]));
    builtInHashes.set(packed, known);
  }
  return known;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}

/** `/openapi/v3`. */
export function openApiIndex({ documents, hashes }: OpenApi): JsonObject {
  const entries = [...documents.keys()].map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hashes.get(name) ?? ''}` }]);
  return { paths: Object.fromEntries(entries) };
}

/** The document of a group version of custom resources: those of its resources laid together. */
function customDocument(packed: JsonObject, resources: readonly ServedResource[]): string {
  const parts = resources.map((resource) => resourceDocument(packed, resource));
  const [head] = parts;
  const merged = (pick: (document: JsonObject) => JsonObject) => sortedObject(Object.assign({}, ...parts.map(pick)));
  const document = {
    ...asObject(head),
    paths: merged(({ paths }) => asObject(paths)),
    components: { ...asObject(head?.components), schemas: merged(({ components }) => asObject(asObject(components).schemas)) },
  };
  return goJson(document);
}

function resourceDocument(packed: JsonObject, resource: ServedResource): JsonObject {
  const template = asString(packed[resource.namespaced ? 'Namespaced' : 'Cluster']) ?? '{}';
  const own = asObject(JSON.parse(renamed(template, resource)));
  const names = new Set(resource.subresources.map(({ name }) => name));
  const paths = Object.entries(asObject(own.paths)).filter(([path]) => {
    const last = path.slice(path.lastIndexOf('/') + 1);
    return !path.includes('/{name}/') || names.has(last);
  });
  const components = asObject(own.components);
  const { group, version, kind } = resource;
  const definition = `${group.split('.').reverse().join('.')}.${version}.${kind}`;
  const schemas = Object.entries(asObject(components.schemas))
    .filter(([name]) => names.has('scale') || !name.startsWith('io.k8s.api.autoscaling.'))
    .map(([name, schema]): [string, Json] => [name, name === definition ? filled(asObject(schema), resource) : (schema ?? null)]);
  return { ...own, paths: Object.fromEntries(paths), components: { ...components, schemas: Object.fromEntries(schemas) } };
}

/** The template with its made-up names replaced. */
function renamed(template: string, { group, version, kind, resource, listKind }: ServedResource): string {
  const words = group.split('.').map(capital).join('');
  const safe = (text: string) => JSON.stringify(text).slice(1, -1);
  const article = /^[aeiou]/i.test(kind) ? 'an' : 'a';
  return template
    .replaceAll('ZzkindList', safe(listKind))
    .replaceAll(' a Zzkind', ` ${article} ${safe(kind)}`)
    .replaceAll('Zzkind', safe(kind))
    .replaceAll('zzplurals', safe(resource))
    .replaceAll('zzgroup.zzdomain', safe(group))
    .replaceAll('zzdomain.zzgroup', safe(group.split('.').reverse().join('.')))
    .replaceAll('ZzgroupZzdomain', safe(words))
    .replaceAll('zzgroupZzdomain', safe(words.charAt(0).toLowerCase() + words.slice(1)))
    .replaceAll('V77', safe(capital(version)))
    .replaceAll('v77', safe(version));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The template's schema with the properties of the resource's own. */
function filled(template: JsonObject, { custom }: ServedResource): JsonObject {
  const { apiVersion = null, kind = null, metadata = null } = asObject(template.properties);
  const meta = { apiVersion, kind, metadata };
  const own = customSchema(custom?.version.schema, meta);
  const properties = sortedObject({ ...asObject(own.properties), ...meta });
  const { 'x-kubernetes-group-version-kind': names } = template;
  if (!isObject(custom?.version.schema)) return { type: 'object', 'x-kubernetes-group-version-kind': names };
  const { description, type, required, properties: _own, ...rest } = own;
  return {
    ...(description === undefined ? {} : { description }),
    type,
    ...(required === undefined ? {} : { required }),
    properties,
    ...sortedObject({ ...rest, 'x-kubernetes-group-version-kind': names }),
  };
}

function sortedObject(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(byKey));
}

function byKey<T>([a]: readonly [string, T], [b]: readonly [string, T]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
