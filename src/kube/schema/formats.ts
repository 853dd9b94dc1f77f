// String formats that the API server checks in custom resources (apiextensions-apiserver 1.36, k8s.io/kube-openapi/pkg/validation/strfmt).
// Names are compared without dashes; a format that is not listed is ignored, as there. `k8s-short-name` and `k8s-long-name` since 1.34.
// Narrower than the server in mail addresses: no comments and no domain literals.

import { parseAddress, parseCidr } from '../../lib/cidr.ts';
import { parseDuration } from '../duration.ts';
import { isDns1123Label, isDns1123Subdomain } from '../names.ts';
import { compareReleases } from '../version/version.ts';

const formats = new Map<string, (text: string) => boolean>([
  ['bsonobjectid', (text) => /^[0-9a-fA-F]{24}$/.test(text)],
  ['uri', isRequestUri],
  ['email', isEmail],
  ['hostname', isHostname],
  ['ipv4', (text) => text.includes('.') && parseAddress(text) !== undefined],
  ['ipv6', (text) => text.includes(':') && parseAddress(text) !== undefined],
  ['cidr', (text) => parseCidr(text) !== undefined],
  ['mac', isMac],
  ['uuid', (text) => uuid(text, '[0-9a-f]', '[0-9a-f]')],
  ['uuid3', (text) => uuid(text, '3', '[0-9a-f]')],
  ['uuid4', (text) => uuid(text, '4', '[89ab]')],
  ['uuid5', (text) => uuid(text, '5', '[89ab]')],
  ['isbn', (text) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', isCreditCard],
  ['ssn', (text) => text.length === 11 && /^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$/.test(text)],
  ['hexcolor', (text) => /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text)],
  ['rgbcolor', isRgbColor],
  ['byte', (text) => text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)],
  ['password', () => true],
  ['date', isDate],
  ['duration', isDuration],
  ['datetime', isDateTime],
  ['k8sshortname', isDns1123Label],
  ['k8slongname', isDns1123Subdomain],
]);

/** True for a format of strings that a release checks at all; a server knows those that the release before it had, too. */
export function isKnownFormat(format: string, minor = '1.36'): boolean {
  const name = format.replaceAll('-', '');
  return formats.has(name) && !(name.startsWith('k8s') && compareReleases(minor, '1.35') < 0);
}

/** True where the text has the format, or the format is not known. */
export function hasFormat(text: string, format: string): boolean {
  return formats.get(format.replaceAll('-', ''))?.(text) ?? true;
}

/** What Go's url.ParseRequestURI takes: an absolute path, or a URI with a scheme. */
function isRequestUri(text: string): boolean {
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text)) return false;
  if (text === '*') return true;
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text);
  if (scheme === null && /^[^/?#]*:/.test(text) && !text.startsWith('/')) return false;
  const rest = scheme === null ? text : text.slice(scheme[0].length);
  const path = rest.split('?')[0] ?? '';
  if (!path.startsWith('/')) return scheme !== null;
  const authority = scheme !== null || path.startsWith('//') ? /^\/\/([^/]*)/.exec(path)?.[1] : undefined;
  const plain = authority === undefined || path.startsWith('///') ? path : path.slice(authority.length + 2);
  if (/%(?![0-9a-fA-F]{2})/.test(plain)) return false;
  return authority === undefined || isAuthority(authority);
}

function isAuthority(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at >= 0 && !/^(?:[A-Za-z0-9\-._:~!$&'()*+,;=%@])*$/.test(text.slice(0, at))) return false;
  const host = text.slice(at + 1);
  if (host.startsWith('[')) return /^\[[0-9a-fA-F:.]+(?:%25[^\]]+)?\](?::[0-9]*)?$/.test(host);
  const [name = '', ...ports] = host.split(':');
  return ports.length <= 1 && /^[0-9]*$/.test(ports[0] ?? '') && !/[\s"<>\\^`{|}]/.test(name) && !/%(?![0-9a-fA-F]{2})/.test(name);
}

function isEmail(text: string): boolean {
  const bracketed = /^[^<>]*<([^<>]+)>$/.exec(text.trim());
  const address = bracketed?.[1] ?? text.trim();
  return /^(?:[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\uffff]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\uffff]+)*|"[^"\\]*")@[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\uffff]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\uffff]+)*$/.test(
    address,
  );
}

/** One label whose only dash may follow its first character, or several whose last has letters only. */
function isHostname(text: string): boolean {
  if (new TextEncoder().encode(text).length > 255) return false;
  const labels = text.split('.');
  if (labels.some((label) => new TextEncoder().encode(label).length > 63)) return false;
  if (labels.length === 1) return /^[a-zA-Z0-9\p{S}\p{L}]-?[a-zA-Z0-9\p{S}\p{L}]{0,62}$/u.test(text);
  const last = labels.at(-1) ?? '';
  return (
    /^[a-zA-Z\p{L}]{2,63}$/u.test(last) &&
    labels.slice(0, -1).every((label) => /^[a-zA-Z0-9\p{S}\p{L}](?:[a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?$/u.test(label))
  );
}

function isMac(text: string): boolean {
  const octets = /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1)+[0-9a-f]{2}$/i.test(text) ? (text.length + 1) / 3 : 0;
  const groups = /^(?:[0-9a-f]{4}\.)+[0-9a-f]{4}$/i.test(text) ? ((text.length + 1) / 5) * 2 : 0;
  return [6, 8, 20].includes(octets) || [6, 8, 20].includes(groups);
}

function uuid(text: string, version: string, variant: string): boolean {
  return new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i').test(text);
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  if (!/^[0-9]{9}[0-9X]$/.test(digits)) return false;
  return [...digits].reduce((sum, digit, index) => sum + (index + 1) * (digit === 'X' ? 10 : Number(digit)), 0) % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  if (!/^[0-9]{13}$/.test(digits)) return false;
  return [...digits].reduce((sum, digit, index) => sum + Number(digit) * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0;
}

const cards =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9]{2})[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11})$/;

function isCreditCard(text: string): boolean {
  const digits = text.replace(/[^0-9]+/g, '');
  if (!cards.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function isRgbColor(text: string): boolean {
  const match = /^rgb\(\s*([0-9]{1,3})\s*,\s*([0-9]{1,3})\s*,\s*([0-9]{1,3})\s*\)$/.exec(text);
  return match?.slice(1).every((part) => Number(part) < 256 && !/^0[0-9]/.test(part)) ?? false;
}

function isDate(text: string): boolean {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day >= 1 && day <= (days[month - 1] ?? 0);
}

function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  const match = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:.[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})$/.exec(time ?? '');
  return isDate(date) && match !== null && Number(match[1]) < 24 && Number(match[2]) < 60 && Number(match[3]) < 60;
}

const durationUnits = /^(?:ns|nano.*|us|µs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*)$/i;

/** A duration of Go, or anything that holds a number with a unit in words: `2 days`. */
function isDuration(text: string): boolean {
  if (parseDuration(text) !== undefined) return true;
  let found = false;
  for (const [, , unit = ''] of text.matchAll(/([0-9]{1,18})\s*([A-Za-zµ]+)/g)) if (durationUnits.test(unit)) found = true;
  return found;
}
