// What a plain YAML scalar means to Kubernetes: neither YAML 1.1 nor 1.2, but what sigs.k8s.io/yaml 1.6 (go.yaml.in/yaml/v2) resolves
// before the value becomes JSON. `yes`, `on` and `y` are booleans, `0644` is 420, `08` is 8, `1_000` is 1000, dates stay strings.

/** A resolved plain scalar. `NaN` and infinities come back as numbers; JSON has no word for them, the caller reports that. */
export type Scalar = null | boolean | number | string;

const words = new Map<string, Scalar>();
for (const word of ['', '~', 'null', 'Null', 'NULL']) words.set(word, null);
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']) words.set(word, true);
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']) words.set(word, false);
for (const word of ['.nan', '.NaN', '.NAN']) words.set(word, Number.NaN);
for (const word of ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']) words.set(word, Number.POSITIVE_INFINITY);
for (const word of ['-.inf', '-.Inf', '-.INF']) words.set(word, Number.NEGATIVE_INFINITY);

const decimalInteger = /^[-+]?(?:0|[1-9][0-9]*)$/;
const otherInteger = /^([-+]?)0(?:([xX])([0-9a-fA-F]+)|([bB])([01]+)|[oO]?([0-7]+))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** Resolves the text of an untagged plain scalar. `resolvePlain('0644')` is 420, `resolvePlain('1:30')` is `'1:30'`. */
export function resolvePlain(text: string): Scalar {
  const first = text.charCodeAt(0);
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!numeric || Number.isNaN(first)) {
    if (text.length > 5) return text;
    const word = words.get(text);
    return word === undefined ? text : word;
  }
  const word = words.get(text);
  if (word !== undefined) return word;
  return resolveNumber(text) ?? text;
}

/** The number a plain scalar stands for, or undefined where it stands for none. */
export function resolveNumber(text: string): number | undefined {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (decimalInteger.test(plain)) return Number(plain);
  const based = otherInteger.exec(plain);
  if (based !== null) {
    const [, sign, hex, hexDigits, binary, binaryDigits, octalDigits] = based;
    const magnitude =
      hex !== undefined
        ? Number.parseInt(hexDigits ?? '', 16)
        : binary !== undefined
          ? Number.parseInt(binaryDigits ?? '', 2)
          : Number.parseInt(octalDigits ?? '', 8);
    return sign === '-' ? -magnitude : magnitude;
  }
  return float.test(plain) ? Number(plain) : undefined;
}

/** How a resolved scalar reads as the key of a map: JSON keys are strings. */
export function keyText(value: Scalar): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value !== 'number') return undefined;
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return String(value);
}
