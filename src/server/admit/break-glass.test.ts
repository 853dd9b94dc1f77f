import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { issueToken, longestGrant, newBreakGlassKeys, openWith, readPublicKeys } from './break-glass.ts';

const { privateKey, publicKey } = newBreakGlassKeys();
const keys = readPublicKeys(publicKey);
const now = 1_800_000_000;
const wanted = { user: 'anna', namespaces: ['shop', 'team-*'], operations: ['CREATE', 'UPDATE'], reason: 'INC-1', seconds: 600, now };
const issued = issueToken(privateKey, wanted);
const token = issued.ok ? issued.value : assert.fail(issued.problem.message);
const occasion = { user: 'anna', namespace: 'shop', operation: 'CREATE', now: now + 60 };
const [form, version, payload = '', signature = ''] = token.split('.');

function widened(change: Record<string, unknown>): string {
  const grant = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...change };
  return [form, version, Buffer.from(JSON.stringify(grant)).toString('base64url'), signature].join('.');
}

describe('a break-glass token', () => {
  test('opens what it says', () => {
    const grant = openWith(token, keys, occasion);
    assert.ok(typeof grant !== 'string');
    assert.deepEqual([grant.user, grant.reason, grant.expires], ['anna', 'INC-1', now + 600]);
  });

  const other = newBreakGlassKeys();
  for (const [name, shown, asked, reason] of [
    ['of another user', token, { ...occasion, user: 'ben' }, /another user/],
    ['for another namespace', token, { ...occasion, namespace: 'kube-system' }, /does not open namespace kube-system/],
    ['for a namespace its pattern names', token, { ...occasion, namespace: 'team-a' }, undefined],
    ['for what is in no namespace', token, { ...occasion, namespace: '' }, /cluster-scoped/],
    ['for another operation', token, { ...occasion, operation: 'DELETE' }, /does not open DELETE/],
    ['after its time', token, { ...occasion, now: now + 600 }, /expired/],
    ['a day after', token, { ...occasion, now: now + 86_400 }, /expired/],
    ['with a clock a day behind', token, { ...occasion, now: now - 86_400 }, /from the future/],
    ['with a clock a little behind', token, { ...occasion, now: now - 30 }, undefined],
    ['whose payload was widened', widened({ namespaces: ['*'] }), occasion, /none of the keys/],
    ['whose end was moved', widened({ expires: now + 9e9 }), occasion, /none of the keys/],
    ['cut short', token.slice(0, -4), occasion, /none of the keys/],
    ['that is a bare word', 'true', occasion, /no break-glass token/],
    ['that is long', `${token}${'A'.repeat(10_000)}`, occasion, /no break-glass token/],
    ['of a key that is not ours', (issueToken(other.privateKey, wanted) as { value: string }).value, occasion, /none of the keys/],
  ] as const)
    test(name, () => {
      const answer = openWith(shown, keys, asked);
      if (reason === undefined) assert.ok(typeof answer !== 'string', String(answer));
      else assert.match(String(answer), reason);
    });

  test('lives no longer than it may', () => {
    assert.equal(issueToken(privateKey, { ...wanted, seconds: longestGrant + 1 }).ok, false);
    assert.equal(issueToken(privateKey, { ...wanted, seconds: Number.NaN }).ok, false);
    assert.equal(issueToken('no key', wanted).ok, false);
  });

  test('keys can be changed without a gap', () => {
    assert.equal(readPublicKeys(`${other.publicKey}\n${publicKey}`).length, 2);
    assert.ok(typeof openWith(token, readPublicKeys(`${other.publicKey}\n${publicKey}`), occasion) !== 'string');
    assert.deepEqual(readPublicKeys('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'), []);
  });
});
