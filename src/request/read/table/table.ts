// The Table form of answers (meta.k8s.io/v1, KEP-1904 and printer columns of definitions): the columns a server publishes, a row an object.
// Kinds without a printer of their own show name and creation time, custom ones the columns of their definition.

import { asNumber, asString, dig, field, isObject, type Json, type JsonObject } from '../../../lib/json.ts';
import type { ServedResource } from '../catalog.ts';
import type { Column, Published } from '../published.ts';
import { ageOf, type Cell, nameOf, number, type Printer, since } from './cell.ts';
import { clusterPrinters } from './cluster.ts';
import { jsonPath } from './json-path.ts';
import { otherPrinters } from './others.ts';
import { podConditions } from './pod.ts';
import { workloadPrinters } from './workloads.ts';

/** How much of the object a row carries. */
export type IncludeObject = 'Metadata' | 'Object' | 'None';

export interface TableForm {
  readonly columns: readonly Column[];
  /** True for kinds without a printer, whose empty tables have no rows at all. */
  readonly isDefault: boolean;
  readonly row: (object: JsonObject, now: number) => { readonly cells: readonly Cell[]; readonly conditions: readonly JsonObject[] };
}

const printers: ReadonlyMap<string, Printer> = new Map(Object.entries({ ...workloadPrinters, ...clusterPrinters, ...otherPrinters }));
const created: Printer = (object) => [nameOf(object), asString(dig(object, 'metadata', 'creationTimestamp')) ?? ''];

/** How a resource, or what one of its subresources answers, is shown. */
export function tableForm(published: Published, resource: ServedResource, kind: string): TableForm {
  if (kind === 'Scale')
    return {
      columns: scaleColumns(published),
      isDefault: false,
      row: (object, now) => ({ cells: scaleCells(object, now), conditions: [] }),
    };
  const { custom, group, version } = resource;
  if (custom !== undefined) return customForm(published, custom.version.printerColumns);
  const id = `${group === '' ? '' : `${group}/`}${version}/${resource.resource}`;
  const printer = printers.get(`${group}/${resource.resource}`);
  const isPod = resource.resource === 'pods' && group === '';
  return {
    columns: published.columns.get(id) ?? [nameColumn(published), createdColumn(published)],
    isDefault: printer === undefined,
    row: (object, now) => ({ cells: (printer ?? created)(object, now), conditions: isPod ? podConditions(object) : [] }),
  };
}

function nameColumn(published: Published): Column {
  return published.columns.get('v1/configmaps')?.[0] ?? { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 };
}

function createdColumn(published: Published): Column {
  const description = published.columns.get('v1/configmaps')?.at(-1)?.description ?? '';
  return { name: 'Created At', type: 'date', format: '', description, priority: 0 };
}

function scaleColumns(published: Published): readonly Column[] {
  const column = (name: string, description: string): Column => ({ name, type: 'integer', format: '', description, priority: 0 });
  return [
    { ...nameColumn(published), format: '' },
    column('Desired', 'replicas is the desired number of instances for the scaled object.'),
    column('Available', 'replicas is the actual number of observed instances of the scaled object.'),
    { ...createdColumn(published), name: 'Age', type: 'string' },
  ];
}

function scaleCells(object: JsonObject, now: number): readonly Cell[] {
  return [nameOf(object), number(object, 'spec', 'replicas'), number(object, 'status', 'replicas'), ageOf(object, now)];
}

function customForm(published: Published, given: readonly Json[]): TableForm {
  const age: Json = {
    name: 'Age',
    type: 'date',
    jsonPath: '.metadata.creationTimestamp',
    description: createdColumn(published).description,
  };
  const columns = given.length === 0 ? [age] : given;
  const definitions = columns.map((column): Column => {
    const path = asString(field(column, 'jsonPath')) ?? '';
    const said = asString(field(column, 'description')) ?? '';
    const isAge = path === '.metadata.creationTimestamp' && said === '' && given.length === 0;
    return {
      name: asString(field(column, 'name')) ?? '',
      type: asString(field(column, 'type')) ?? '',
      format: asString(field(column, 'format')) ?? '',
      description: said === '' && !isAge ? `Custom resource definition column (in JSONPath format): ${path}` : said,
      priority: asNumber(field(column, 'priority')) ?? 0,
    };
  });
  return {
    columns: [nameColumn(published), ...definitions],
    isDefault: false,
    row: (object, now) => ({ cells: [nameOf(object), ...columns.map((column) => customCell(column, object, now))], conditions: [] }),
  };
}

function customCell(column: Json, object: JsonObject, now: number): Cell {
  const [value] = jsonPath(asString(field(column, 'jsonPath')) ?? '', object);
  if (value === undefined) return null;
  if (value === null) return field(column, 'type') === 'string' ? '<no value>' : null;
  switch (field(column, 'type')) {
    case 'string':
      return typeof value === 'object' ? JSON.stringify(sorted(value)) : String(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return isRfc3339(value) ? since(value, now) : '<invalid>';
    default:
      return null;
  }
}

function isRfc3339(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Keys in order, as Go writes maps. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each ?? null)]),
  );
}

/** An object as it is stored, which decides the cells, and as the client's version shows it. */
export interface Shown {
  readonly stored: JsonObject;
  readonly object: JsonObject;
}

/** The table of objects; without columns where a watch has shown them before. */
export function table(
  form: TableForm,
  objects: readonly Shown[],
  metadata: JsonObject,
  options: { readonly version: string; readonly include: IncludeObject; readonly now: number; readonly headers: boolean },
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: options.headers ? form.columns.map((column) => ({ ...column })) : null,
    rows:
      objects.length === 0 && form.isDefault
        ? null
        : objects.map(({ stored, object }) => {
            const { cells, conditions } = form.row(stored, options.now);
            return {
              cells,
              ...(conditions.length === 0 ? {} : { conditions }),
              object: rowObject(object, options.include, options.version),
            };
          }),
  };
}

function rowObject(object: JsonObject, include: IncludeObject, version: string): Json {
  if (include === 'None') return null;
  return include === 'Object' ? object : partialMetadata(object, version);
}

/** An object cut down to its metadata. */
export function partialMetadata(object: JsonObject, version = 'v1'): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: withoutConverted(object) };
}

/** Annotations that only the written form of a kind has, in place of fields. */
const convertedAnnotations: Readonly<Record<string, readonly string[]>> = {
  'apps/v1 DaemonSet': ['deprecated.daemonset.template.generation'],
  'apps/v1 Deployment': ['deprecated.deployment.rollback.to'],
  'autoscaling/v1 HorizontalPodAutoscaler': [
    'metrics',
    'current-metrics',
    'conditions',
    'behavior',
    'scale-down-tolerance',
    'scale-up-tolerance',
  ].map((name) => `autoscaling.alpha.kubernetes.io/${name}`),
};

/** Metadata as the server holds it, from which these forms are made. */
function withoutConverted({ apiVersion, kind, metadata }: JsonObject): JsonObject['metadata'] {
  const known = `${String(apiVersion)} ${String(kind)}`;
  const dropped = Object.hasOwn(convertedAnnotations, known) ? convertedAnnotations[known] : undefined;
  if (dropped === undefined || !isObject(metadata) || !isObject(metadata.annotations)) return metadata;
  const kept = Object.entries(metadata.annotations).filter(([key]) => !dropped.includes(key));
  const { annotations: _annotations, ...rest } = metadata;
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}
