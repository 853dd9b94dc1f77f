// Keys of every mapping in alphabetical order, for those who compare manifests by eye. Off by default: Kubernetes' own tools do not sort.
// Keys that look like numbers come first in every program that reads JSON and are not judged.

import { isObject, type Json } from '../../lib/json.ts';
import { escapeToken } from '../../lib/json-pointer.ts';
import { control, fail, objectsWhere } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const sortedKeys = control({
  id: 'hygiene/sorted-keys',
  aliases: ['sorted-keys'],
  severity: 'low',
  title: 'Keys are written in alphabetical order',
  why: 'Unsorted keys make two versions of a manifest look more different than they are.',
  fix: 'Sort the keys.',
  frameworks: [],
  enabled: false,
  on: objectsWhere('every object', ({ kind }) => kind !== 'CustomResourceDefinition'),
  check: ({ object }) => {
    const path = firstUnsorted(object, '', 0);
    return path === undefined ? [] : [fail(path, 'unsorted', 'this key comes before the one above it')];
  },
  examples: {
    pass: () => [cluster(deployment()).map((object) => sorted(object) as typeof object)],
    fail: () => [cluster(deployment())],
  },
});

function firstUnsorted(value: Json | undefined, path: string, depth: number): string | undefined {
  if (depth > 64) return undefined;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = firstUnsorted(item as Json, `${path}/${index}`, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(value)) return undefined;
  let previous = '';
  for (const [key, item] of Object.entries(value)) {
    const here = `${path}/${escapeToken(key)}`;
    if (/^[0-9]+$/.test(key)) continue;
    if (key < previous) return here;
    previous = key;
    const found = firstUnsorted(item, here, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sorted(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map((item) => sorted(item as Json));
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
