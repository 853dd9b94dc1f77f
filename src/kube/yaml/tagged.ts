// Scalars with a tag, as go.yaml.in/yaml/v2 2.4 resolves them: `!!int`, `!!float`, `!!bool` and `!!null` check what the text reads as by itself,
// `!!binary` is decoded, `!!str`, `!!timestamp` and all unknown tags leave the text as it is. Quotes make no difference under a tag.

import { failure, ok, type Result } from '../../lib/result.ts';
import { resolveInteger, resolvePlain, type Scalar } from './scalar.ts';

interface TagFailure {
  readonly code: 'yaml/syntax' | 'yaml/bad-binary';
  readonly message: string;
}

const prefix = 'tag:yaml.org,2002:';
const timestamp =
  /^[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?)?$/;
const notBase64 = /[^A-Za-z0-9+/=]|=[^=]|===/;

/** The value of `text` under the full tag `tag`. */
export function resolveTagged(tag: string, text: string): Result<Scalar, TagFailure> {
  if (!tag.startsWith(prefix)) return ok(text);
  const name = tag.slice(prefix.length);
  const value = resolvePlain(text);
  switch (name) {
    case 'null':
      return value === null ? ok(null) : mismatch(name);
    case 'bool':
      return typeof value === 'boolean' ? ok(value) : mismatch(name);
    case 'int':
      return typeof value === 'number' && resolveInteger(text) !== undefined ? ok(value) : mismatch(name);
    case 'float':
      return typeof value === 'number' && (resolveInteger(text) ?? 0) < 2n ** 63n ? ok(value) : mismatch(name);
    case 'timestamp':
      return timestamp.test(text) ? ok(text) : mismatch(name);
    case 'binary':
      return decodeBinary(text);
    default:
      return ok(text);
  }
}

function mismatch(name: string): Result<Scalar, TagFailure> {
  return failure({ code: 'yaml/syntax', message: `the tag !!${name} does not fit the value behind it` });
}

/** Base64 with line ends; the bytes are read as UTF-8, each that is none as U+FFFD, because JSON strings are text. */
function decodeBinary(text: string): Result<Scalar, TagFailure> {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || notBase64.test(compact)) return failure({ code: 'yaml/bad-binary', message: '!!binary is not base64' });
  return ok(atob(compact).replace(sequence, (bytes) => decodeSequence(bytes)));
}

/** One UTF-8 sequence, or one byte that is none, in a string of bytes. */
const sequence =
  /[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|[\x80-\xff]/g;

function decodeSequence(bytes: string): string {
  if (bytes.length === 1) return '\ufffd';
  let code = bytes.charCodeAt(0) & (0x7f >> bytes.length);
  for (let index = 1; index < bytes.length; index++) code = (code << 6) | (bytes.charCodeAt(index) & 0x3f);
  return String.fromCodePoint(code);
}
