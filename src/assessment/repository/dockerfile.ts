// What a Dockerfile says: the images it builds on, the user it ends with. Reference of the Dockerfile format (docker/dockerfile 1.x);
// variables are not expanded, but a name of an earlier stage is told from an image. And credentials in texts of pipelines, by their forms.

/** Base images with their lines; stages of the same file and `scratch` are no base images. */
export function fromOf(text: string): readonly { readonly image: string; readonly line: number }[] {
  const stages = new Set<string>(['scratch']);
  const found: { readonly image: string; readonly line: number }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0]?.toUpperCase() !== 'FROM') continue;
    const rest = words.slice(1).filter((word) => !word.startsWith('--'));
    const image = rest[0] ?? '';
    if (image !== '' && !stages.has(image.toLowerCase())) found.push({ image, line: index + 1 });
    if (rest[1]?.toUpperCase() === 'AS' && rest[2] !== undefined) stages.add(rest[2].toLowerCase());
  }
  return found;
}

/** The user the image runs as: the last `USER` after the last `FROM`; the line of that `FROM` where there is none. */
export function userOf(text: string): { readonly user: string | undefined; readonly line: number } {
  let user: string | undefined;
  let line = 1;
  for (const [index, written] of text.split('\n').entries()) {
    const [word = '', value = ''] = written.trim().split(/\s+/);
    if (word.toUpperCase() === 'FROM') [user, line] = [undefined, index + 1];
    if (word.toUpperCase() === 'USER') [user, line] = [value, index + 1];
  }
  return { user, line };
}

const forms: readonly (readonly [string, RegExp])[] = [
  ['an access key of AWS', /\bAKIA[0-9A-Z]{16}\b/],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36}\b/],
  ['a token of GitLab', /\bglpat-[A-Za-z0-9_-]{20}\b/],
  ['a token of Slack', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['a private key', /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/],
  ['a key of Google', /\bAIza[0-9A-Za-z_-]{35}\b/],
  [
    'a password',
    /\b(?:password|passwd|secret|token|api[_-]?key)\b["']?\s{0,4}[:=]\s{0,4}["']?(?![$<{*"'\s])[A-Za-z0-9+/_-]{12,}["']?\s{0,4}$/i,
  ],
];

/** Lines that hold what looks like a credential. The credential itself is never given. */
export function secretsIn(text: string): readonly { readonly line: number; readonly what: string }[] {
  return text.split('\n').flatMap((line, index) => {
    const form = line.length > 4096 || /^\s*#/.test(line) ? undefined : forms.find(([, pattern]) => pattern.test(line));
    return form === undefined ? [] : [{ line: index + 1, what: form[0] }];
  });
}
