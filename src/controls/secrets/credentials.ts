// What looks like a credential: by the name it goes under, word by word (`DB_PASSWORD`, `apiKey`, not `KEYCLOAK_URL`), and by its form (keys of
// clouds and services, private keys, signed tokens, passwords in URLs). What merely points to one is let be: paths, addresses without a
// password, references and placeholders. Nothing here ever returns or prints a value.

import { type Json, strings } from '../../lib/json.ts';
import { linearRegex } from '../../lib/regex.ts';

/** Names that credentials go under; several words must follow each other. */
export const defaultNames: readonly string[] = [
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'token',
  'key',
  'credential',
  'jwt',
  'bearer',
  'aws_secret_access_key',
  'azure_batch_key',
  'azure_batchai_storage_key',
];

interface Form {
  readonly what: string;
  readonly pattern: string;
  /** Texts without any of these cannot match: found much faster than the pattern. */
  readonly marks: readonly string[];
}

/** Forms with few false alarms; each is linear in the text as it stands (fixed beginnings, bounded repeats). */
const forms: readonly Form[] = [
  { what: 'a private key', pattern: '-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY', marks: ['PRIVATE KEY'] },
  { what: 'an AWS access key', pattern: '(?:AKIA|ASIA)[0-9A-Z]{16}', marks: ['AKIA', 'ASIA'] },
  {
    what: 'a GitHub token',
    pattern: '(?:ghp|gho|ghu|ghs|ghr)_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{59}',
    marks: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  },
  { what: 'a GitLab token', pattern: 'glpat-[0-9A-Za-z_-]{20}', marks: ['glpat-'] },
  { what: 'a Slack token', pattern: 'xox[baprs]-[0-9A-Za-z]{10,48}', marks: ['xox'] },
  { what: 'a Google API key', pattern: 'AIza[0-9A-Za-z_-]{35}', marks: ['AIza'] },
  { what: 'a Stripe key', pattern: '(?:sk|rk)_live_[0-9A-Za-z]{24}', marks: ['_live_'] },
  { what: 'a SendGrid key', pattern: 'SG\\.[0-9A-Za-z_-]{22}\\.[0-9A-Za-z_-]{43}', marks: ['SG.'] },
  { what: 'an npm token', pattern: 'npm_[0-9A-Za-z]{36}', marks: ['npm_'] },
  { what: 'a signed token', pattern: '(?:^|[^0-9A-Za-z_-])eyJ[0-9A-Za-z_-]{10,1000}\\.eyJ[0-9A-Za-z_-]{10}', marks: ['eyJ'] },
  { what: 'an Azure storage key', pattern: 'AccountKey=[0-9A-Za-z+/]{40,100}', marks: ['AccountKey='] },
  {
    what: 'a password in an address',
    pattern: '(?:^|[^a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://[^\\s:/@$<{"\']{1,100}:[^\\s:/@$<{"\']{3,100}@',
    marks: ['://'],
  },
];

export const defaultValues: readonly string[] = forms.map(({ pattern }) => pattern);

const builtIn = new Map(forms.map(({ what, pattern, marks }) => [pattern, { what, marks, expression: new RegExp(pattern) }]));

/** A name that credentials go under, and its words. */
export interface Term {
  readonly text: string;
  readonly words: readonly string[];
}

export interface Settings {
  readonly names: readonly Term[];
  readonly values: readonly string[];
  readonly allowedNames: readonly string[];
  readonly allowedValues: readonly string[];
}

/** Settings of a control that looks for credentials. */
export const parameters: Readonly<Record<keyof Settings, Json>> = {
  names: defaultNames,
  values: defaultValues,
  allowedNames: [],
  allowedValues: [],
};

const read = new WeakMap<Readonly<Record<string, Json>>, Settings>();

/** The settings in force; read once a run, since every container and every ConfigMap asks. */
export function settingsOf(given: Readonly<Record<string, Json>>): Settings {
  let settings = read.get(given);
  if (settings === undefined) {
    settings = {
      names: terms(strings(given.names)),
      values: strings(given.values),
      allowedNames: strings(given.allowedNames).map((name) => name.toLowerCase()),
      allowedValues: strings(given.allowedValues),
    };
    read.set(given, settings);
  }
  return settings;
}

export function terms(names: readonly string[]): readonly Term[] {
  return names.map((text) => ({ text, words: wordsOf(text) })).filter(({ words }) => words.length > 0);
}

/** Says what a named value looks like; undefined where it looks harmless. `a plain value under a name with "password"`, `an AWS access key`. */
export function looksLike(name: string, value: string, settings: Settings): string | undefined {
  const text = value.slice(0, maxRead);
  if (text.trim() === '' || isAllowed(name, text, settings)) return undefined;
  const form = formOf(text, settings) ?? formOf(decoded(text), settings);
  if (form !== undefined) return form;
  const term = namedLike(name, settings.names);
  return term === undefined || isHarmless(text, term) ? undefined : `a plain value under a name with "${term}"`;
}

const maxRead = 256 * 1024;

/** True for what the user lets be. */
export function isAllowed(name: string, value: string, { allowedNames, allowedValues }: Settings): boolean {
  const lower = name.toLowerCase();
  return (
    allowedNames.some((allowed) => lower.includes(allowed)) || allowedValues.some((pattern) => linearRegex(pattern)?.found(value) === true)
  );
}

/** What a text holds, by the forms of credentials. */
export function formOf(text: string, { values }: Settings): string | undefined {
  if (text === '' || text.startsWith('/')) return undefined;
  for (const pattern of values) {
    const known = builtIn.get(pattern);
    if (known?.marks.some((mark) => text.includes(mark)) === false) continue;
    if (known === undefined ? linearRegex(pattern)?.found(text) === true : known.expression.test(text))
      return known?.what ?? 'a value of a configured form';
  }
  return undefined;
}

/** Base64 read as text; empty where it is none. */
function decoded(text: string): string {
  const compact = text.trim();
  if (compact.length < 16 || compact.length % 4 !== 0 || !/^[0-9A-Za-z+/]+={0,2}$/.test(compact)) return '';
  return atob(compact);
}

/** The term whose words a name holds, unless the name goes on to say something about it (`TOKEN_TTL`, `KEY_FILE`). */
export function namedLike(name: string, names: readonly Term[]): string | undefined {
  let known = answers.get(names);
  if (known === undefined) {
    known = new Map();
    answers.set(names, known);
  }
  const answer = known.get(name) ?? termIn(name, names) ?? noTerm;
  if (known.size < maxKept) known.set(name, answer);
  return answer === noTerm ? undefined : answer;
}

/** Names stand in many containers; a program that runs on does not keep them all. No term is an empty text. */
const maxKept = 10_000;
const answers = new WeakMap<readonly Term[], Map<string, string>>();
const noTerm = '';

function termIn(name: string, names: readonly Term[]): string | undefined {
  const words = wordsOf(name);
  if (aboutIt.has(words.at(-1) ?? '')) return undefined;
  return names.find((term) => words.some((_, start) => term.words.every((word, index) => isWord(words[start + index] ?? '', word))))?.text;
}

function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, 256)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

function isWord(word: string, wanted: string): boolean {
  if (word === wanted || word === `${wanted}s`) return true;
  return word.endsWith(wanted) ? !endsAlike.has(word) : wanted.length >= 6 && word.includes(wanted);
}

const endsAlike: ReadonlySet<string> = new Set(['monkey', 'donkey', 'turkey', 'hockey', 'jockey', 'whiskey', 'hotkey']);

/** Last words of names that say something about a credential and hold none. */
const aboutIt: ReadonlySet<string> = new Set(
  (
    'path paths file files filename dir directory folder url uri urls endpoint host hostname address port name names namespace type kind mode enabled disabled enable disable ' +
    'ttl expiry expiration expires lifetime timeout duration interval seconds minutes hours days age size length count limit max min algorithm alg header headers issuer audience audiences ' +
    'prefix suffix ref reference arn version class provider format location mount store backend username user email policy rotation method required optional'
  ).split(' '),
);

/** Values that point to a credential, stand for one, or are none. */
export function isHarmless(value: string, term: string): boolean {
  const text = value.trim();
  if (/^(?:\/|\.{1,2}\/|~\/|file:|vault:|secret:\/\/|arn:|projects\/)/.test(text)) return true;
  if (/^\$[({]|^\$[A-Z_]+$|\{\{|^<[^<>]*>$|^%[A-Z_]+%$|^@@/.test(text)) return true;
  if (/^(?:true|false|yes|no|on|off|none|null|nil|undefined|x{3,}|\*+|\.{3,}|redacted|replace[-_ ]?me|todo|placeholder)$/i.test(text))
    return true;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^\s@]*$/i.test(text)) return true;
  if (/^[a-z0-9][a-z0-9.-]*\.[a-z]{2,}\/[\w.-]+$|\.(?:json|ya?ml|pem|crt|key|txt|conf|cfg|ini|properties|p12|jks)$/.test(text)) return true;
  if (/^(?:[a-z0-9.-]+-)?(?:secret|token|key|credential)s?$/.test(text) && !/^pass|^pwd/.test(term)) return true;
  return /^(?:-?[0-9.]+(?:ns|us|ms|s|m|h|d)?)+$/.test(text) && !/^(?:pass|pwd|secret)/.test(term);
}
