// The phrases that the messages of Pod Security Admission are made of: quoted lists, singular and plural, Go's quoting of values.

/** `"a", "b"`. */
export function quotedList(items: Iterable<string>): string {
  let text = '';
  for (const item of items) text += text === '' ? `"${item}"` : `, "${item}"`;
  return text;
}

/** `container "a"`, `containers "a", "b"`. */
export function containersNamed(names: readonly string[]): string {
  return `${plural(names.length, 'container')} ${quotedList(names)}`;
}

/** The word as it is for one thing, with an s for any other number of them. */
export function plural(count: number, word: string, many = `${word}s`): string {
  return count === 1 ? word : many;
}

/** The pod and the containers that set something forbidden: `pod and container "a"`. */
export function setters(pod: boolean, containers: readonly string[]): string {
  const parts = pod ? ['pod'] : [];
  if (containers.length > 0) parts.push(containersNamed(containers));
  return parts.join(' and ');
}

/** The different texts among `items`, in the order of their UTF-8 bytes, as Go sorts them. */
export function sortedSet(items: Iterable<string>): readonly string[] {
  const different = [...new Set(items)];
  return different.length < 2 ? different : different.sort(byCodePoint);
}

const surrogates = /[\ud800-\udfff]/;

function byCodePoint(a: string, b: string): number {
  if (!surrogates.test(a) && !surrogates.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const left = [...a];
  const right = [...b];
  for (let index = 0; index < left.length && index < right.length; index++) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const named: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A text as Go's `%q` writes it: quotes, backslashes and everything that does not print are escaped. */
export function goQuoted(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  const escaped = [...text].map((character) => {
    const known = named[character];
    if (known !== undefined) return known;
    if (character === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `"${escaped.join('')}"`;
}
