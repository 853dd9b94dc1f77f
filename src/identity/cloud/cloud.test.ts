import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import { request } from '../rules.ts';
import { besideRbac, cloudIdentities, principalsOf } from './clouds.ts';

const state = (...objects: readonly KubeObject[]) =>
  snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })), facts: assumedFacts('1.36') });
const account = (name: string, annotations: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { namespace: 'shop', name, annotations },
});
const awsAuth = (data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'kube-system', name: 'aws-auth' },
  data,
});
const arn = 'arn:aws:iam::111122223333:role/ops';

describe('EKS', () => {
  const roles = `- rolearn: ${arn}\n  username: ops:{{SessionName}}\n  groups: [system:masters]\n`;
  test('aws-auth maps roles to users and groups', () => {
    const found = cloudIdentities(state(awsAuth({ mapRoles: roles })), []);
    const [ops] = found.inbound;
    assert.deepEqual([ops?.principal, ops?.user, ops?.groups], [arn, 'ops:{{SessionName}}', ['system:masters']]);
    assert.equal(principalsOf(found, { kind: 'User', name: 'ops:jane', namespace: '' }).length, 1);
    assert.equal(principalsOf(found, { kind: 'User', name: 'ops:', namespace: '' }).length, 0);
    assert.equal(principalsOf(found, { kind: 'Group', name: 'system:masters', namespace: '' }).length, 1);
  });
  const malformed: readonly (readonly [string, string])[] = [
    ['a tab', '-\trolearn: x\n\t groups: [a'],
    ['a map', 'rolearn: x'],
    ['a text', 'nothing'],
    ['a list that does not end', '- rolearn: [x'],
  ];
  for (const [what, text] of malformed)
    test(`${what} where a list belongs maps nobody, and is said`, () => {
      const found = cloudIdentities(state(awsAuth({ mapRoles: text, mapUsers: '- {userarn: u, username: jane}' })), []);
      assert.deepEqual(
        found.inbound.map(({ user }) => user),
        ['jane'],
      );
      assert.match(found.problems[0]?.message ?? '', /mapRoles is no YAML list; the authenticator maps nobody of it/);
    });
  test('a list that is no text is said too', () => {
    const found = cloudIdentities(state({ ...awsAuth({}), data: { mapRoles: 5, mapUsers: [{ userarn: 'u' }] } }), []);
    assert.deepEqual([found.inbound.length, found.problems.length], [0, 2]);
  });
  test('entries of odd shapes do no harm', () => {
    const found = cloudIdentities(state(awsAuth({ mapRoles: '- 5\n- [a]\n- {rolearn: 7, groups: x}\n', mapAccounts: '- 1\n' })), []);
    assert.equal(found.inbound.length, 4);
  });
  test('a role with a path never matches', () => {
    const [one] = cloudIdentities(state(awsAuth({ mapRoles: '- {rolearn: "arn:aws:iam::1:role/team/ops", groups: [x]}' })), []).inbound;
    assert.deepEqual([one?.groups, one?.note], [[], 'a role ARN with a path never matches']);
  });
  test('aws-auth does not count where access entries alone do', () => {
    const cluster = { cluster: { accessConfig: { authenticationMode: 'API' } } };
    const [one] = cloudIdentities(state(awsAuth({ mapRoles: roles })), [cluster]).inbound;
    assert.deepEqual([one?.groups, one?.note], [[], 'not in force: the cluster takes access entries alone']);
  });
  test('absent exports are unknown', () =>
    assert.ok(cloudIdentities(state(awsAuth({})), []).unknown.some((one) => one.includes('access entries and their policies'))));
  test('a cluster without a cloud has nothing unknown', () => assert.deepEqual(cloudIdentities(state(), []).unknown, []));

  const entry = { accessEntry: { principalArn: arn, kubernetesGroups: ['viewers'], type: 'STANDARD' } };
  const policy = (name: string, accessScope: object) => ({
    principalArn: arn,
    associatedAccessPolicies: [{ policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`, accessScope }],
  });
  const allowed = (name: string, scope: object, verb: string, namespace: string) =>
    besideRbac(cloudIdentities(state(), [entry, policy(name, scope)]), request(verb, '', 'secrets', { namespace })).map(
      ({ allows }) => allows,
    );
  const wide = { type: 'cluster' };
  const narrow = { type: 'namespace', namespaces: ['shop'] };
  test('access policies decide beside RBAC', () => {
    assert.deepEqual(allowed('AmazonEKSClusterAdminPolicy', wide, 'delete', ''), ['yes']);
    assert.deepEqual(allowed('AmazonEKSAdminViewPolicy', wide, 'delete', ''), []);
    assert.deepEqual(allowed('AmazonEKSAdminViewPolicy', wide, 'list', ''), ['yes']);
    assert.deepEqual(allowed('AmazonEKSEditPolicy', narrow, 'get', 'shop'), ['unknown']);
    assert.deepEqual(allowed('AmazonEKSEditPolicy', narrow, 'get', 'bank'), []);
  });
  test('an entry without a name of its own is a session of its role', () => {
    const found = cloudIdentities(state(), [entry]);
    assert.equal(found.inbound[0]?.user, 'arn:aws:sts::111122223333:assumed-role/ops/{{SessionName}}');
    assert.equal(principalsOf(found, { kind: 'Group', name: 'viewers', namespace: '' }).length, 1);
  });

  const annotated = state(account('web', { 'eks.amazonaws.com/role-arn': arn }));
  const trust = (operator: string, sub: string) => ({
    Role: {
      Arn: arn,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: { [operator]: { 'oidc.eks/id/1:sub': sub, 'oidc.eks/id/1:aud': 'sts.amazonaws.com' } },
          },
        ],
      },
    },
  });
  const trusted = (...exports: readonly object[]) => cloudIdentities(annotated, exports).outbound.map((one) => one.trusted);
  test('a role is assumed where its trust policy says so', () => {
    assert.deepEqual(trusted(trust('StringEquals', 'system:serviceaccount:shop:web')), [true]);
    assert.deepEqual(trusted(trust('StringEquals', 'system:serviceaccount:shop:*')), [false]);
    assert.deepEqual(trusted(trust('StringLike', 'system:serviceaccount:shop:*')), [true]);
    assert.deepEqual(trusted(trust('StringLike', 'system:serviceaccount:bank:*')), [false]);
    assert.deepEqual(trusted(trust('StringNotLike', 'system:serviceaccount:shop:*')), [false]);
    assert.deepEqual(trusted(trust('StringNotEquals', 'system:serviceaccount:bank:web')), [true]);
  });
  test('a role that trusts another cluster does not trust this one', () => {
    const cluster = (id: string) => ({ cluster: { accessConfig: {}, identity: { oidc: { issuer: `https://oidc.eks/id/${id}` } } } });
    const own = trust('StringEquals', 'system:serviceaccount:shop:web');
    assert.deepEqual([trusted(own, cluster('1')), trusted(own, cluster('2'))], [[true], [false]]);
  });
  test('without the trust policy nobody knows', () => assert.deepEqual(trusted(), [undefined]));
  test('Pod Identity associations', () => {
    const association = { namespace: 'shop', serviceAccount: 'api', roleArn: arn };
    const listed = { associations: [association, { namespace: 'shop', serviceAccount: 'other' }] };
    const found = cloudIdentities(state(), [{ association }, listed]).outbound;
    assert.deepEqual(
      found.map((one) => [one.serviceAccount, one.role, one.trusted]),
      [
        ['api', arn, true],
        ['other', '', undefined],
      ],
    );
  });
});

describe('AKS', () => {
  const cluster = {
    disableLocalAccounts: false,
    aadProfile: { adminGroupObjectIDs: ['g-1'], enableAzureRbac: true },
    identityProfile: { kubeletidentity: { clientId: 'k-1' } },
  };
  test('local accounts, administrators and role assignments', () => {
    const roles = [
      { principalName: 'jane@example.com', roleDefinitionName: 'Azure Kubernetes Service RBAC Reader', scope: '/x/namespaces/shop' },
    ];
    const found = cloudIdentities(state(), [cluster, roles]);
    assert.deepEqual(
      found.inbound.map(({ principal, groups }) => [principal, groups]),
      [
        ['whoever may list the cluster administrator credential', ['system:masters', 'system:authenticated']],
        ['Entra group g-1', ['g-1']],
        ['jane@example.com', []],
      ],
    );
    assert.equal(found.outbound[0]?.role, 'k-1');
  });
  test('without assignments Azure RBAC is unknown', () =>
    assert.ok(cloudIdentities(state(), [cluster]).unknown.some((one) => one.includes('role assignments'))));
  test('workload identity against federated credentials', () => {
    const of = (...exports: readonly object[]) =>
      cloudIdentities(state(account('web', { 'azure.workload.identity/client-id': 'c-1' })), exports).outbound.map((one) => one.trusted);
    const credential = (name: string) => [{ issuer: 'https://x', subject: `system:serviceaccount:shop:${name}`, audiences: [] }];
    assert.deepEqual([of(), of(credential('web')), of(credential('api'))], [[undefined], [true], [false]]);
  });
});

describe('GKE', () => {
  const cluster = {
    legacyAbac: { enabled: true },
    authenticatorGroupsConfig: { enabled: true, securityGroup: 'gke-security-groups@example.com' },
    nodePools: [
      { name: 'a', config: { oauthScopes: ['https://www.googleapis.com/auth/cloud-platform'] } },
      { name: 'b', config: { serviceAccount: 'n@p.iam.gserviceaccount.com', workloadMetadataConfig: { mode: 'GKE_METADATA' } } },
    ],
  };
  test('legacy authorization gives everybody everything', () =>
    assert.ok(
      besideRbac(cloudIdentities(state(), [cluster]), request('delete', '', 'nodes')).some(
        ({ right }) => right.name === 'legacy authorization',
      ),
    ));
  test('node pools say who their pods are', () =>
    assert.deepEqual(
      cloudIdentities(state(), [cluster]).outbound.map(({ role, note }) => [role, note.split(';')[0]]),
      [
        ['default', 'for every pod of the pool: its metadata is not concealed'],
        ['n@p.iam.gserviceaccount.com', 'for pods in the host network alone'],
      ],
    ));
  test('roles of IAM and workload identity', () => {
    const policy = {
      bindings: [
        { role: 'roles/container.admin', members: ['user:jane@example.com'] },
        { role: 'roles/iam.workloadIdentityUser', members: ['serviceAccount:p.svc.id.goog[shop/web]'] },
      ],
    };
    const found = cloudIdentities(state(account('web', { 'iam.gke.io/gcp-service-account': 'w@p' })), [policy]);
    assert.deepEqual(
      found.outbound.map((one) => one.trusted),
      [true],
    );
    assert.deepEqual(
      principalsOf(found, { kind: 'User', name: 'jane@example.com', namespace: '' }).map(({ rights }) => rights[0]?.gives),
      ['everything'],
    );
  });
});

test('exports of any shape do no harm', () => {
  for (const odd of [
    null,
    5,
    'x',
    [],
    {},
    [[]],
    { bindings: 5 },
    { cluster: [] },
    { accessEntry: 1 },
    { aadProfile: null },
    { nodePools: [null] },
  ])
    cloudIdentities(state(awsAuth({ mapRoles: 'null' })), [odd]);
});
