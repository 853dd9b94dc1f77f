// What a node is as the key of a mapping.

import type { TextNode } from './node.ts';
import { plainKey } from './scalar.ts';
import { resolveTagged } from './tagged.ts';

/** A plain `<<`; a tag `!!merge` or `!` makes one of any spelling. */
export function isMergeKey(key: TextNode): boolean {
  if (key.text !== '<<' || key.kind !== 'scalar') return false;
  return key.tag === undefined ? key.style === 'plain' : key.tag === 'tag:yaml.org,2002:merge' || key.tag === '!';
}

/** The key a scalar reads as, where all keys are strings; undefined for null and what else cannot be one. */
export function scalarKey(node: TextNode): string | undefined {
  if (node.tag === undefined) return node.style === 'plain' ? plainKey(node.text) : node.text;
  const value = resolveTagged(node.tag, node.text);
  if (!value.ok) return undefined;
  return typeof value.value === 'string' ? value.value : plainKey(node.text);
}
