import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { type AuthenticationSetup, authenticate, tokenReview, usualSetup } from './authenticate.ts';
import type { Certificate } from './certificate.ts';
import { oidcFlagsIssuer, readAuthenticationConfiguration } from './configuration.ts';
import { noVerifier, type Verifier } from './credential.ts';
import { directoryOf } from './directory.ts';
import { readStaticTokens } from './static-token.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const cluster = 'https://kubernetes.default.svc';

function token(claims: object, header: object = { alg: 'RS256' }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.c2ln`;
}

const bearer = (text: string) => ({ headers: { authorization: [`Bearer ${text}`] }, certificates: [], path: '/api' });
const trusting: Verifier = { ...noVerifier, certificate: () => true, token: () => true };
const distrusting: Verifier = { ...noVerifier, certificate: () => false, token: () => false };

function who(setup: AuthenticationSetup, text: string, verifier = trusting): string {
  const found = authenticate(setup, bearer(text), now, { verifier });
  if (found.kind === 'refused') return `401 ${found.errors.at(-1)}`;
  return `${found.user.name} [${found.user.groups.join(' ')}]${found.user.uid === '' ? '' : ` uid ${found.user.uid}`}`;
}

const account = {
  iss: cluster,
  aud: [cluster],
  sub: 'system:serviceaccount:shop:web',
  exp: now / 1000 + 60,
  'kubernetes.io': {
    namespace: 'shop',
    serviceaccount: { name: 'web', uid: 'u1' },
    pod: { name: 'web-0', uid: 'p1' },
    node: { name: 'n1', uid: 'n' },
  },
};

describe('who a token stands for', () => {
  const { tokens } = readStaticTokens('abc,jane,7,"dev,ops"\nplain,joe,8\n,nobody,9\n', 'tokens.csv');
  const flags = oidcFlagsIssuer({ issuerUrl: 'https://login.example', clientId: 'kube', groupsClaim: 'groups' });
  const setup: AuthenticationSetup = { ...usualSetup, staticTokens: tokens, jwt: [flags] };
  const outside = { iss: 'https://login.example', aud: 'kube', exp: now / 1000 + 60, sub: 'jane', groups: ['dev'] };
  const rows: readonly (readonly [string, string, string])[] = [
    ['a static token', 'abc', 'jane [dev ops system:authenticated] uid 7'],
    ['one without groups', 'plain', 'joe [system:authenticated] uid 8'],
    ['a token nobody knows', 'xyz', '401 invalid bearer token'],
    ['an outside issuer by flags', token(outside), 'https://login.example#jane [dev system:authenticated]'],
    ['… over', token({ ...outside, exp: 1 }), '401 oidc: verify token: oidc: token is expired'],
    ['… never over', token({ ...outside, exp: undefined }), '401 oidc: verify token: oidc: token is expired'],
    [
      '… with another algorithm than the flags allow',
      token(outside, { alg: 'ES256' }),
      '401 oidc: verify token: oidc: id token signed with unsupported algorithm, expected ["RS256"] got "ES256"',
    ],
    [
      '… unsigned',
      token(outside, { alg: 'none' }),
      '401 oidc: verify token: oidc: id token signed with unsupported algorithm, expected ["RS256"] got "none"',
    ],
    [
      '… with claims of a source that is not there',
      token({ ...outside, _claim_names: { x: 's' } }),
      '401 oidc: verify token: oidc: source does not exist',
    ],
    [
      '… whose subject is a number',
      token({ ...outside, sub: 5 }),
      '401 oidc: verify token: oidc: failed to unmarshal claims: json: cannot unmarshal number into Go struct field idToken.sub of type string',
    ],
    [
      'a service account',
      token(account),
      'system:serviceaccount:shop:web [system:serviceaccounts system:serviceaccounts:shop system:authenticated] uid u1',
    ],
    [
      '… for another audience',
      token({ ...account, aud: ['vault'] }),
      `401 token audiences ["vault"] is invalid for the target audiences ["${cluster}" "${cluster}.cluster.local"]`,
    ],
    [
      '… just over, within the minute clocks may differ by',
      token({ ...account, exp: now / 1000 - 30 }),
      'system:serviceaccount:shop:web [system:serviceaccounts system:serviceaccounts:shop system:authenticated] uid u1',
    ],
    ['… over', token({ ...account, exp: now / 1000 - 90 }), '401 service account token has expired'],
    ['… of nobody', token({ ...account, 'kubernetes.io': 5 }), '401 resource name may not be empty'],
    ['a bootstrap token', 'abcdef.0123456789abcdef', 'system:bootstrap:abcdef [system:bootstrappers system:authenticated]'],
    ['a bootstrap token in capitals', 'ABCDEF.0123456789abcdef', '401 invalid bearer token'],
    ['claims that are a list', token([]), '401 invalid bearer token'],
    ['an issuer that is no text', token({ iss: { a: 1 } }), '401 invalid bearer token'],
  ];
  for (const [what, text, expected] of rows) test(what, () => assert.equal(who(setup, text), expected));
  test('a wrong signature is refused', () => {
    assert.equal(
      who(setup, token(outside), distrusting),
      '401 oidc: verify token: failed to verify signature: failed to verify id token signature',
    );
    assert.equal(who(setup, token(account), distrusting), '401 go-jose/go-jose: error in cryptographic primitive');
  });
  test('what nobody could check is said', () => {
    const found = authenticate(setup, bearer(token(account)), now);
    assert.deepEqual(found.kind === 'authenticated' && found.assumptions, [
      'the token is signed with the key of service accounts',
      'ServiceAccount shop/web exists',
      'the pod web-0 that it is bound to exists',
    ]);
    assert.deepEqual(found.kind === 'authenticated' && found.user.extra, {
      'authentication.kubernetes.io/node-name': ['n1'],
      'authentication.kubernetes.io/node-uid': ['n'],
      'authentication.kubernetes.io/pod-name': ['web-0'],
      'authentication.kubernetes.io/pod-uid': ['p1'],
    });
  });
  test('a TokenReview for another audience', () =>
    assert.deepEqual(tokenReview(setup, 'abc', ['vault'], now), {
      authenticated: false,
      user: undefined,
      audiences: [],
      error: 'invalid bearer token',
    }));
  test('a token among the protocols of a WebSocket', () => {
    const protocol = `base64url.bearer.authorization.k8s.io.${Buffer.from('abc').toString('base64url')}`;
    const headers = { upgrade: ['websocket'], 'sec-websocket-protocol': [`${protocol}, v5.channel.k8s.io`] };
    const found = authenticate(setup, { headers, certificates: [], path: '/' }, now);
    assert.equal(found.kind === 'authenticated' && found.user.name, 'jane');
  });
});

describe('objects of a live cluster decide', () => {
  const objects = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'shop', name: 'web', uid: 'u1' } },
    { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web-0', uid: 'p2' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'shop', name: 'other', uid: 's1' } },
  ];
  const facts = { kubernetesVersion: '1.36', versionKnown: true, live: true };
  const directory = directoryOf(snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts }));
  const ask = (claims: object) => {
    const found = authenticate(usualSetup, bearer(token(claims)), now, { verifier: trusting, directory });
    return found.kind === 'refused' ? found.errors.at(-1) : found.user.name;
  };
  const own = account['kubernetes.io'];
  test('a pod made anew ends its tokens', () =>
    assert.equal(ask(account), 'pod UID (p2) does not match service account pod ref claim (p1)'));
  test('a pod that is gone too', () =>
    assert.equal(
      ask({ ...account, 'kubernetes.io': { ...own, pod: { name: 'gone', uid: 'p1' } } }),
      'service account token has been invalidated',
    ));
  test('a token without a pod lives with its account', () =>
    assert.equal(ask({ ...account, 'kubernetes.io': { ...own, pod: undefined, node: undefined } }), 'system:serviceaccount:shop:web'));
  test('a legacy token whose Secret is gone', () =>
    assert.equal(
      ask({
        iss: 'kubernetes/serviceaccount',
        sub: 'system:serviceaccount:shop:web',
        'kubernetes.io/serviceaccount/namespace': 'shop',
        'kubernetes.io/serviceaccount/secret.name': 'web-token',
        'kubernetes.io/serviceaccount/service-account.name': 'web',
        'kubernetes.io/serviceaccount/service-account.uid': 'u1',
      }),
      'Token has been invalidated',
    ));
});

describe('nothing presented', () => {
  const nothing = (path: string) => ({ headers: {}, certificates: [], path });
  const named = (setup: AuthenticationSetup, path: string) => {
    const found = authenticate(setup, nothing(path), now);
    return found.kind === 'refused' ? '401' : found.user.name;
  };
  const limited = { ...usualSetup, anonymous: { enabled: true, paths: ['/livez'] } };
  test('is anonymous', () => assert.equal(named(usualSetup, '/api'), 'system:anonymous'));
  test('is refused where anonymous callers are', () =>
    assert.equal(named({ ...usualSetup, anonymous: { enabled: false, paths: [] } }, '/livez'), '401'));
  test('is let in for the paths of the conditions alone', () =>
    assert.deepEqual(
      ['/livez', '/livez/', '/api'].map((path) => named(limited, path)),
      ['system:anonymous', '401', '401'],
    ));
});

describe('certificates', () => {
  const certificate: Certificate = {
    commonName: 'jane',
    organizations: ['dev'],
    uids: ['u'],
    notBefore: now - 1,
    notAfter: now + 1,
    usages: undefined,
    issuer: 'ca',
    bytes: new Uint8Array(),
  };
  const ask = (changes: Partial<Certificate>, minor = 36, headers = {}) => {
    const frontProxy = {
      allowedNames: ['proxy'],
      usernameHeaders: ['X-Remote-User'],
      uidHeaders: [],
      groupHeaders: ['X-Remote-Group'],
      extraHeaderPrefixes: ['X-Remote-Extra-'],
    };
    const found = authenticate(
      { ...usualSetup, minor, frontProxy },
      { headers, certificates: [{ ...certificate, ...changes }], path: '/' },
      now,
      { verifier: trusting },
    );
    return found.kind === 'refused' ? found.errors.at(-1) : [found.authenticator, found.user.name, found.user.groups, found.user.uid];
  };
  const proxied = { 'x-remote-user': ['pia'], 'x-remote-group': ['a', '', 'b'] };
  test('the common name is the user, organisations are groups', () =>
    assert.deepEqual(ask({}), ['client certificate', 'jane', ['dev', 'system:authenticated'], 'u']));
  test('its UID counts from 1.33 on', () => assert.equal(ask({}, 32)?.[3], ''));
  test('two UIDs are refused', () => assert.equal(ask({ uids: ['a', 'b'] }), 'expected 1 UID, but found multiple: [a b]'));
  test('one that is over is refused', () => assert.match(String(ask({ notAfter: now - 1 })), /expired/));
  test('one for servers is refused', () =>
    assert.equal(ask({ usages: ['1.3.6.1.5.5.7.3.1'] }), 'x509: certificate specifies an incompatible key usage'));
  test('a front proxy names its caller', () =>
    assert.deepEqual(ask({ commonName: 'proxy' }, 36, proxied), ['front proxy', 'pia', ['a', 'b', 'system:authenticated'], '']));
  test('a proxy of another name is its own user', () =>
    assert.deepEqual(ask({ commonName: 'back' }, 36, proxied)?.slice(0, 2), ['client certificate', 'back']));
});

describe('an AuthenticationConfiguration', () => {
  const issuer = { url: 'https://a.example', audiences: ['kube'] };
  const username = { expression: 'claims.name' };
  const read = (jwt: unknown, version = 'v1') =>
    readAuthenticationConfiguration(
      { apiVersion: `apiserver.config.k8s.io/${version}`, kind: 'AuthenticationConfiguration', jwt },
      'auth.yaml',
    );
  const faults: readonly (readonly [string, unknown, RegExp])[] = [
    ['an address that is not https', [{ issuer: { ...issuer, url: 'http://a' }, claimMappings: { username } }], /issuer\.url/],
    ['no audience', [{ issuer: { url: issuer.url }, claimMappings: { username } }], /audiences/],
    ['no user name', [{ issuer, claimMappings: {} }], /claimMappings\.username/],
    ['a claim and an expression', [{ issuer, claimMappings: { username: { claim: 'a', expression: 'b' } } }], /exclude each other/],
    ['a claim without a prefix', [{ issuer, claimMappings: { username: { claim: 'sub' } } }], /prefix/],
    ['an expression that is none', [{ issuer, claimMappings: { username: { expression: 'claims.' } } }], /username\.expression/],
    [
      'an e-mail address that nobody verifies',
      [{ issuer, claimMappings: { username: { expression: 'claims.?email.orValue("")' } } }],
      /email_verified/,
    ],
    [
      'a key that is no path',
      [{ issuer, claimMappings: { username, extra: [{ key: 'x', valueExpression: '"a"' }] } }],
      /path under a domain/,
    ],
    ['a key of Kubernetes', [{ issuer, claimMappings: { username, extra: [{ key: 'a.k8s.io/x', valueExpression: '"a"' }] } }], /reserved/],
    ['an issuer twice', [1, 2].map(() => ({ issuer, claimMappings: { username } })), /Duplicate/],
  ];
  for (const [what, jwt, message] of faults)
    test(`${what} is a problem`, () => assert.match(read(jwt).problems[0]?.message ?? '', message));
  test('versions from v1alpha1 on are read', () => assert.equal(read([{ issuer, claimMappings: { username } }], 'v1alpha1').jwt.length, 1));
  test('other texts are none', () => assert.equal(readAuthenticationConfiguration([], 'x').problems.length, 1));
  test('keys with dots can be written escaped', () => {
    const { jwt } = read([{ issuer, claimMappings: { username: { expression: 'claims.a__dot__b + string(size(claims.o))' } } }]);
    const claims = { iss: issuer.url, aud: 'kube', exp: now / 1000 + 60, 'a.b': 'jane', o: { 'c.d': 1 } };
    assert.equal(who({ ...usualSetup, jwt }, token(claims)), 'jane1 [system:authenticated]');
  });
  test('the map of all claims has no size and no members to ask for', () => {
    for (const expression of ['"name" in claims ? "a" : "b"', 'string(size(claims))']) {
      const { jwt } = read([{ issuer, claimMappings: { username: { expression } } }]);
      assert.match(who({ ...usualSetup, jwt }, token({ iss: issuer.url, aud: 'kube', exp: now / 1000 + 60 })), /no such overload$/);
    }
    assert.match(
      read([{ issuer, claimMappings: { username: { expression: 'claims.map(c, string(c))[0]' } } }]).problems[0]?.message ?? '',
      /not modelled/,
    );
  });
  test('groups left to another endpoint are named as not known', () => {
    const { jwt } = read([{ issuer, claimMappings: { username: { claim: 'sub', prefix: '' }, groups: { claim: 'groups', prefix: '' } } }]);
    const sources = { _claim_names: { groups: 's' }, _claim_sources: { s: { endpoint: 'https://a.example/groups' } } };
    const claims = { iss: issuer.url, aud: 'kube', exp: now / 1000 + 60, sub: 'jane', ...sources };
    const found = authenticate({ ...usualSetup, jwt }, bearer(token(claims)), now, { verifier: trusting });
    assert.deepEqual(found.kind === 'authenticated' && found.assumptions, [
      'no group comes from https://a.example/groups, where the token leaves them',
    ]);
  });
});

test('a token file with too few columns says its line', () => {
  const { tokens, problems } = readStaticTokens('a,b,c\n"q""x",b,c,"g\nh"\na,b\r\n', 'tokens.csv');
  assert.deepEqual(
    tokens.map(({ token: text, groups }) => [text, groups]),
    [
      ['a', []],
      ['q"x', ['g\nh']],
    ],
  );
  assert.equal(problems[0]?.source?.line, 4);
});
