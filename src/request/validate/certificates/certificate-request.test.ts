import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestProblem } from './certificate-request.ts';

function pem(hex: string, type = 'CERTIFICATE REQUEST'): string {
  const bytes = String.fromCharCode(...(hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)));
  return `-----BEGIN ${type}-----\n${btoa(bytes)}\n-----END ${type}-----\n`;
}

const wrongBlock = 'PEM block type must be CERTIFICATE REQUEST';
/** Version, an empty subject, a key that holds nothing; an algorithm; a signature. */
const smallest = '300e3007020100300030003000030100';

const cases: readonly (readonly [what: string, text: string, problem: string | undefined])[] = [
  ['nothing', '', wrongBlock],
  ['a certificate', pem(smallest, 'CERTIFICATE'), wrongBlock],
  ['the structure of a request', pem(smallest), undefined],
  ['no content', pem(''), 'asn1: syntax error: sequence truncated'],
  ['an empty sequence', pem('3000'), 'asn1: syntax error: sequence truncated'],
  ['less than it says', pem('300501'), 'asn1: syntax error: data truncated'],
  ['something after it', pem(`${smallest}00`), 'asn1: syntax error: trailing data'],
];

for (const [what, text, problem] of cases)
  test(`a certificate request: ${what}`, () => {
    assert.equal(requestProblem(text), problem);
  });

test('a certificate request: text is another element', () => {
  assert.match(
    requestProblem(pem('68656c6c6f')) ?? '',
    /^asn1: structure error: tags don't match \(16 vs \{class:1 tag:8 length:101 isCompound:true\}\)/,
  );
});
