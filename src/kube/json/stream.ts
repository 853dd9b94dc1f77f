// A text of several JSON values one after another: `kubectl get -o json` twice into one file, or JSON Lines. Kubernetes' own reader
// (k8s.io/apimachinery 0.36 util/yaml YAMLOrJSONDecoder) takes objects in turn as long as they are JSON, and reads the rest as YAML.

import { opens, skipBlanks, skipValue } from './skip.ts';

export interface JsonRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The places of the values between `start` and `end`; what follows the last one, if anything does, is a range of its own. One range of all
 * where there is one value only, or where the text does not begin with JSON.
 */
export function jsonRanges(text: string, start: number, end: number): readonly JsonRange[] {
  const whole = [{ start, end }];
  const ranges: JsonRange[] = [];
  let from = skipBlanks(text, start);
  while (from < end && opens(text.charCodeAt(from))) {
    const to = skipValue(text, from);
    if (to > end) break;
    ranges.push({ start: from, end: to });
    from = skipBlanks(text, to);
  }
  if (from < end) ranges.push({ start: from, end });
  const [first, second] = ranges;
  return first === undefined || second === undefined || !isJson(text.slice(first.start, first.end)) ? whole : ranges;
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
