// Glob patterns over names and paths: `*` is anything but a slash, `**` anything, `?` one character but a slash. No classes, no braces.
// Time is the product of the two lengths, whatever the pattern.

/** True where the whole text matches. `globMatches('web-*', 'web-1')`, `globMatches('deploy/**', 'deploy/a/b.yaml')`. */
export function globMatches(pattern: string, text: string): boolean {
  let states = new Set([0]);
  follow(pattern, states);
  for (const character of text) {
    const next = new Set<number>();
    for (const at of states) {
      const here = pattern[at];
      if (here === '*') {
        if (character !== '/' || pattern[at + 1] === '*') next.add(at);
      } else if (here === character || (here === '?' && character !== '/')) next.add(at + 1);
    }
    follow(pattern, next);
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(pattern.length);
}

/** A star may stand for nothing; the second star of `**` is passed over with the first, and a slash behind it as well. */
function follow(pattern: string, states: Set<number>): void {
  for (const at of states) {
    if (pattern[at] !== '*') continue;
    const double = pattern[at + 1] === '*';
    states.add(at + (double ? 2 : 1));
    if (double && pattern[at + 2] === '/' && (at === 0 || pattern[at - 1] === '/')) states.add(at + 3);
  }
}
