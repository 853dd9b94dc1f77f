// A text of several JSON values one after another, as `kubectl get -o json` twice into one file makes it. Kubernetes' own reader
// (k8s.io/apimachinery util/yaml YAMLOrJSONDecoder) takes them in turn.

export interface JsonRange {
  readonly start: number;
  readonly end: number;
}

/** The places of the top-level objects of a text that is nothing but JSON objects; none where it is anything else. */
export function splitJson(text: string): readonly JsonRange[] {
  const ranges: JsonRange[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      if (depth === 0) return [];
      index = stringEnd(text, index);
    } else if (code === openBrace || code === openBracket) {
      if (depth++ === 0) start = index;
    } else if (code === closeBrace || code === closeBracket) {
      if (depth-- === 0) return [];
      if (depth === 0) ranges.push({ start, end: index + 1 });
    } else if (depth === 0 && code > 32) return [];
  }
  return depth === 0 ? ranges : [];
}

const quote = 34;
const backslash = 92;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

function stringEnd(text: string, from: number): number {
  for (let index = from + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === backslash) index++;
    else if (code === quote) return index;
  }
  return text.length;
}
