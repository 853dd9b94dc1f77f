// Long lists, as `kubectl get -A -o json` and `-o yaml` print them, cut into their items by text, so that a dump of a whole cluster is read
// and located item by item and no limit of one document is met. Only the exact forms that kubectl writes are cut; anything else is read whole.

import type { DocumentRange } from '../kube/yaml/split.ts';

export interface SplitList {
  /** The list without its items, as a document. */
  readonly head: string;
  /** Each item's place in the text, a document of its own; `pointer` leads to the object in it. */
  readonly items: readonly (DocumentRange & { readonly pointer: '' | '/0' })[];
}

/** Texts shorter than this are read whole. */
export const longList = 1024 * 1024;

/** The items of a long list; undefined where the text is no list in kubectl's form. */
export function splitList(text: string): SplitList | undefined {
  if (text.length < longList) return undefined;
  return /^\s*\{/.test(text.slice(0, 100)) ? splitJsonList(text) : splitYamlList(text);
}

function splitYamlList(text: string): SplitList | undefined {
  const before = /^\s*apiVersion: [A-Za-z0-9./]+\r?\nitems:\r?\n(?=- )/.exec(text.slice(0, 500))?.[0];
  if (before === undefined) return undefined;
  const items: (DocumentRange & { readonly pointer: '/0' })[] = [];
  let start = before.length;
  while (text.startsWith('- ', start)) {
    let end = text.indexOf('\n', start);
    while (end >= 0 && (text[end + 1] === ' ' || text[end + 1] === '\n' || text[end + 1] === '\r')) end = text.indexOf('\n', end + 1);
    const next = end < 0 ? text.length : end + 1;
    items.push({ start, end: next, pointer: '/0' });
    start = next;
  }
  return { head: before.replace(/items:\r?\n$/, '') + text.slice(start), items };
}

function splitJsonList(text: string): SplitList | undefined {
  const items: (DocumentRange & { readonly pointer: '' })[] = [];
  let depth = 0;
  let key = '';
  let inItems = false;
  let start = 0;
  let cut: DocumentRange | undefined;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 34) {
      const end = stringEnd(text, index);
      if (depth === 1 && /^\s*:/.test(text.slice(end + 1, end + 20))) key = text.slice(index + 1, end);
      index = end;
    } else if (code === 123 || code === 91) {
      if (depth === 1 && code === 91 && key === 'items' && cut === undefined) {
        inItems = true;
        cut = { start: index + 1, end: index + 1 };
      } else if (depth === 2 && inItems) start = index;
      depth++;
    } else if (code === 125 || code === 93) {
      depth--;
      if (depth === 2 && inItems) items.push({ start, end: index + 1, pointer: '' });
      if (depth === 1 && inItems && cut !== undefined) {
        inItems = false;
        cut = { start: cut.start, end: index };
      }
      if (depth === 0 && text.slice(index + 1).trim() !== '') return undefined;
    } else if (depth === 2 && inItems && code !== 44 && code > 32) return undefined;
  }
  return depth !== 0 || cut === undefined ? undefined : { head: text.slice(0, cut.start) + text.slice(cut.end), items };
}

function stringEnd(text: string, from: number): number {
  for (let index = from + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 92) index++;
    else if (code === 34) return index;
  }
  return text.length;
}
