// A text of several JSON values one after another: `kubectl get -o json` twice into one file, or JSON Lines. Kubernetes' own reader
// (k8s.io/apimachinery 0.36 util/yaml YAMLOrJSONDecoder) takes objects in turn as long as they are JSON, and reads the rest as YAML.

import { opens, skipBlanks, skipValue } from './skip.ts';

export interface JsonRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The places of the JSON values that follow one another in a text; what follows the last one, if anything does, is a range of its own. One
 * range of all where the text does not begin with JSON.
 */
export function jsonRanges(text: string): readonly JsonRange[] {
  const ranges: JsonRange[] = [];
  let from = skipBlanks(text, 0);
  const begins = Math.min(from, text.indexOf('\n') + 1 || from);
  while (opens(text.charCodeAt(from))) {
    const end = skipValue(text, from);
    const next = skipBlanks(text, end);
    if (ranges.length === 0 && next === text.length) return [{ start: begins, end: next }];
    if (!isJson(text.slice(from, end))) break;
    ranges.push({ start: from, end });
    from = next;
  }
  if (ranges.length === 0) return [{ start: begins, end: text.length }];
  if (from < text.length) ranges.push({ start: from, end: text.length });
  return ranges;
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
