// Which custom resources a server serves: what its CustomResourceDefinitions give names to, once those names are accepted. A definition
// whose status says so is believed; for one without status, names are accepted in the order of creation, as the naming controller does
// (apiextensions-apiserver 1.36, pkg/controller/status): plural, singular and short names share one space, kinds and list kinds another.

import { asList, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { conditionStatus } from '../custom/conditions.ts';
import { versionDeprecation } from './deprecation.ts';

export interface CustomVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: Json | undefined;
  readonly hasStatus: boolean;
  readonly scale: JsonObject | undefined;
  readonly printerColumns: readonly Json[];
  readonly selectableFields: readonly string[];
  /** The text of the Warning header; undefined where the version is not deprecated. */
  readonly deprecation: string | undefined;
}

export interface CustomResource {
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly versions: readonly CustomVersion[];
  /** The version objects are stored in. */
  readonly storageVersion: string;
  /** True while the definition is being deleted. */
  readonly isEnding: boolean;
}

/** The custom resources of definitions, those that are established alone, by name of definition. */
export function customResources(definitions: readonly JsonObject[]): readonly CustomResource[] {
  const taken = new Map<string, Set<string>>();
  const found: CustomResource[] = [];
  for (const definition of definitions) {
    const custom = readDefinition(definition);
    if (custom === undefined || !accepted(definition, custom, taken)) continue;
    found.push(custom);
  }
  return found.sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

function name({ plural, group }: CustomResource): string {
  return `${plural}.${group}`;
}

function accepted(definition: JsonObject, custom: CustomResource, taken: Map<string, Set<string>>): boolean {
  const names = taken.get(custom.group) ?? new Set<string>();
  taken.set(custom.group, names);
  const established = conditionStatus(definition, 'Established');
  const plurals = [custom.plural, custom.singular, ...custom.shortNames].map((each) => `resource ${each}`);
  const kinds = [custom.kind, custom.listKind].map((each) => `kind ${each}`);
  const wanted = [...plurals, ...kinds];
  const isFree = ![`resource ${custom.plural}`, ...kinds, `resource ${custom.singular}`].some((each) => names.has(each));
  const is = established === undefined ? isFree : established === 'True';
  if (is) for (const each of wanted) names.add(each);
  return is;
}

/** Reads a definition of apiextensions.k8s.io/v1; undefined where it names too little. */
export function readDefinition(definition: JsonObject): CustomResource | undefined {
  const spec = field(definition, 'spec');
  const names = field(spec, 'names');
  const group = asString(field(spec, 'group'));
  const plural = asString(field(names, 'plural'));
  const kind = asString(field(names, 'kind'));
  if (group === undefined || plural === undefined || kind === undefined) return undefined;
  const stated = asList(field(spec, 'versions'));
  const versions = stated.flatMap((version) => readVersion(version, versionDeprecation(group, kind, version, stated)));
  return {
    group,
    plural,
    kind,
    singular: asString(field(names, 'singular')) ?? kind.toLowerCase(),
    listKind: asString(field(names, 'listKind')) ?? `${kind}List`,
    shortNames: strings(field(names, 'shortNames')),
    categories: strings(field(names, 'categories')),
    namespaced: field(spec, 'scope') !== 'Cluster',
    versions,
    storageVersion: versions.find(({ storage }) => storage)?.name ?? versions[0]?.name ?? '',
    isEnding: conditionStatus(definition, 'Terminating') === 'True',
  };
}

function readVersion(version: Json, deprecation: string | undefined): readonly CustomVersion[] {
  const name = asString(field(version, 'name'));
  if (name === undefined) return [];
  const scale = dig(version, 'subresources', 'scale');
  return [
    {
      name,
      served: field(version, 'served') === true,
      storage: field(version, 'storage') === true,
      schema: dig(version, 'schema', 'openAPIV3Schema'),
      hasStatus: isObject(dig(version, 'subresources', 'status')),
      scale: isObject(scale) ? scale : undefined,
      printerColumns: asList(field(version, 'additionalPrinterColumns')),
      selectableFields: asList(field(version, 'selectableFields')).flatMap((each) => asString(field(each, 'jsonPath')) ?? []),
      deprecation,
    },
  ];
}
