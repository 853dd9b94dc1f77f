// Credentials in ConfigMaps: under keys that name them, by their form anywhere in a value, and on lines of configuration files such as
// `password = …` or `"clientSecret": "…"`. ConfigMaps are not protected like Secrets: more roles may read them, and no encryption covers them.

import { asObject, asString } from '../../lib/json.ts';
import { escapeToken } from '../../lib/json-pointer.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { isAllowed, isHarmless, looksLike, namedLike, parameters, type Settings, settingsOf, terms } from './credentials.ts';

export const configMap = control({
  id: 'secrets/config-map',
  aliases: ['C-0012', 'rule:rule-credentials-configmap', 'KSV-0109', 'KSV-01010', 'sensitiveConfigmapContent', 'CM-001'],
  severity: 'high',
  title: 'ConfigMaps hold no credentials',
  why: 'ConfigMaps may be read by far more accounts than Secrets, are not encrypted with them, and mostly come from version control.',
  fix: 'Move the value into a Secret, and change the credential, which is known now.',
  frameworks: ['nsa:secrets', 'attack:T1552.001', 'matrix:MS-TA9027', 'owasp:K08', 'pci:6.1.a'],
  parameters,
  on: objects('/ConfigMap'),
  check: ({ object }, context) => {
    const settings = settingsOf(context.parameters);
    return Object.entries(asObject(object.data)).flatMap(([key, value]) => {
      const text = asString(value) ?? '';
      const what = isFile(key, text) ? inFile(text, settings) : looksLike(key, text, settings);
      return what === undefined ? [] : [fail(`/data/${escapeToken(key)}`, 'credential', `"${key}" holds ${what}`)];
    });
  },
  examples: {
    pass: () => [
      cluster({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'app', namespace: 'shop' },
        data: { 'app.properties': 'db.host=db\ndb.password=$(DB_PASSWORD)\n', LOG_LEVEL: 'info' },
      }),
    ],
    fail: () => [
      cluster({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app', namespace: 'shop' }, data: { password: 'correct horse' } }),
      cluster({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'app', namespace: 'shop' },
        data: { 'app.properties': 'db.host=db\ndb.password=correct-horse\n' },
      }),
    ],
  },
});

/** Several lines under a name with an ending, such as `app.properties`, are a file of settings; `id_rsa.key` is the credential itself. */
function isFile(key: string, text: string): boolean {
  return text.includes('\n') && /\.[A-Za-z0-9_-]{2,12}$/.test(key) && !/[._-](?:pem|key|pwd|password|token)$/i.test(key);
}

/** Names that are unmistakable among the many keys of configuration files. */
const inFiles = terms([
  'password',
  'passwd',
  'passphrase',
  'client_secret',
  'secret_key',
  'access_key',
  'api_key',
  'private_key',
  'auth_token',
  'access_token',
]);
/** Lines without any of these cannot set one. */
const hint = /pass|secret|key|token/i;
const setting = /^[\s"'-]*([A-Za-z][A-Za-z0-9_.-]{0,80})["']?\s{0,8}[:=]\s{0,8}(.*)$/;
const maxLines = 5000;

/** A file: by form as a whole, else line by line under unmistakable names. */
function inFile(text: string, settings: Settings): string | undefined {
  const whole = looksLike('', text, settings);
  if (whole !== undefined) return whole;
  if (!hint.test(text)) return undefined;
  for (const line of text.split('\n', maxLines)) {
    if (line.length > 500 || !hint.test(line)) continue;
    const match = setting.exec(line);
    if (match === null) continue;
    const name = match[1] ?? '';
    const value = unquoted(match[2] ?? '');
    const term = namedLike(name, inFiles);
    if (term === undefined || !isWritten(value) || isHarmless(value, term) || isAllowed(name, value, settings)) continue;
    return `a line that sets "${name}"`;
  }
  return undefined;
}

function unquoted(text: string): string {
  const match = /^"([^"]*)"|^'([^']*)'/.exec(text.trim());
  return (match?.[1] ?? match?.[2] ?? text.replace(/[\s,;]+$|\s#.*$/g, '')).trim();
}

/** False for what is code or prose rather than a value. */
function isWritten(value: string): boolean {
  return /^[^\s(){}[\]<>$%|\\,;]{4,200}$/.test(value);
}
