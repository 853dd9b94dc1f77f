// Amazon EKS. Inbound: the ConfigMap kube-system/aws-auth, as aws-iam-authenticator reads it, and access entries with their access policies
// (`aws eks describe-access-entry`, `list-associated-access-policies`). Outbound: the annotation eks.amazonaws.com/role-arn (IRSA) against
// the role's trust policy (`aws iam get-role`), and Pod Identity associations (`aws eks describe-pod-identity-association`).
// Left out: what IAM itself allows a role to do, service control policies, session policies.

import { annotationsOf } from '../../kube/object.ts';
import { readDocument } from '../../kube/yaml/parse.ts';
import { globMatches } from '../../lib/glob.ts';
import { asList, asString, dig, field, isObject, type Json, strings, textOf } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { CloudIdentities, CloudRight, Inbound, Outbound } from './identities.ts';

const roleAnnotation = 'eks.amazonaws.com/role-arn';

/** What the exports and the cluster's objects say. `exports`: parsed JSON, each as one command of the AWS CLI prints it. */
export function eksIdentities(snapshot: Snapshot, exports: readonly unknown[]): CloudIdentities {
  const problems: Problem[] = [];
  const clusterFacts = exports.map((one) => field(one, 'cluster')).find((one) => field(one, 'accessConfig') !== undefined);
  const mode = asString(dig(clusterFacts, 'accessConfig', 'authenticationMode'));
  const map = find(snapshot, '', 'ConfigMap', 'kube-system', 'aws-auth');
  const counts = mode !== 'API';
  const mapped = map === undefined ? [] : awsAuth(field(map.object, 'data'), problems, counts);
  const entries = accessEntries(exports);
  const associations = podIdentities(exports);
  const issuer = exports.map((one) => asString(dig(field(one, 'cluster'), 'identity', 'oidc', 'issuer'))).find((one) => one !== undefined);
  const irsa = roleAnnotations(snapshot, exports, issuer?.replace(/^https:\/\//, ''));
  const isEks = map !== undefined || snapshot.facts.distribution === 'eks' || irsa.length > 0 || exports.some(isEksExport);
  const unknown: string[] = [];
  if (isEks) {
    if (mode === undefined) unknown.push('EKS: whether aws-auth or access entries count (aws eks describe-cluster)');
    if (mode !== 'CONFIG_MAP' && !hasEntries(exports))
      unknown.push(
        'EKS: access entries and their policies (aws eks list-access-entries, describe-access-entry, list-associated-access-policies)',
      );
    if (!exports.some((one) => field(one, 'associations') !== undefined || field(one, 'association') !== undefined))
      unknown.push('EKS: Pod Identity associations (aws eks list-pod-identity-associations, describe-pod-identity-association)');
    if (map === undefined && counts) unknown.push('EKS: the ConfigMap kube-system/aws-auth was not read');
    if (mode !== undefined && field(field(clusterFacts, 'accessConfig'), 'bootstrapClusterCreatorAdminPermissions') === true)
      unknown.push('EKS: who made the cluster; that principal was made its administrator');
  }
  return { inbound: [...mapped, ...entries], outbound: [...irsa, ...associations], unknown, problems };
}

function isEksExport(one: unknown): boolean {
  return ['accessEntry', 'accessEntries', 'associatedAccessPolicies', 'association', 'associations'].some(
    (key) => field(one, key) !== undefined,
  );
}

function hasEntries(exports: readonly unknown[]): boolean {
  return exports.some(
    (one) =>
      field(one, 'accessEntry') !== undefined ||
      (asList(field(one, 'accessEntries')).length === 0 && field(one, 'accessEntries') !== undefined),
  );
}

const place = 'ConfigMap kube-system/aws-auth';

/** The lists of aws-auth. Each is a text of its own: one that cannot be read maps nobody, and the others still count. */
function awsAuth(data: Json | undefined, problems: Problem[], counts: boolean): readonly Inbound[] {
  const list = (key: string): readonly Json[] => {
    const written = field(data, key);
    const text = asString(written);
    if (written === undefined || written === null || text?.trim() === '') return [];
    const { value, issues } = text === undefined ? { value: undefined, issues: [] } : readDocument(text);
    const broken = issues.some(({ level }) => level === 'error');
    if (!broken && Array.isArray(value)) return asList(value);
    problems.push(problem('object/invalid', `${place}: ${key} is no YAML list; the authenticator maps nobody of it`));
    return [];
  };
  const note = counts ? '' : 'not in force: the cluster takes access entries alone';
  const mapped = (item: Json, key: string, arnKey: string): Inbound => {
    const principal = asString(field(item, arnKey)) ?? '';
    const path = /:role\/[^/]+\//.test(principal) ? 'a role ARN with a path never matches' : '';
    if (principal === '') problems.push(problem('object/invalid', `${place}: an entry of ${key} has no ${arnKey}`));
    return {
      provider: 'EKS',
      principal,
      user: asString(field(item, 'username')) ?? '',
      groups: counts && path === '' ? strings(field(item, 'groups')) : [],
      rights: [],
      source: `${place}, ${key}`,
      note: [note, path].filter((text) => text !== '').join('; '),
    };
  };
  return [
    ...list('mapRoles').map((item) => mapped(item, 'mapRoles', 'rolearn')),
    ...list('mapUsers').map((item) => mapped(item, 'mapUsers', 'userarn')),
    ...list('mapAccounts').map(
      (item): Inbound => ({
        provider: 'EKS',
        principal: `every principal of account ${textOf(item)}`,
        user: `arn:aws:{{Kind}}::${textOf(item)}:{{Name}}`,
        groups: [],
        rights: [],
        source: `${place}, mapAccounts`,
        note,
      }),
    ),
  ];
}

/** Documented names of access policies whose extent is known without their text. */
const whole: Readonly<Record<string, CloudRight['gives']>> = {
  AmazonEKSClusterAdminPolicy: 'everything',
  AmazonEKSAdminViewPolicy: 'reading everything',
};

function accessEntries(exports: readonly unknown[]): readonly Inbound[] {
  const rights = new Map<string, CloudRight[]>();
  for (const one of exports)
    for (const policy of asList(field(one, 'associatedAccessPolicies'))) {
      const principal = asString(field(one, 'principalArn')) ?? '';
      const name = (asString(field(policy, 'policyArn')) ?? '').split('/').at(-1) ?? '';
      const scoped = dig(policy, 'accessScope', 'type') === 'namespace';
      const namespaces = scoped ? strings(dig(policy, 'accessScope', 'namespaces')) : undefined;
      const gives = Object.hasOwn(whole, name) ? (whole[name] ?? 'unknown') : 'unknown';
      rights.set(principal, [...(rights.get(principal) ?? []), { name, namespaces, gives }]);
    }
  const described = exports.map((one) => field(one, 'accessEntry')).filter(isObject);
  const known = new Set(described.map((entry) => asString(entry.principalArn) ?? ''));
  const listed = exports.flatMap((one) => strings(field(one, 'accessEntries'))).filter((arn) => !known.has(arn));
  const lone = [...rights.keys()].filter((arn) => !known.has(arn) && !listed.includes(arn));
  return [
    ...described.map((entry): Inbound => {
      const principal = asString(entry.principalArn) ?? '';
      const type = asString(entry.type) ?? 'STANDARD';
      const isNode = type !== 'STANDARD';
      return {
        provider: 'EKS',
        principal,
        user: asString(entry.username) ?? defaultUser(principal),
        groups: isNode ? [...new Set([...strings(entry.kubernetesGroups), 'system:nodes'])] : strings(entry.kubernetesGroups),
        rights: rights.get(principal) ?? [],
        source: `access entry, ${type}`,
        note: '',
      };
    }),
    ...[...listed, ...lone].map(
      (principal): Inbound => ({
        provider: 'EKS',
        principal,
        user: '',
        groups: [],
        rights: rights.get(principal) ?? [],
        source: 'access entry',
        note: 'its groups were not exported (aws eks describe-access-entry)',
      }),
    ),
  ];
}

/** `arn:aws:iam::1:role/x` becomes whom a session of the role is. */
function defaultUser(principal: string): string {
  const [, partition, account, name] = /^arn:([^:]*):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(principal) ?? [];
  return name === undefined ? principal : `arn:${partition}:sts::${account}:assumed-role/${name}/{{SessionName}}`;
}

function podIdentities(exports: readonly unknown[]): readonly Outbound[] {
  const described = exports.map((one) => field(one, 'association')).filter((one) => isObject(one));
  const key = (one: unknown) => `${asString(field(one, 'namespace'))}/${asString(field(one, 'serviceAccount'))}`;
  const known = new Set(described.map(key));
  const listed = exports.flatMap((one) => asList(field(one, 'associations'))).filter((one) => !known.has(key(one)));
  return [...described, ...listed].map((one): Outbound => {
    const role = asString(field(one, 'roleArn')) ?? '';
    return {
      provider: 'EKS',
      namespace: asString(field(one, 'namespace')) ?? '',
      serviceAccount: asString(field(one, 'serviceAccount')) ?? '',
      role,
      source: 'Pod Identity association',
      trusted: role === '' ? undefined : true,
      note: role === '' ? 'its role was not exported (aws eks describe-pod-identity-association)' : 'not for pods in the host network',
    };
  });
}

function roleAnnotations(snapshot: Snapshot, exports: readonly unknown[], issuer: string | undefined): readonly Outbound[] {
  return ofKind(snapshot, '', 'ServiceAccount').flatMap(({ namespace, name, object }): readonly Outbound[] => {
    const role = annotationsOf(object)[roleAnnotation];
    if (role === undefined || role === '') return [];
    const trust = exports.map((one) => field(one, 'Role')).find((one) => field(one, 'Arn') === role);
    const trusted =
      trust === undefined
        ? undefined
        : trusts(field(trust, 'AssumeRolePolicyDocument'), `system:serviceaccount:${namespace}:${name}`, issuer);
    const note =
      trusted === undefined
        ? 'the trust policy of the role was not exported (aws iam get-role)'
        : trusted
          ? ''
          : 'the trust policy of the role does not name this service account';
    return [{ provider: 'EKS', namespace, serviceAccount: name, role, source: `annotation ${roleAnnotation}`, trusted, note }];
  });
}

/**
 * True where a trust policy lets tokens of this subject assume the role. Conditions on `sub` alone are read; others can only narrow. Those on
 * tokens of another cluster's issuer are not for this one, where its own is known.
 */
function trusts(document: Json | undefined, subject: string, issuer: string | undefined): boolean {
  const statements = field(document, 'Statement');
  return (Array.isArray(statements) ? asList(statements) : [statements ?? null]).some((statement) => {
    if (field(statement, 'Effect') !== 'Allow') return false;
    const actions = field(statement, 'Action');
    const named = typeof actions === 'string' ? [actions] : strings(actions);
    if (!named.some((action) => globMatches(action.toLowerCase(), 'sts:assumerolewithwebidentity'))) return false;
    const conditions = field(statement, 'Condition');
    if (!isObject(conditions)) return true;
    return Object.entries(conditions).every(([operator, block]) =>
      Object.entries(isObject(block) ? block : {}).every(([name, value]) => {
        if (!name.endsWith(':sub')) return true;
        if (issuer !== undefined && name !== `${issuer}:sub`) return operator.includes('Not');
        const values = typeof value === 'string' ? [value] : strings(value);
        const matches = values.some((wanted) => (operator.includes('Like') ? globMatches(wanted, subject) : wanted === subject));
        return operator.includes('Not') ? !matches : matches;
      }),
    );
  });
}
