// JSON pointers (RFC 6901): the one address of a field that line numbers, patches, SARIF regions and highlights share.

/** Escapes one key: `~` and `/` have a meaning in a pointer. */
export function escapeToken(key: string | number): string {
  const text = String(key);
  return text.includes('~') || text.includes('/') ? text.replaceAll('~', '~0').replaceAll('/', '~1') : text;
}

/** Builds a pointer from keys. `pointer('spec', 'containers', 0)` is `'/spec/containers/0'`. */
export function pointer(...keys: readonly (string | number)[]): string {
  let text = '';
  for (const key of keys) text += `/${escapeToken(key)}`;
  return text;
}

/** The keys of a pointer, unescaped. `tokens('/a~1b/0')` is `['a/b', '0']`; the empty pointer has none. */
export function tokens(text: string): readonly string[] {
  if (text === '') return [];
  const list = text.slice(1).split('/');
  return text.includes('~') ? list.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')) : list;
}
