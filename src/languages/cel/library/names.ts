// The forms of names and labels that Kubernetes validates, with its own words for what is wrong (k8s.io/apimachinery, validation).

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${qualified})?`;

const whole = (pattern: string) => new RegExp(`^${pattern}$`);
const expressions = {
  label: /^[a-z0-9](?:[-a-z0-9]{0,251}[a-z0-9])?$/,
  label1035: /^[a-z](?:[-a-z0-9]{0,251}[a-z0-9])?$/,
  subdomain: whole(subdomain),
  qualified: /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
};

const tooLong = (length: number) => `must be no more than ${length} bytes`;
const bytes = (text: string) => new TextEncoder().encode(text).length;

function described(message: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

export type NameForm =
  | 'dns1123Label'
  | 'dns1123Subdomain'
  | 'dns1035Label'
  | 'qualifiedName'
  | 'labelValue'
  | 'dns1123LabelPrefix'
  | 'dns1123SubdomainPrefix'
  | 'dns1035LabelPrefix';

const lowerCase = 'must consist of lower case alphanumeric characters';
const ends = 'and must start and end with an alphanumeric character';
const key = `must consist of alphanumeric characters, '-', '_' or '.', ${ends}`;

/** What is wrong with a name of that form; empty where nothing is. */
export function problemsOfName(form: NameForm, text: string): readonly string[] {
  switch (form) {
    case 'dns1123Label':
      return one(
        text,
        63,
        expressions.label,
        described(`a lowercase RFC 1123 label ${lowerCase} or '-', ${ends}`, label, ['my-name', '123-abc']),
      );
    case 'dns1123Subdomain':
      return one(
        text,
        253,
        expressions.subdomain,
        described(`a lowercase RFC 1123 subdomain ${lowerCase}, '-' or '.', ${ends}`, subdomain, ['example.com']),
      );
    case 'dns1035Label':
      return one(
        text,
        63,
        expressions.label1035,
        described(
          `a DNS-1035 label ${lowerCase} or '-', start with an alphabetic character, and end with an alphanumeric character`,
          label1035,
          ['my-name', 'abc-123'],
        ),
      );
    case 'labelValue':
      return text === ''
        ? []
        : one(
            text,
            63,
            expressions.qualified,
            described(`a valid label must be an empty string or ${key.slice('must '.length)}`, labelValue, [
              'MyValue',
              'my_value',
              '12345',
            ]),
          );
    case 'qualifiedName':
      return qualifiedName(text);
    default:
      return problemsOfName(form.slice(0, -'Prefix'.length) as NameForm, unprefixed(text));
  }
}

/** Names made from a prefix end in something generated; the hyphen before it is no fault. */
function unprefixed(text: string): string {
  return text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text;
}

function one(text: string, length: number, pattern: RegExp, message: string): readonly string[] {
  return [...(bytes(text) > length ? [tooLong(length)] : []), ...(pattern.test(text) ? [] : [message])];
}

function qualifiedName(text: string): readonly string[] {
  const parts = text.split('/');
  const name = parts.at(-1) ?? '';
  const form = described(key, qualified, ['MyName', 'my.name', '123-abc']);
  if (parts.length > 2) return [`a qualified name ${form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const problems: string[] = [];
  const [prefix = ''] = parts;
  if (parts.length === 2) {
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...problemsOfName('dns1123Subdomain', prefix).map((problem) => `prefix part ${problem}`));
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (bytes(name) > 63) problems.push(`name part ${tooLong(63)}`);
  if (!expressions.qualified.test(name)) problems.push(`name part ${form}`);
  return problems;
}
