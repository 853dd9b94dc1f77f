// The forms of names with the server's words for what is wrong, as k8s.io/apimachinery/pkg/util/validation and pkg/api/validate/content
// (1.36) say them. Each function gives the complaints about a text, none for a good one; kube/names.ts has the same forms as yes or no.

import { byteLength } from '../read.ts';

export type Complaints = readonly string[];
export type NameRule = (name: string) => Complaints;

const none: Complaints = Object.freeze([]);

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const labelWithUnderscore = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const subdomainWithUnderscore = `${labelWithUnderscore}(\\.${labelWithUnderscore})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const labelKey = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValueForm = `(${labelKey})?`;
const wildcard = `\\*\\.${subdomain}`;

const labelRegex = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const subdomainRegex = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const subdomainUnderscoreRegex = /^_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?(?:\._?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?)*$/;
const label1035Regex = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const labelKeyRegex = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const subdomainWords =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

/** `WORDS (e.g. 'a',  or 'b', regex used for validation is 'FORM')`: the spaces are the server's. */
export function formComplaint(words: string, form: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${words} (regex used for validation is '${form}')`;
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${words} (e.g. ${shown}regex used for validation is '${form}')`;
}

export function rangeComplaint(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

function tooManyCharacters(limit: number): string {
  return `must be no more than ${limit} characters`;
}

function complaints(...found: readonly (string | false)[]): Complaints {
  const said = found.filter((each) => each !== false);
  return said.length === 0 ? none : said;
}

/** `web-1`, at most 63 characters. */
export function dnsLabel(name: string): Complaints {
  if (name.length <= 63 && labelRegex.test(name)) return none;
  return complaints(
    byteLength(name) > 63 && tooManyCharacters(63),
    !labelRegex.test(name) &&
      (subdomainRegex.test(name)
        ? 'must not contain dots'
        : formComplaint(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
            label,
            'my-name',
            '123-abc',
          )),
  );
}

/** `web.example.com`, at most 253 characters. */
export function dnsSubdomain(name: string): Complaints {
  if (name.length <= 253 && subdomainRegex.test(name)) return none;
  return complaints(
    byteLength(name) > 253 && tooManyCharacters(253),
    !subdomainRegex.test(name) && formComplaint(subdomainWords, subdomain, 'example.com'),
  );
}

/** The same form where newer rules say it, which count bytes. */
export function longName(name: string): Complaints {
  return dnsSubdomain(name).map((complaint) => complaint.replace(/^(must be no more than 253) characters$/, '$1 bytes'));
}

/** A subdomain in which labels may begin with and hold underscores: search domains. */
export function dnsSubdomainWithUnderscore(name: string): Complaints {
  if (name.length <= 253 && subdomainUnderscoreRegex.test(name)) return none;
  return complaints(
    byteLength(name) > 253 && tooManyCharacters(253),
    !subdomainUnderscoreRegex.test(name) &&
      formComplaint(subdomainWords.replace("characters, '-'", "characters, '_', '-'"), subdomainWithUnderscore, 'example.com'),
  );
}

/** A label that does not begin with a digit. */
export function dns1035Label(name: string): Complaints {
  if (name.length <= 63 && label1035Regex.test(name)) return none;
  return complaints(
    byteLength(name) > 63 && tooManyCharacters(63),
    !label1035Regex.test(name) &&
      formComplaint(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        label1035,
        'my-name',
        'abc-123',
      ),
  );
}

/** `*.example.com`. */
export function wildcardDnsSubdomain(name: string): Complaints {
  const matches = name.startsWith('*.') && subdomainRegex.test(name.slice(2));
  return complaints(
    byteLength(name) > 253 && tooManyCharacters(253),
    !matches &&
      formComplaint(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
        wildcard,
        '*.example.com',
      ),
  );
}

const labelKeyWords = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** A key of a label, a resource name: `app`, `example.com/app`. Lengths are said in bytes here. */
export function qualifiedName(name: string): Complaints {
  if (name.length <= 63 && labelKeyRegex.test(name)) return none;
  const parts = name.split('/');
  const form = formComplaint(labelKeyWords, labelKey, 'MyName', 'my.name', '123-abc');
  if (parts.length > 2) return [`a valid label key ${form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const found: string[] = [];
  const own = parts.at(-1) ?? '';
  const prefix = parts[0] ?? '';
  if (parts.length === 2) {
    if (prefix === '') found.push('prefix part must be non-empty');
    else {
      if (byteLength(prefix) > 253) found.push('prefix part must be no more than 253 bytes');
      if (!subdomainRegex.test(prefix)) found.push(`prefix part ${formComplaint(subdomainWords, subdomain, 'example.com')}`);
    }
  }
  if (own === '') found.push('name part must be non-empty');
  else if (byteLength(own) > 63) found.push('name part must be no more than 63 bytes');
  if (!labelKeyRegex.test(own)) found.push(`name part ${form}`);
  return found.length === 0 ? none : found;
}

/** Empty, or at most 63 characters that begin and end with a letter or digit. */
export function labelValue(value: string): Complaints {
  if (value === '' || (value.length <= 63 && labelKeyRegex.test(value))) return none;
  return complaints(
    byteLength(value) > 63 && 'must be no more than 63 bytes',
    !labelKeyRegex.test(value) &&
      formComplaint(
        `a valid label must be an empty string or ${labelKeyWords.replace('must consist', 'consist')}`,
        labelValueForm,
        'MyValue',
        'my_value',
        '12345',
      ),
  );
}

/** A segment of a URL's path: RBAC objects, and every name at the least. */
export function pathSegment(name: string): Complaints {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  if (!name.includes('/') && !name.includes('%')) return none;
  return complaints(name.includes('/') && "may not contain '/'", name.includes('%') && "may not contain '%'");
}

const plainPortName = /^[a-z][a-z0-9]{0,14}$/;

/** An IANA service name: a port's name. */
export function portName(name: string): Complaints {
  if (plainPortName.test(name)) return none;
  return complaints(
    byteLength(name) > 15 && tooManyCharacters(15),
    !/^[-a-z0-9]+$/.test(name) && 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    !/[a-z]/.test(name) && 'must contain at least one letter (a-z)',
    name.includes('--') && 'must not contain consecutive hyphens',
    (name.startsWith('-') || name.endsWith('-')) && 'must not begin or end with a hyphen',
  );
}

export function portNumber(port: number): Complaints {
  return port >= 1 && port <= 65535 ? none : [rangeComplaint(1, 65535)];
}

/** A user's or group's id. */
export function userId(id: number): Complaints {
  return id >= 0 && id <= 2147483647 ? none : [rangeComplaint(0, 2147483647)];
}

export function percent(value: string): Complaints {
  if (/^[0-9]+%$/.test(value)) return none;
  return [formComplaint("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')];
}

export function httpHeaderName(value: string): Complaints {
  if (/^[-A-Za-z0-9]+$/.test(value)) return none;
  return [formComplaint("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name')];
}

function leadsUp(value: string): string | false {
  if (value === '.') return "must not be '.'";
  if (value === '..') return "must not be '..'";
  return value.startsWith('..') && "must not start with '..'";
}

const plainVariable = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The name of an environment variable: printable ASCII without `=` (KEP-4369); before that a word that begins with no digit. */
export function environmentVariableName(name: string, relaxed: boolean): Complaints {
  if (plainVariable.test(name)) return none;
  if (!relaxed)
    return complaints(
      !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) &&
        formComplaint(
          "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
          '[-._a-zA-Z][-._a-zA-Z0-9]*',
          'my.env-name',
          'MY_ENV.NAME',
          'MyEnvName1',
        ),
      leadsUp(name),
    );
  return complaints(
    name === '' && 'environment variable name must be non-empty',
    !/^[ -<>-~]*$/.test(name) && "a valid environment variable name must consist only of printable ASCII characters other than '='",
  );
}

/** A key of a ConfigMap or Secret. */
export function configKey(key: string): Complaints {
  if (key.length <= 253 && /^[-_a-zA-Z0-9][-._a-zA-Z0-9]*$/.test(key)) return none;
  return complaints(
    byteLength(key) > 253 && tooManyCharacters(253),
    !/^[-._a-zA-Z0-9]+$/.test(key) &&
      formComplaint(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        '[-._a-zA-Z0-9]+',
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    leadsUp(key),
  );
}

/** A whole decimal number without sign of plus or needless zeros. */
export function decimalInteger(value: string): Complaints {
  if (value === '') return ['must be non-empty'];
  return /^(?:0|-?[1-9][0-9]*)$/.test(value) ? none : ['must be a valid decimal integer in canonical form'];
}

/** `generateName` may end in a dash, since more comes after it. */
export function asPrefix(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}
