// Property names as CEL identifiers, and back (Kubernetes, "Escaping" of validation rules): `f/2` is `f__slash__2`, `namespace` is
// `__namespace__`; a name with other characters cannot be named in an expression.

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const names: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };
const characters: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/** True for names that are words of CEL; as fields they may also be written as they are. */
export function isReserved(name: string): boolean {
  return reserved.has(name);
}

export function escapeName(name: string): string | undefined {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  if (reserved.has(name)) return `__${name}__`;
  return name.replace(/__|[-./]/g, (part) => names[part] ?? part);
}

export function unescapeName(escaped: string): string | undefined {
  let valid = true;
  const name = escaped.replace(/_{2}[^_]+_{2}/g, (part) => {
    const word = part.slice(2, -2);
    if (Object.hasOwn(characters, word)) return characters[word] ?? '';
    // A reserved word is escaped only as a whole name.
    if (!reserved.has(word) || part.length !== escaped.length) valid = false;
    return word;
  });
  return valid ? name : undefined;
}
