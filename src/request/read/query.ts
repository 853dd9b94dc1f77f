// The query of a URL as Go's net/url reads it: repeated keys keep every value, a pair with a bad escape or a semicolon is left out.

export type Query = ReadonlyMap<string, readonly string[]>;

/** Reads a query without its question mark. */
export function parseQuery(text: string): Query {
  const found = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const key = unescaped(equals < 0 ? pair : pair.slice(0, equals));
    const value = unescaped(equals < 0 ? '' : pair.slice(equals + 1));
    if (key === undefined || value === undefined) continue;
    const values = found.get(key);
    if (values === undefined) found.set(key, [value]);
    else values.push(value);
  }
  return found;
}

/** The first value of a key; undefined where it is not there. */
export function first(query: Query, key: string): string | undefined {
  return query.get(key)?.[0];
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
