// The TokenRequest API gives a token of the service account it is asked for. Rules limited to named service accounts pass.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const tokensCreate = right({
  id: 'identity/tokens-create',
  aliases: ['C-0282'],
  severity: 'high',
  title: 'No role creates tokens of every service account',
  why: 'The holder may have a token of any service account in reach and with it every right that account has.',
  fix: 'Name the service accounts in `resourceNames`, or let pods mount the tokens they need.',
  frameworks: [
    'cis:5.1.13',
    'nsa:authentication-and-authorization',
    'attack:T1528',
    'matrix:MS-TA9016',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.5.b',
  ],
  lets: 'create tokens of service accounts',
  rights: [{ verbs: ['create'], group: '', resources: ['serviceaccounts/token'] }],
  throughStars: true,
  examples: {
    pass: () => [harmless(), inNamespace(rule('', ['serviceaccounts/token'], ['create'], ['app']))],
    fail: () => [clusterWide(rule('', ['serviceaccounts/token'], ['create']))],
  },
});
