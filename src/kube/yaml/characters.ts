// Character classes of YAML 1.1 as libyaml has them. A NUL stands behind every text, so "or end" classes hold it.

const space = 1;
const lineBreak = 2;
const end = 4;
const flowIndicator = 8;
const word = 16;
const uri = 32;
const hexDigit = 64;

const classes = new Uint8Array(256);
function mark(characters: string, bit: number): void {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    classes[code] = (classes[code] ?? 0) | bit;
  }
}
const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
mark(' \t', space);
mark('\r\n\u0085', lineBreak);
mark('\0', end);
mark(',?[]{}', flowIndicator);
mark(`${alphanumeric}_-`, word | uri);
mark(";/?:@&=+$,.!~*'()[]%", uri);
mark('0123456789ABCDEFabcdef', hexDigit);

function is(code: number, bits: number): boolean {
  return code < 256 ? ((classes[code] as number) & bits) !== 0 : (bits & lineBreak) !== 0 && (code === 0x2028 || code === 0x2029);
}

/** Space or tab. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** LF, CR, NEL, LS or PS. */
export function isBreak(code: number): boolean {
  return is(code, lineBreak);
}

export function isBreakOrEnd(code: number): boolean {
  return is(code, lineBreak | end);
}

/** Blank, line break or end. */
export function isSpaceOrEnd(code: number): boolean {
  return is(code, space | lineBreak | end);
}

/** A character that ends a plain scalar inside a flow collection. */
export function isFlowIndicator(code: number): boolean {
  return is(code, flowIndicator);
}

/** A character of anchors and tag handles. */
export function isWord(code: number): boolean {
  return is(code, word);
}

/** A character of tags. */
export function isUri(code: number): boolean {
  return is(code, uri);
}

export function isHexDigit(code: number): boolean {
  return is(code, hexDigit);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** `---` or `...` followed by space or end. */
export function isDocumentMarker(text: string, at: number): boolean {
  const first = text.charCodeAt(at);
  return (
    (first === 45 || first === 46) &&
    text.charCodeAt(at + 1) === first &&
    text.charCodeAt(at + 2) === first &&
    isSpaceOrEnd(text.charCodeAt(at + 3))
  );
}

/** Characters libyaml refuses anywhere in a stream: controls except tab and line ends, lone surrogates, U+FFFE and U+FFFF. */
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]/;
const forbiddenPoints = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]/u;

/** Most texts hold nothing else, which is seen in two thirds of the time. */
const notPlain = /[^\t\n\r -~]/;

/** Offset of the first character that no YAML text may hold; -1 where there is none. */
export function forbiddenAt(text: string): number {
  if (!notPlain.test(text)) return -1;
  return forbidden.test(text) ? text.search(forbiddenPoints) : -1;
}
