// Flags that would let the webhook judge less than its owner believes are refused before it listens.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandInput } from '../../../test/console.ts';
import { folder } from '../../../test/folder.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { run } from './run.ts';

const needed: Flags = { tlsCert: 'tls.crt', tlsKey: 'tls.key', podSecurity: 'baseline', cluster: false, listen: '127.0.0.1:0' };

describe('the webhook does not start', () => {
  const rows: readonly (readonly [what: string, flags: Flags, expected: RegExp])[] = [
    ['without a certificate', { ...needed, tlsCert: undefined }, /--tls-cert is needed/],
    ['without anything to judge by', { ...needed, podSecurity: undefined }, /judge by what/],
    ['with a client name that nobody vouches for', { ...needed, clientName: ['kube-apiserver'] }, /nothing without --client-ca/],
    ['with a deadline that nothing can meet', { ...needed, deadline: '0s' }, /--deadline 0/],
    ['with a deadline before it begins', { ...needed, deadline: '-1s' }, /write it as 2s/],
    ['on an address that is none', { ...needed, listen: 'nowhere' }, /--listen nowhere/],
    ['with a certificate that is not there', needed, /tls\.crt/],
    ['with waivers that are not there', { ...needed, deny: 'high', waivers: ['/nonexistent'] }, /no such file of waivers/],
  ];
  for (const [what, flags, expected] of rows)
    test(what, () =>
      assert.rejects(run(commandInput([], flags).input), (error) => error instanceof Stop && expected.test(error.problem.message)),
    );

  test('with an authority or keys that are none', async (t) => {
    const root = folder(t, { 'empty.pem': '' });
    const file = join(root, 'empty.pem');
    await assert.rejects(run(commandInput([], { ...needed, clientCa: file }).input), /it holds no certificate/);
    await assert.rejects(run(commandInput([], { ...needed, breakGlassKeys: file }).input), /no Ed25519 public key/);
  });
});
