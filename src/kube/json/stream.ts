// A text of several JSON values one after another: `kubectl get -o json` twice into one file, or JSON Lines. Kubernetes' own reader
// (k8s.io/apimachinery 0.36 util/yaml YAMLOrJSONDecoder) takes objects in turn as long as they are JSON, and reads the rest as YAML.

import { opens, skipBlanks, skipValue } from './skip.ts';

export interface JsonRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The places of the values of a text; what follows the last one, if anything does, is a range of its own. One range of all where there is
 * one value only, or where the text does not begin with JSON.
 */
export function jsonRanges(text: string): readonly JsonRange[] {
  const ranges: JsonRange[] = [];
  let from = skipBlanks(text, 0);
  while (opens(text.charCodeAt(from))) {
    const end = skipValue(text, from);
    ranges.push({ start: from, end });
    from = skipBlanks(text, end);
  }
  if (from < text.length) ranges.push({ start: from, end: text.length });
  const [first] = ranges;
  return first === undefined || ranges.length === 1 || !isJson(text.slice(first.start, first.end))
    ? [{ start: 0, end: text.length }]
    : ranges;
}

/** Whether the text is one JSON value. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
