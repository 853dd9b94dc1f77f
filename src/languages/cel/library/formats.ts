// `format.dns1123Label().validate(name)` (Kubernetes 1.31): named formats, and what is wrong with a text of that format.

import { fn, type Library, method, readType } from '../function.ts';
import { parseTimestamp } from '../time.ts';
import { CelError, Opaque, Optional, type Value } from '../value.ts';
import { type NameForm, problemsOfName } from './names.ts';
import { parseRequestUri } from './url.ts';

class Format extends Opaque {
  readonly type = readType('format');
  readonly name: string;
  /** Length that costs take for the format's pattern. */
  readonly maxPatternSize: number;
  readonly problems: (text: string) => readonly string[];
  constructor(name: string, maxPatternSize: number, problems: (text: string) => readonly string[]) {
    super();
    this.name = name;
    this.maxPatternSize = maxPatternSize;
    this.problems = problems;
  }
  equals(other: Opaque): boolean {
    return other instanceof Format && other.name === this.name;
  }
}

const nameForms: Readonly<Record<NameForm, number>> = {
  dns1123Label: 30,
  dns1123Subdomain: 60,
  dns1035Label: 30,
  qualifiedName: 60,
  dns1123LabelPrefix: 30,
  dns1123SubdomainPrefix: 60,
  dns1035LabelPrefix: 30,
  labelValue: 40,
};

const either = (valid: (text: string) => boolean, message: string) => (text: string) => (valid(text) ? [] : [message]);
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !(parseTimestamp(`${text}T00:00:00Z`) instanceof CelError);
}

function isDateTime(text: string): boolean {
  return !(parseTimestamp(text.toUpperCase().replace(' ', 'T')) instanceof CelError);
}

const formatsByName = new Map<string, Format>(
  [
    ...(Object.keys(nameForms) as NameForm[]).map((form) => new Format(form, nameForms[form], (text) => problemsOfName(form, text))),
    new Format('uri', 1103, (text) => {
      const url = parseRequestUri(text);
      return url instanceof CelError ? [url.message] : [];
    }),
    new Format(
      'uuid',
      78,
      either((text) => uuid.test(text), 'does not match the UUID format'),
    ),
    new Format(
      'byte',
      84,
      either((text) => text !== '' && base64.test(text), 'invalid base64'),
    ),
    new Format('date', 74, either(isDate, 'invalid date')),
    new Format('datetime', 74, either(isDateTime, 'invalid datetime')),
  ].map((format) => [format.name, format]),
);

function validate(format: Format, text: string): Value {
  const problems = format.problems(text);
  return problems.length === 0 ? Optional.none : new Optional(problems);
}

export const formats: Library = {
  functions: [
    method('validate', 'format-validate', 'format, string -> optional(list(string))', validate),
    fn('format.named', 'format-named', 'string -> optional(format)', (name: string) => {
      const format = formatsByName.get(name);
      return format === undefined ? Optional.none : new Optional(format);
    }),
    ...[...formatsByName.values()].map((format) => fn(`format.${format.name}`, `format.${format.name}`, '-> format', () => format)),
  ],
};
